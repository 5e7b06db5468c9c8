#include "services/policy/domain/binding/selector.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace linchpin::policy {
namespace {

using engine::Truth;

constexpr int kDepthMax = 8;

// "VENDOR", without the prefix of the enum.
std::string KindWord(v1::SubjectKind kind) { return v1::SubjectKind_Name(kind).substr(13); }

}  // namespace

const resource::KindInfo* ResourceKindOf(v1::SubjectKind kind) {
  switch (kind) {
    case v1::SUBJECT_KIND_VENDOR:
      return resource::FindKind("Vendor");
    case v1::SUBJECT_KIND_HOST:
      return resource::FindKind("Host");
    case v1::SUBJECT_KIND_LICENCE:
      return resource::FindKind("Licence");
    case v1::SUBJECT_KIND_MODEL:
      return resource::FindKind("Model");
    case v1::SUBJECT_KIND_DEPLOYMENT:
      return resource::FindKind("Deployment");
    case v1::SUBJECT_KIND_APPLICATION:
      return resource::FindKind("Application");
    case v1::SUBJECT_KIND_BUSINESS_SERVICE:
      return resource::FindKind("BusinessService");
    case v1::SUBJECT_KIND_DEPENDENCY:
      return resource::FindKind("Dependency");
    case v1::SUBJECT_KIND_CONTRACT:
      return resource::FindKind("Contract");
    default:
      return nullptr;
  }
}

bool BoundSelector::reads_consumer() const {
  const auto reads = [](const auto& part) { return part.reads_consumer(); };
  return std::any_of(all_.begin(), all_.end(), reads) || std::any_of(any_.begin(), any_.end(), reads) ||
         std::any_of(none_.begin(), none_.end(), reads);
}

BoundSelector BoundSelector::Bind(const v1::Selector& selector, const std::string& field, Binder& binder) {
  v1::SubjectKind kind = selector.kind();
  if (kind == v1::SUBJECT_KIND_UNSPECIFIED) kind = v1::SUBJECT_KIND_APPLICATION;
  if (ResourceKindOf(kind) == nullptr) {
    binder.Complain(field + ".kind", "selects resources: name a kind of resource");
    kind = v1::SUBJECT_KIND_APPLICATION;
  }
  return BindAt(selector, kind, 1, field, binder);
}

BoundSelector BoundSelector::BindAt(const v1::Selector& selector, v1::SubjectKind kind, int depth,
                                    const std::string& field, Binder& binder) {
  BoundSelector bound(kind);
  if (depth > kDepthMax) {
    binder.Complain(field, absl::StrCat("selectors may be nested ", kDepthMax, " deep"));
    return bound;
  }
  if (selector.kind() != v1::SUBJECT_KIND_UNSPECIFIED && selector.kind() != kind) {
    binder.Complain(field + ".kind", "the selector around it selects " + KindWord(kind) + ": leave it out");
  }
  for (int i = 0; i < selector.all_size(); ++i) {
    bound.all_.push_back(
        FieldTest::Bind(selector.all(i), kind, absl::StrCat(field, ".all[", i, "]"), binder));
  }
  for (int i = 0; i < selector.any_size(); ++i) {
    bound.any_.push_back(
        BindAt(selector.any(i), kind, depth + 1, absl::StrCat(field, ".any[", i, "]"), binder));
  }
  if (selector.has_none())
    bound.none_.push_back(BindAt(selector.none(), kind, depth + 1, field + ".none", binder));
  return bound;
}

Truth BoundSelector::Selects(const Subject& subject, const Derivations& derivations, bool likely,
                             SelectionFacts& facts) const {
  Truth truth = Truth::kTrue;
  SelectionFacts open;
  const auto take = [](SelectionFacts& from, SelectionFacts& to) {
    to.missing.insert(to.missing.end(), from.missing.begin(), from.missing.end());
    AddLikely(from.leaned, to.leaned);
  };
  // What proves a falsehood is all that it rests on.
  const auto refuse = [&](const SelectionFacts& by) {
    AddLikely(by.leaned, facts.leaned);
    return Truth::kFalse;
  };
  for (const FieldTest& test : all_) {
    SelectionFacts of_test;
    const Truth one = test.Holds(subject, derivations, likely, of_test);
    if (one == Truth::kFalse) return refuse(of_test);
    truth = engine::And(truth, one);
    take(of_test, open);
  }
  if (!any_.empty()) {
    Truth any = Truth::kFalse;
    SelectionFacts of_any;
    for (const BoundSelector& selector : any_) {
      SelectionFacts of_one;
      const Truth one = selector.Selects(subject, derivations, likely, of_one);
      if (one == Truth::kTrue) of_any = {};
      any = engine::Or(any, one);
      take(of_one, of_any);
      if (any == Truth::kTrue) break;
    }
    if (any == Truth::kFalse) return refuse(of_any);
    take(of_any, open);
    truth = engine::And(truth, any);
  }
  for (const BoundSelector& selector : none_) {
    SelectionFacts of_none;
    const Truth none = selector.Selects(subject, derivations, likely, of_none);
    if (none == Truth::kTrue) return refuse(of_none);
    if (none == Truth::kUnknown) truth = Truth::kUnknown;
    take(of_none, open);
  }
  take(open, facts);
  return truth;
}

}  // namespace linchpin::policy
