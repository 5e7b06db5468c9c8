#include "services/policy/domain/findings/finding_changes.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "services/policy/domain/findings/lifecycle.h"

namespace linchpin::policy {
namespace {

using v1::Finding;

// How many violations each rule has, by assignment and rule.
using ViolationCounts = std::map<std::pair<std::string, std::string>, int64_t>;

ViolationCounts CountsOf(const Evaluation& evaluation) {
  ViolationCounts counts;
  for (const RuleOutcome& rule : evaluation.rules) {
    counts[{rule.assignment, rule.rule}] = rule.counts[v1::OUTCOME_VIOLATION];
  }
  return counts;
}

int64_t CountOf(const ViolationCounts& counts, const Finding& finding) {
  const auto found = counts.find({finding.assignment(), finding.rule()});
  return found == counts.end() ? 0 : found->second;
}

// How far a measure lies beyond its limit, in its own unit; what lies within is negative.
double ExcessOf(const v1::Explanation::Measure& measure) {
  const double above = measure.value() - measure.limit();
  return measure.comparator().starts_with("G") ? above : -above;
}

class Comparison {
 public:
  Comparison(const Evaluation& before, const Evaluation& after)
      : counts_before_(CountsOf(before)), counts_(CountsOf(after)) {}

  // `old`: null if there was none.
  void Add(const FindingRecord& found, const FindingRecord* old) {
    ChangedFinding changed{FindingOf(found), v1::SEVERITY_UNSPECIFIED, std::nullopt};
    if (found.state == Finding::STATE_RESOLVED || found.hidden) {
      (IsUnclear(found) ? changes_.obscured : changes_.resolved).push_back(std::move(changed));
    } else if (old == nullptr) {
      changes_.introduced.push_back(std::move(changed));
    } else {
      AddKept(std::move(changed), FindingOf(*old));
    }
  }

  FindingChanges Take() {
    for (auto* list : {&changes_.introduced, &changes_.worsened, &changes_.improved, &changes_.resolved,
                       &changes_.obscured}) {
      std::sort(list->begin(), list->end(), [](const ChangedFinding& a, const ChangedFinding& b) {
        if (a.finding.severity() != b.finding.severity()) return a.finding.severity() > b.finding.severity();
        return a.finding.name() < b.finding.name();
      });
    }
    return std::move(changes_);
  }

 private:
  // Of one that is no longer found: whether it may hold still.
  static bool IsUnclear(const FindingRecord& gone) {
    return gone.hidden || gone.resolved_reason == Finding::RESOLVED_REASON_INDETERMINATE ||
           gone.resolved_reason == Finding::RESOLVED_REASON_TRUNCATED;
  }

  void AddKept(ChangedFinding changed, const Finding& old) {
    const int worse = Worsening(old, changed.finding);
    if (worse == 0) {
      ++changes_.unchanged;
      return;
    }
    changed.severity_before = old.severity();
    if (old.explanation().has_measure()) changed.measure_before = old.explanation().measure();
    (worse > 0 ? changes_.worsened : changes_.improved).push_back(std::move(changed));
  }

  // Above 0 if it is worse after, below if it is better.
  int Worsening(const Finding& old, const Finding& found) const {
    if (found.severity() != old.severity()) return found.severity() > old.severity() ? 1 : -1;
    if (found.type() == Finding::TYPE_SUMMARY) {
      return Sign(CountOf(counts_, found) - CountOf(counts_before_, found));
    }
    if (found.type() == Finding::TYPE_DATA_GAP) {
      return Sign(found.data_gap().resource_count() - old.data_gap().resource_count());
    }
    const bool measured = found.explanation().has_measure() && old.explanation().has_measure();
    if (!measured || found.explanation().measure().metric() != old.explanation().measure().metric()) return 0;
    return Sign(ExcessOf(found.explanation().measure()) - ExcessOf(old.explanation().measure()));
  }

  template <typename Number>
  static int Sign(Number number) {
    return number > 0 ? 1 : number < 0 ? -1 : 0;
  }

  const ViolationCounts counts_before_;
  const ViolationCounts counts_;
  FindingChanges changes_;
};

}  // namespace

FindingMap RecordsOf(const Evaluation& evaluation) {
  FindingMap records;
  for (const Finding& finding : evaluation.findings) {
    records.emplace(finding.name(), std::make_shared<const FindingRecord>(RecordOf(finding, evaluation.now)));
  }
  return records;
}

FindingChanges CompareFindings(const Evaluation& before, const FindingMap& previous, Evaluation after,
                               const PolicySet& policies_before, const PolicySet& policies,
                               const replica::View& view) {
  Comparison comparison(before, after);
  const LifecycleStep step = Advance(previous, std::move(after), policies, &policies_before, view);
  for (const auto& [name, record] : step.findings) {
    const auto old = previous.find(name);
    comparison.Add(*record, old == previous.end() ? nullptr : old->second.get());
  }
  return comparison.Take();
}

}  // namespace linchpin::policy
