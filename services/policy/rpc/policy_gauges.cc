#include "services/policy/rpc/policy_gauges.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

constexpr char kEvaluations[] = "linchpin_policy_evaluations_total";
constexpr char kEvaluationsHelp[] = "Evaluations of all policies, by how they ended.";

constexpr char kComparisons[] = "linchpin_policy_comparisons_total";
constexpr char kComparisonsHelp[] =
    "Comparisons of the findings kept by incremental evaluation with an evaluation of everything, by result.";

constexpr char kChecks[] = "linchpin_policy_checks_total";
constexpr char kChecksHelp[] = "Checks of proposed changes, by verdict.";

prometheus::Histogram& Durations(kit::Metrics& metrics, const char* mode) {
  return metrics.Histogram("linchpin_policy_evaluation_duration_seconds",
                           "How long evaluations of policies took: of all, or of what a change touches.",
                           {{"mode", mode}}, {.001, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30});
}

// "OPEN"; of no state "NONE".
std::string StateWord(v1::Finding::State state) {
  return state == v1::Finding::STATE_UNSPECIFIED ? "NONE" : v1::Finding::State_Name(state).substr(6);
}

std::string WordOf(v1::Certainty certainty) { return v1::Certainty_Name(certainty).substr(10); }

// What a finding is counted under.
std::string_view RuleLabel(const FindingRecord& finding) {
  if (finding.type == v1::Finding::TYPE_WAIVER_EXPIRING) return "waiver-expiring";
  return finding.type == v1::Finding::TYPE_DATA_GAP ? std::string_view("data-gap") : finding.rule;
}

void CollectFindings(const FindingSet& set, kit::GaugeSink& sink) {
  // All states of a rule together: one that has become empty is 0 at once, and not as it was until the
  // scraper forgets it.
  using Key = std::tuple<std::string_view, std::string_view, v1::Severity, v1::Certainty>;
  std::map<Key, std::map<v1::Finding::State, int64_t>> counts;
  for (const FindingPointer& finding : set.gravest_first) {
    ++counts[{resource::IdOf(finding->policy), RuleLabel(*finding), finding->severity, finding->certainty}]
            [finding->state];
  }
  for (auto& [key, states] : counts) {
    const auto& [policy, rule, severity, certainty] = key;
    for (const auto state : {v1::Finding::STATE_OPEN, v1::Finding::STATE_ACKNOWLEDGED,
                             v1::Finding::STATE_WAIVED, v1::Finding::STATE_RESOLVED}) {
      sink.Gauge(
          "linchpin_policy_findings",
          "Findings by policy, rule, severity, certainty and state; data gaps under the rule data-gap, "
          "waivers that end soon under waiver-expiring.",
          {{"policy", std::string(policy)},
           {"rule", std::string(rule)},
           {"severity", v1::Severity_Name(severity).substr(9)},
           {"certainty", WordOf(certainty)},
           {"state", StateWord(state)}},
          static_cast<double>(states[state]));
    }
  }
}

void AddOutcome(const RuleOutcome& rule, v1::Outcome outcome, bool likely, int64_t count,
                kit::GaugeSink& sink) {
  if (count == 0) return;
  sink.Gauge("linchpin_policy_outcomes",
             "Subjects by assignment, rule, outcome and certainty of the last evaluation.",
             {{"assignment", rule.assignment},
              {"rule", rule.rule},
              {"outcome", v1::Outcome_Name(outcome).substr(8)},
              {"certainty", WordOf(CertaintyOf(outcome, likely))}},
             static_cast<double>(count));
}

void CollectOutcomes(const FindingSet& set, kit::GaugeSink& sink) {
  for (const RuleOutcome& rule : set.rules) {
    for (int i = 1; i < RuleOutcome::kOutcomes; ++i) {
      AddOutcome(rule, static_cast<v1::Outcome>(i), false, rule.counts[i] - rule.likely[i], sink);
      AddOutcome(rule, static_cast<v1::Outcome>(i), true, rule.likely[i], sink);
    }
    if (!rule.passes_until) continue;
    sink.Gauge(
        "linchpin_policy_pass_expiry_timestamp_seconds",
        "When the first subject that passes a rule ceases to, since a test or another instant grows too old.",
        {{"assignment", rule.assignment}, {"rule", rule.rule}},
        absl::ToDoubleSeconds(*rule.passes_until - absl::UnixEpoch()));
  }
}

