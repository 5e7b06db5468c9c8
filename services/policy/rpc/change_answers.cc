#include "services/policy/rpc/change_answers.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/sha256.h"
#include "services/base/steady.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/policy_rules.h"
#include "services/policy/domain/findings/disposition.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/policy/rpc/past_reader.h"
#include "services/serving/check_token.h"
#include "services/writing/batch.h"
#include "services/writing/hypothetical_view.h"

namespace linchpin::policy {
namespace {

using FindingChange = v1::CheckChangeResponse::FindingChange;
using FindingList = google::protobuf::RepeatedPtrField<FindingChange>;

constexpr int kFindingsDefault = 500;
constexpr int kFailedRulesMax = 100;
constexpr int kRetryMs = 200;
// Of the lists together, below the largest message that servers and clients take.
constexpr size_t kListBytesMax = size_t{12} << 20;

absl::Status NotLoaded() {
  return base::Error(base::reason::NotReady{}, "policies have not been loaded yet; try again")
      .RetryAfterMs(kRetryMs);
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

absl::Status CheckNames(const google::protobuf::RepeatedPtrField<std::string>& names, const PolicySet& before,
                        const PolicySet& after) {
  for (int i = 0; i < names.size(); ++i) {
    const std::string& name = names[i];
    if (after.FindActive(name) != nullptr || before.FindActive(name) != nullptr) continue;
    if (!after.IsDisabled(name)) return base::NotFound(name);
    return base::FieldError("assignments[" + std::to_string(i) + "]",
                            "`" + name + "` is disabled; enable it, or leave it out");
  }
  return absl::OkStatus();
}

// Those of `policies` that are named; all if none is.
std::vector<AssignedPolicy> Chosen(const PolicySet& policies,
                                   const google::protobuf::RepeatedPtrField<std::string>& names) {
  if (names.empty()) return policies.active();
  std::vector<AssignedPolicy> chosen;
  for (const AssignedPolicy& policy : policies.active()) {
    if (std::find(names.begin(), names.end(), policy.assignment) != names.end()) chosen.push_back(policy);
  }
  return chosen;
}

// What one finding that is introduced or worse does to the verdict, where no waiver covers it.
v1::Verdict EffectOf(v1::Mode mode, v1::Severity severity, v1::Severity deny_at) {
  if (deny_at != v1::SEVERITY_UNSPECIFIED && severity >= deny_at) return v1::VERDICT_DENY;
  if (mode == v1::MODE_ENFORCE) return v1::VERDICT_DENY;
  return mode == v1::MODE_WARN ? v1::VERDICT_WARN : v1::VERDICT_PASS;
}

// Fills the lists of a response and finds the verdict.
class Writer {
 public:
  Writer(const v1::CheckChangeRequest& request, const PolicySet& before, const PolicySet& after,
         v1::CheckChangeResponse& response)
      : request_(request),
        before_(before),
        after_(after),
        findings_max_(request.max_findings() == 0 ? kFindingsDefault : request.max_findings()),
        response_(response) {}

  void AddFailed(const Evaluation& evaluation) {
    int64_t count = 0;
    for (const v1::Finding& finding : evaluation.findings) {
      if (finding.type() != v1::Finding::TYPE_EVALUATION_ERROR) continue;
      v1::CheckChangeResponse::FailedRule failed;
      failed.set_assignment(finding.assignment());
      failed.set_rule(finding.rule());
      failed.set_message(finding.message());
      failed.set_mode(ModeOf(finding.assignment()));
      failed.set_effect(EffectOf(failed.mode(), finding.severity(), v1::SEVERITY_UNSPECIFIED));
      verdict_ = std::max(verdict_, failed.effect());
      if (++count <= kFailedRulesMax) response_.add_failed_rules()->Swap(&failed);
    }
    response_.mutable_totals()->set_failed_rules(count);
  }

  void Add(FindingChanges changes) {
    v1::CheckChangeResponse::ChangeTotals& totals = *response_.mutable_totals();
    totals.set_introduced(static_cast<int64_t>(changes.introduced.size()));
    totals.set_worsened(static_cast<int64_t>(changes.worsened.size()));
    totals.set_improved(static_cast<int64_t>(changes.improved.size()));
    totals.set_resolved(static_cast<int64_t>(changes.resolved.size()));
    totals.set_obscured(static_cast<int64_t>(changes.obscured.size()));
    totals.set_unchanged(changes.unchanged);
    AddList(changes.introduced, true, *response_.mutable_introduced());
    AddList(changes.worsened, true, *response_.mutable_worsened());
    AddList(changes.obscured, false, *response_.mutable_obscured());
    AddList(changes.improved, false, *response_.mutable_improved());
    AddList(changes.resolved, false, *response_.mutable_resolved());
  }

  v1::Verdict verdict() const { return verdict_; }

 private:
  v1::Mode ModeOf(const std::string& assignment) const {
    const AssignedPolicy* policy = after_.FindActive(assignment);
    if (policy == nullptr) policy = before_.FindActive(assignment);
    return policy == nullptr ? v1::MODE_DISABLED : policy->mode;
  }

  void AddList(std::vector<ChangedFinding>& from, bool decides, FindingList& into) {
    for (ChangedFinding& changed : from) {
      FindingChange change;
      change.set_mode(ModeOf(changed.finding.assignment()));
      const bool waived = changed.finding.state() == v1::Finding::STATE_WAIVED;
      change.set_effect(decides && !waived
                            ? EffectOf(change.mode(), changed.finding.severity(), request_.deny_at())
                            : v1::VERDICT_PASS);
      verdict_ = std::max(verdict_, change.effect());
      change.set_severity_before(changed.severity_before);
      if (changed.measure_before) *change.mutable_measure_before() = *std::move(changed.measure_before);
      change.mutable_finding()->Swap(&changed.finding);
      const size_t size = change.ByteSizeLong();
      full_ = full_ || bytes_ + size > kListBytesMax;
      if (full_ || into.size() >= findings_max_) continue;
      bytes_ += size;
      into.Add(std::move(change));
    }
  }

  const v1::CheckChangeRequest& request_;
  const PolicySet& before_;
  const PolicySet& after_;
  const int findings_max_;
  v1::CheckChangeResponse& response_;
  v1::Verdict verdict_ = v1::VERDICT_PASS;
  size_t bytes_ = 0;
  bool full_ = false;
};

}  // namespace

ChangeAnswers::ChangeAnswers(const serving::Snapshots& inventory, replica::ViewSource& policies,
                             PolicyFeed& feed, ChangeOptions options)
    : inventory_(inventory), policies_(policies), feed_(feed), options_(std::move(options)) {}

absl::StatusOr<ChangeAnswers::Sides> ChangeAnswers::TakePolicies(const v1::CheckChangeRequest& request,
                                                                 v1::CheckChangeResponse& response) const {
  const PolicySetPointer current = feed_.Current();
  const auto view = policies_.Current();
  if (current == nullptr || view == nullptr) return NotLoaded();
  response.set_policy_revision(current->revision());
  if (request.policies().empty()) return Sides{current, current};
  writing::BatchOptions options;
  options.field = "policies";
  options.names = "policy, assignment or jurisdiction set; use a name such as `policies/single-vendor`";
  const auto plan = writing::PlanBatch(request.policies(), {false, PolicyRules()}, std::move(options));
  if (!plan.ok()) return plan.status();
  store::Write write;
  write.decide = plan->decide;
  const auto supposed = writing::Suppose(view, write, request.policies_size());
  if (!supposed.ok()) return supposed.status();
  *response.mutable_policies() = supposed->counts;
  // Both of one view, whatever is written meanwhile.
  return Sides{CompilePolicies(*view, current->revision()),
               CompilePolicies(*supposed->view, current->revision())};
}

void ChangeAnswers::MarkWaived(const PolicySet& policies, const World& world,
                               std::vector<ChangedFinding>& findings) const {
  const auto dispositions = feed_.CurrentDispositions();
  if (dispositions == nullptr) return;
  std::vector<v1::Finding> marked;
  for (ChangedFinding& changed : findings) marked.push_back(std::move(changed.finding));
  policy::MarkWaived(dispositions->waivers, policies, world, marked);
  for (size_t i = 0; i < findings.size(); ++i) findings[i].finding = std::move(marked[i]);
}

void ChangeAnswers::AddToken(const v1::CheckChangeRequest& request, const writing::HypotheticalView& supposed,
                             v1::CheckChangeResponse& response) const {
  const bool whole = request.assignments().empty() && request.policies().empty() && !request.has_now_time();
  if (options_.keys == nullptr || !whole || supposed.change_digest.empty()) return;
  serving::CheckedChange checked;
  checked.history_id = inventory_.source().history_id();
  checked.revision = supposed.view->revision();
  checked.change_digest = supposed.change_digest;
  checked.policy_set_digest = absl::HexStringToBytes(response.policy_set_digest());
  checked.verdict = v1::Verdict_Name(response.verdict()).substr(sizeof("VERDICT_") - 1);
  checked.expire_time = absl::FromUnixSeconds(absl::ToUnixSeconds(options_.now() + options_.token_lifetime));
  response.set_check_token(serving::MakeCheckToken(checked, options_.keys->Current()->front()));
  SetTime(checked.expire_time, response.mutable_check_token_expire_time());
}

absl::Status ChangeAnswers::CheckChange(kit::Call& call, const v1::CheckChangeRequest& request,
                                        v1::CheckChangeResponse& response) {
  const auto snapshot = inventory_.Take(call, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto supposed = inventory_.Suppose(snapshot->view, request.proposed());
  if (!supposed.ok()) return supposed.status();
  *response.mutable_proposed() = supposed->counts;
  const absl::StatusOr<Sides> policies = TakePolicies(request, response);
  if (!policies.ok()) return policies.status();
  if (absl::Status status = CheckNames(request.assignments(), *policies->before, *policies->after);
      !status.ok()) {
    return status;
  }
  EvaluationOptions options;
  options.now = request.has_now_time() ? TimeOf(request.now_time()) : options_.now();
  options.policy_revision = policies->before->revision();
  options.disabled_rules = options_.disabled_rules;
  options.cancelled = [&call] { return call.Cancelled() || base::SteadyNow() > call.deadline(); };
  // Both sides look back to the same moments.
  const auto published = options_.board == nullptr ? nullptr : options_.board->Current();
  std::set<absl::Time> moments = MomentsOf(policies->before->active(), options.now);
  moments.merge(MomentsOf(policies->after->active(), options.now));
  options.past = ReadPast(inventory_.source(), moments, snapshot->view,
                          published == nullptr ? nullptr : published->past.get());
  const auto before = Evaluate(*snapshot->view, Chosen(*policies->before, request.assignments()), options);
  if (!before.ok()) return before.status();
  const FindingMap previous = RecordsOf(*before);
  options.watch = &previous;
  const auto knowledge = engine::Knowledge::Create(supposed->view->shared_graph(), options_.disabled_rules);
  options.knowledge = knowledge;
  auto after = Evaluate(*supposed->view, Chosen(*policies->after, request.assignments()), options);
  if (!after.ok()) return after.status();
  SetTime(options.now, response.mutable_now_time());
  Writer writer(request, *policies->before, *policies->after, response);
  writer.AddFailed(*after);
  FindingChanges changes = CompareFindings(*before, previous, *std::move(after), *policies->before,
                                           *policies->after, *supposed->view);
  const World world(*supposed->view, *knowledge, options.now);
  for (auto* list : {&changes.introduced, &changes.worsened}) {
    MarkWaived(*policies->after, world, *list);
  }
  writer.Add(std::move(changes));
  response.set_verdict(writer.verdict());
  response.set_policy_set_digest(base::Hex(policies->before->digest()));
  AddToken(request, *supposed, response);
  if (options_.checked) options_.checked(response.verdict());
  return absl::OkStatus();
}

}  // namespace linchpin::policy
