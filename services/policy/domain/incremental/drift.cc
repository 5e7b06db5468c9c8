#include "services/policy/domain/incremental/drift.h"

#include <algorithm>

namespace linchpin::policy {
namespace {

constexpr size_t kShown = 20;

bool SameNames(const NameSet& a, const NameSet& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](const auto& x, const auto& y) { return x.name == y.name; });
}

class Comparison {
 public:
  void CompareFindings(const FindingMap& findings, const Evaluation& full) {
    FindingMap expected;
    for (const v1::Finding& finding : full.findings)
      expected.Put(std::make_shared<const FindingRecord>(RecordOf(finding, full.now)));
    for (const auto& [name, record] : expected) {
      const auto found = findings.find(name);
      if (found == findings.end() || !Holds(*found->second)) {
        Add(std::string(name) + " is missing");
      } else if (found->second->content != record->content) {
        Add(std::string(name) + " has other content");
      }
    }
    for (const auto& [name, record] : findings) {
      const bool of_rules =
          Holds(*record) && !record->hidden && record->type != v1::Finding::TYPE_WAIVER_EXPIRING;
      if (of_rules && !expected.contains(name)) Add(std::string(name) + " has gone");
    }
  }

  void CompareRules(const std::vector<RuleOutcome>& rules, const std::vector<RuleOutcome>& full) {
    if (rules.size() != full.size()) return Add("the number of rules");
    for (size_t i = 0; i < rules.size(); ++i) {
      const bool same = rules[i].assignment == full[i].assignment && rules[i].rule == full[i].rule &&
                        rules[i].counts == full[i].counts && rules[i].likely == full[i].likely &&
                        rules[i].passes_until == full[i].passes_until;
      if (!same) Add("the outcomes of rule " + full[i].rule + " of " + full[i].assignment);
    }
  }

  void CompareGaps(const GapMap& gaps, const GapMap& full) {
    if (gaps.size() != full.size()) Add("the number of data gaps");
    for (const auto& [name, members] : full) {
      const auto found = gaps.find(name);
      if (found == gaps.end() || !SameNames(found->second.resources, members.resources) ||
          !SameNames(found->second.subjects, members.subjects))
        Add("whom " + name + " concerns");
    }
  }

  void Add(std::string what) {
    if (drift_.size() < kShown) drift_.push_back(std::move(what));
  }
  std::vector<std::string> Take() { return std::move(drift_); }

 private:
  std::vector<std::string> drift_;
};

}  // namespace

std::vector<std::string> DriftFrom(const EvaluatedState& state, const Evaluation& full,
                                   const std::vector<absl::Time>& retirements) {
  Comparison comparison;
  comparison.CompareFindings(state.findings, full);
  comparison.CompareRules(state.rules, full.rules);
  comparison.CompareGaps(state.gaps, full.gaps);
  if (state.retirements != retirements) comparison.Add("the retirements of models in use");
  return comparison.Take();
}

}  // namespace linchpin::policy