// Counted as of the scrape, so that time alone moves it.
void CollectRetirements(const FindingSet& set, kit::GaugeSink& sink) {
  const absl::Time now = absl::Now();
  const auto until = [&](absl::Time time) {
    return std::upper_bound(set.retirements.begin(), set.retirements.end(), time) - set.retirements.begin();
  };
  const auto retired = until(now);
  constexpr char kHelp[] =
      "Models in use that their developer has retired, or will retire within 30 or 90 days.";
  sink.Gauge("linchpin_policy_retiring_models", kHelp, {{"horizon", "retired"}},
             static_cast<double>(retired));
  for (const int days : {30, 90}) {
    sink.Gauge("linchpin_policy_retiring_models", kHelp, {{"horizon", std::to_string(days) + "d"}},
               static_cast<double>(until(now + absl::Hours(24) * days) - retired));
  }
}

}  // namespace

PolicyGauges::PolicyGauges(replica::ViewSource& inventory, const FindingBoard& board, kit::Metrics& metrics)
    : inventory_(inventory),
      board_(board),
      metrics_(metrics),
      full_durations_(Durations(metrics, "full")),
      incremental_durations_(Durations(metrics, "incremental")) {
  for (const char* result : {"ok", "error"})
    metrics_.Counter(kEvaluations, kEvaluationsHelp, {{"result", result}});
  for (const char* result : {"same", "drift", "error"})
    metrics_.Counter(kComparisons, kComparisonsHelp, {{"result", result}});
  for (const char* verdict : {"PASS", "WARN", "DENY"})
    metrics_.Counter(kChecks, kChecksHelp, {{"verdict", verdict}});
  collector_ = metrics_.AddCollector([this](kit::GaugeSink& sink) { Collect(sink); });
}

PolicyGauges::~PolicyGauges() = default;

void PolicyGauges::Evaluated(std::string_view result, std::string_view mode, absl::Duration took) {
  metrics_.Counter(kEvaluations, kEvaluationsHelp, {{"result", std::string(result)}}).Increment();
  (mode == "full" ? full_durations_ : incremental_durations_).Observe(absl::ToDoubleSeconds(took));
}

void PolicyGauges::Compared(std::string_view result) {
  metrics_.Counter(kComparisons, kComparisonsHelp, {{"result", std::string(result)}}).Increment();
}

void PolicyGauges::Checked(v1::Verdict verdict) {
  metrics_.Counter(kChecks, kChecksHelp, {{"verdict", v1::Verdict_Name(verdict).substr(8)}}).Increment();
}

void PolicyGauges::Moved(v1::Finding::State from, v1::Finding::State to) {
  metrics_
      .Counter("linchpin_policy_transitions_total",
               "Transitions of findings, by the process that writes them.",
               {{"from", StateWord(from)}, {"to", StateWord(to)}})
      .Increment();
}

void PolicyGauges::CountWaivers(PolicyFeed& feed, std::function<absl::Time()> now) {
  feed_ = &feed;
  now_ = std::move(now);
  waiver_collector_ = metrics_.AddCollector([this](kit::GaugeSink& sink) { CollectWaivers(sink); });
}

void PolicyGauges::StopWaivers() { waiver_collector_.reset(); }

void PolicyGauges::CollectWaivers(kit::GaugeSink& sink) const {
  const auto dispositions = feed_->CurrentDispositions();
  if (dispositions == nullptr) return;
  const absl::Time now = now_();
  std::map<v1::Waiver::State, int64_t> states;
  absl::Time next = absl::InfiniteFuture();
  for (const BoundWaiver& bound : dispositions->waivers.waivers()) {
    const v1::Waiver::State state = StateAt(bound.waiver, now);
    ++states[state];
    if (state == v1::Waiver::STATE_ACTIVE) next = std::min(next, TimeOf(bound.waiver.expire_time()));
  }
  for (const auto state : {v1::Waiver::STATE_REQUESTED, v1::Waiver::STATE_SCHEDULED, v1::Waiver::STATE_ACTIVE,
                           v1::Waiver::STATE_EXPIRED, v1::Waiver::STATE_REVOKED}) {
    sink.Gauge("linchpin_policy_waivers", "Waivers, by state.",
               {{"state", v1::Waiver::State_Name(state).substr(6)}}, static_cast<double>(states[state]));
  }
  if (next == absl::InfiniteFuture()) return;
  sink.Gauge("linchpin_policy_waiver_next_expiry_timestamp_seconds",
             "When the first of the active waivers ends; absent: there is none.", {},
             absl::ToDoubleSeconds(next - absl::UnixEpoch()));
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
  CollectRetirements(*set, sink);
}

}  // namespace linchpin::policy
