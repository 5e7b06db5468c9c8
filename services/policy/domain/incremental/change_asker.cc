#include "services/policy/domain/incremental/change_asker.h"

#include <algorithm>
#include <utility>

#include "services/policy/domain/inquiry/rule_asker.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

class PartSink : public OutcomeSink {
 public:
  explicit PartSink(size_t scopes) : parts_(scopes) {}

  bool WantsViolations(size_t) const override { return true; }
  bool IsExhausted(size_t) const override { return false; }
  void Skip(size_t scope, std::string_view, bool likely) override { parts_[scope].Skip(likely); }
  void Take(size_t scope, std::string_view subject, const SubjectResult& result, int64_t visits) override {
    parts_[scope].Take(subject, result, visits);
  }
  ScopeParts TakeParts() { return std::move(parts_); }

 private:
  ScopeParts parts_;
};

}  // namespace

void AddNames(const std::set<std::string>& names, SubjectNames& into) {
  for (const std::string& name : names) {
    for (int kind = v1::SUBJECT_KIND_VENDOR; kind <= v1::SUBJECT_KIND_CONTRACT; ++kind) {
      const auto subject = static_cast<v1::SubjectKind>(kind);
      if (ResourceKindOf(subject) != resource::KindOfName(name)) continue;
      std::vector<std::string>& of_kind = into[subject];
      const auto at = std::lower_bound(of_kind.begin(), of_kind.end(), name);
      if (at == of_kind.end() || *at != name) of_kind.insert(at, name);
    }
  }
}

ScopeParts AskAbout(const SubjectNames& subjects, const World& world, Workspace& workspace,
                    const Questions& questions) {
  PartSink sink(questions.scopes().size());
  RuleAsker asker(world, workspace, questions);
  for (const auto& [kind, names] : subjects) {
    const auto asked = questions.kinds().find(kind);
    if (asked == questions.kinds().end()) continue;
    for (const std::string& name : names) {
      if (const auto document = world.view().Find(name)) asker.Ask(asked->second, *document, sink);
    }
  }
  return sink.TakeParts();
}

}  // namespace linchpin::policy
