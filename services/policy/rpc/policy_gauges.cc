#include "services/policy/rpc/policy_gauges.h"

#include <map>
#include <string>
#include <tuple>

#include "prometheus/counter.h"
#include "prometheus/histogram.h"

namespace linchpin::policy {
namespace {

constexpr char kEvaluations[] = "linchpin_policy_evaluations_total";
constexpr char kEvaluationsHelp[] = "Evaluations of all policies, by how they ended.";

constexpr char kChecks[] = "linchpin_policy_checks_total";
constexpr char kChecksHelp[] = "Checks of proposed changes, by verdict.";

void CollectFindings(const FindingSet& set, kit::GaugeSink& sink) {
  std::map<std::tuple<v1::Severity, std::string_view, v1::Finding::State>, int64_t> counts;
  for (const FindingPointer& finding : set.gravest_first) {
    const std::string_view rule = finding->rule.empty() ? std::string_view("data-gap") : finding->rule;
    ++counts[{finding->severity, rule, finding->state}];
  }
  for (const auto& [key, count] : counts) {
    const auto& [severity, rule, state] = key;
    sink.Gauge("linchpin_policy_findings",
               "Findings, by severity, rule and state; data gaps under the rule data-gap.",
               {{"severity", v1::Severity_Name(severity).substr(9)},
                {"rule", std::string(rule)},
                {"state", v1::Finding::State_Name(state).substr(6)}},
               static_cast<double>(count));
  }
}

void CollectOutcomes(const FindingSet& set, kit::GaugeSink& sink) {
  for (const RuleOutcome& rule : set.rules) {
    for (int outcome = 1; outcome < RuleOutcome::kOutcomes; ++outcome) {
      if (rule.counts[outcome] == 0) continue;
      sink.Gauge("linchpin_policy_outcomes",
                 "Subjects, by assignment, rule and outcome of the last evaluation.",
                 {{"assignment", rule.assignment},
                  {"rule", rule.rule},
                  {"outcome", v1::Outcome_Name(static_cast<v1::Outcome>(outcome)).substr(8)}},
                 static_cast<double>(rule.counts[outcome]));
    }
  }
}

}  // namespace

PolicyGauges::PolicyGauges(replica::ViewSource& inventory, const FindingBoard& board, kit::Metrics& metrics)
    : inventory_(inventory),
      board_(board),
      metrics_(metrics),
      durations_(metrics.Histogram("linchpin_policy_evaluation_duration_seconds",
                                   "How long evaluations of all policies took.", {{"mode", "full"}},
                                   {.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30})) {
  for (const char* result : {"ok", "error"})
    metrics_.Counter(kEvaluations, kEvaluationsHelp, {{"result", result}});
  for (const char* verdict : {"PASS", "WARN", "DENY"})
    metrics_.Counter(kChecks, kChecksHelp, {{"verdict", verdict}});
  collector_ = metrics_.AddCollector([this](kit::GaugeSink& sink) { Collect(sink); });
}

PolicyGauges::~PolicyGauges() = default;

void PolicyGauges::Evaluated(std::string_view result, absl::Duration took) {
  metrics_.Counter(kEvaluations, kEvaluationsHelp, {{"result", std::string(result)}}).Increment();
  durations_.Observe(absl::ToDoubleSeconds(took));
}

void PolicyGauges::Checked(v1::Verdict verdict) {
  metrics_.Counter(kChecks, kChecksHelp, {{"verdict", v1::Verdict_Name(verdict).substr(8)}}).Increment();
}

void PolicyGauges::Collect(kit::GaugeSink& sink) const {
  sink.Gauge("linchpin_policy_lease_held",
             "Whether this process writes findings: of several Policy processes one does.", {},
             lease_held_ ? 1 : 0);
  const auto set = board_.Current();
  sink.Gauge("linchpin_policy_last_evaluation_timestamp_seconds",
             "When all policies were last evaluated, or found to be evaluated still; 0: never.", {},
             set == nullptr ? 0 : absl::ToDoubleSeconds(board_.CurrentAsOf() - absl::UnixEpoch()));
  if (set == nullptr) return;
  if (const auto view = inventory_.Current()) {
    sink.Gauge("linchpin_policy_evaluated_revision_lag",
               "Revisions of the inventory that the last evaluation has not seen.", {},
               static_cast<double>(view->revision() - set->computed.inventory_revision));
  }
  CollectFindings(*set, sink);
  CollectOutcomes(*set, sink);
}

}  // namespace linchpin::policy
