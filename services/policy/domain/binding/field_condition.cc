#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/policy/domain/binding/selector.h"

namespace linchpin::policy {
namespace {

using engine::Truth;
using v1::Test;

constexpr std::string_view kConsumerPrefix = "consumer.";

bool IsOverList(Test::Op op) {
  return op == Test::OP_ANY_IN || op == Test::OP_ALL_IN || op == Test::OP_NONE_IN;
}
bool IsPresence(Test::Op op) { return op == Test::OP_EXISTS || op == Test::OP_MISSING; }
bool IsOrdering(Test::Op op) {
  return op == Test::OP_LT || op == Test::OP_LE || op == Test::OP_GT || op == Test::OP_GE;
}
bool TakesMany(Test::Op op) { return IsOverList(op) || op == Test::OP_IN || op == Test::OP_NOT_IN; }

// What is wrong with comparing a field of this type by this operator; empty if nothing is.
std::string Mismatch(const FieldPath& path, Test::Op op) {
  const std::string word = Test::Op_Name(op).substr(3);
  if (IsPresence(op)) return "";
  if (path.is_list() != IsOverList(op)) {
    return path.is_list() ? "`" + path.text() + "` is a list: use ANY_IN, ALL_IN or NONE_IN"
                          : word + " is for lists, and `" + path.text() + "` is none: use IN or NOT_IN";
  }
  if (path.type() == FieldType::kMessage || path.type() == FieldType::kTime) {
    return "`" + path.text() + "` can only be tested by EXISTS and MISSING";
  }
  const bool ordered = path.type() == FieldType::kInt || path.type() == FieldType::kNumber ||
                       path.type() == FieldType::kDuration;
  if (IsOrdering(op) && !ordered) return "`" + path.text() + "` has no order: " + word + " does not apply";
  if (op == Test::OP_PREFIX && path.type() != FieldType::kString) return "PREFIX is for strings";
  return "";
}

std::string CountMismatch(Test::Op op, int count) {
  if (IsPresence(op)) return count == 0 ? "" : "EXISTS and MISSING take no value";
  if (TakesMany(op)) return count > 0 ? "" : "give at least one value";
  return count == 1 ? "" : "give exactly one value";
}

}  // namespace

FieldTest FieldTest::Bind(const Test& test, v1::SubjectKind kind, const std::string& field, Binder& binder) {
  FieldTest bound;
  bound.op_ = test.op();
  bound.path_text_ = test.path();
  if (kind == v1::SUBJECT_KIND_DEPENDENCY && absl::StartsWith(test.path(), "consumer.")) {
    bound.reads_consumer_ = true;
    bound.path_text_ = test.path().substr(kConsumerPrefix.size());
    bound.types_ = {resource::FindKind("Application")->descriptor,
                    resource::FindKind("BusinessService")->descriptor};
  } else {
    bound.types_ = {ResourceKindOf(kind)->descriptor};
  }
  // A field that only one kind of consumer has is a known none of the other.
  absl::Status first_error;
  std::vector<const google::protobuf::Descriptor*> types;
  for (const auto* type : bound.types_) {
    absl::StatusOr<FieldPath> path = FieldPath::Compile(*type, bound.path_text_);
    if (path.ok()) {
      bound.paths_.push_back(*std::move(path));
      types.push_back(type);
    } else if (first_error.ok()) {
      first_error = path.status();
    }
  }
  bound.types_ = types;
  if (bound.paths_.empty()) {
    binder.Complain(field + ".path", std::string(first_error.message()));
    return bound;
  }
  if (test.op() == Test::OP_UNSPECIFIED) {
    binder.Complain(field + ".op", "say how to compare");
    return bound;
  }
  const FieldPath& path = bound.paths_.front();
  const std::string mismatch = Mismatch(path, test.op());
  if (!mismatch.empty()) binder.Complain(field + ".op", mismatch);
  const std::string count = CountMismatch(test.op(), test.values_size());
  if (!count.empty()) binder.Complain(field + ".values", count);
  if (!mismatch.empty() || !count.empty()) return bound;
  for (int i = 0; i < test.values_size(); ++i) {
    const std::string at = absl::StrCat(field, ".values[", i, "]");
    if (!TakesMany(test.op()) && test.values(i).has_list_value()) {
      binder.Complain(at, "must be one value, not a list");
      continue;
    }
    for (Scalar& scalar : binder.Comparands(test.values(i), path, TakesMany(test.op()), at)) {
      bound.comparands_.push_back(std::move(scalar));
    }
  }
  return bound;
}

Truth FieldTest::Holds(const Subject& subject, const Derivations& derivations, MissingFacts& missing) const {
  const google::protobuf::Message* document = reads_consumer_ ? subject.consumer : subject.document;
  const std::string_view name = reads_consumer_ ? subject.consumer_name : subject.name;
  const auto type =
      document == nullptr ? types_.end() : std::find(types_.begin(), types_.end(), document->GetDescriptor());
  Reading reading;
  if (type == types_.end()) {
    reading.state = Reading::State::kNone;
  } else {
    reading = paths_[type - types_.begin()].Read(*document);
  }
  MissingFact lacking{std::string(name), path_text_};
  if (reading.state == Reading::State::kUnknown) {
    if (auto derived = derivations.Derive(name, path_text_)) {
      if (derived->is_none) {
        reading.state = Reading::State::kNone;
      } else if (derived->missing) {
        lacking = *derived->missing;
      } else if (!IsPresence(op_)) {
        reading.state = Reading::State::kValue;
        reading.unknown_element = false;
        reading.values = {derived->value};
      }
    }
  }
  bool by_unknown = false;
  const Truth truth = Compare(reading, by_unknown);
  if (by_unknown) missing.push_back(std::move(lacking));
  return truth;
}

// `by_unknown` is set when an absent fact leaves the answer open.
Truth FieldTest::Compare(const Reading& reading, bool& by_unknown) const {
  const bool unknown = reading.state == Reading::State::kUnknown;
  if (op_ == Test::OP_EXISTS) return engine::Known(!unknown);
  if (op_ == Test::OP_MISSING) return engine::Known(unknown);
  Truth truth = Truth::kUnknown;
  if (IsOverList(op_)) {
    Truth any = reading.unknown_element || unknown ? Truth::kUnknown : Truth::kFalse;
    Truth all = reading.unknown_element || unknown ? Truth::kUnknown : Truth::kTrue;
    for (const Scalar& scalar : reading.values) {
      const Truth one = engine::Known(IsAmong(scalar));
      any = engine::Or(any, one);
      all = engine::And(all, one);
    }
    if (op_ == Test::OP_ANY_IN) truth = any;
    if (op_ == Test::OP_ALL_IN) truth = all;
    if (op_ == Test::OP_NONE_IN && any != Truth::kUnknown) truth = engine::Known(any == Truth::kFalse);
  } else if (reading.state == Reading::State::kNone) {
    truth = engine::Known(op_ == Test::OP_NE || op_ == Test::OP_NOT_IN);
  } else if (!unknown) {
    truth = CompareOne(reading.values.front());
  }
  by_unknown = truth == Truth::kUnknown;
  return truth;
}

bool FieldTest::IsAmong(const Scalar& scalar) const {
  return std::find(comparands_.begin(), comparands_.end(), scalar) != comparands_.end();
}

Truth FieldTest::CompareOne(const Scalar& scalar) const {
  switch (op_) {
    case Test::OP_EQ:
    case Test::OP_IN:
      return engine::Known(IsAmong(scalar));
    case Test::OP_NE:
    case Test::OP_NOT_IN:
      return engine::Known(!IsAmong(scalar));
    case Test::OP_LT:
      return engine::Known(scalar < comparands_.front());
    case Test::OP_LE:
      return engine::Known(scalar <= comparands_.front());
    case Test::OP_GT:
      return engine::Known(scalar > comparands_.front());
    case Test::OP_GE:
      return engine::Known(scalar >= comparands_.front());
    case Test::OP_PREFIX:
      return engine::Known(
          absl::StartsWith(std::get<std::string>(scalar), std::get<std::string>(comparands_.front())));
    default:
      return Truth::kUnknown;
  }
}

}  // namespace linchpin::policy
