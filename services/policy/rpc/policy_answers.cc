#include "services/policy/rpc/policy_answers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/policy/domain/binding/fault_paths.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "services/policy/rpc/past_reader.h"
#include "services/resource/kinds.h"
#include "services/resource/validate.h"
#include "services/serving/list_query.h"
#include "services/serving/page_token.h"
#include "services/serving/request_fields.h"

namespace linchpin::policy {
namespace {

// How long findings wait for an evaluation of the newest policies where no revision was asked for.
constexpr absl::Duration kPolicyPatience = absl::Seconds(5);
constexpr int kRetryMs = 200;
constexpr int kPageSize = 50;
constexpr int kPageSizeMax = 1000;
constexpr int kOutcomesMax = 10'000;
// Between messages that say how far an evaluation is.
constexpr absl::Duration kProgressInterval = absl::Milliseconds(500);
// Of an answer, below the largest message that servers and clients take.
constexpr size_t kAnswerBytesMax = size_t{12} << 20;
// The name of an assignment that is not stored and has none.
constexpr char kUnsaved[] = "assignments/unsaved";

absl::Status NotEvaluated() {
  return base::Error(base::reason::NotReady{}, "policies have not been evaluated yet; try again")
      .RetryAfterMs(kRetryMs);
}

FindingFilter FilterOf(const v1::ListFindingsRequest& request) {
  return {request.assignment(),   request.policy(), request.rule(), request.subject(),  request.owner(),
          request.min_severity(), request.state(),  request.type(), request.certainty()};
}

// What the open findings of a set were last computed at; of a past one that is with each.
ComputedAt SeenAt(const kit::Call& call, const FindingSet& set) {
  return call.attached() == nullptr ? set.computed : ComputedAt();
}

}  // namespace

PolicyAnswers::PolicyAnswers(replica::ViewSource& inventory, const serving::Snapshots& policies,
                             PolicyFeed& feed, FindingBoard& board, std::string page_token_secret,
                             std::function<absl::Time()> now, std::function<base::SteadyTime()> steady_now,
                             engine::DisabledRules disabled_rules)
    : inventory_(inventory),
      past_(policies),
      feed_(feed),
      board_(board),
      page_token_secret_(std::move(page_token_secret)),
      now_(std::move(now)),
      steady_now_(std::move(steady_now)),
      disabled_rules_(disabled_rules) {}

kit::Wait PolicyAnswers::findings_wait() {
  const auto min_revision = [](const kit::Message& request) {
    return serving::RequestFields(request).String("min_revision");
  };
  const auto as_of = [](const kit::Message& request) {
    return serving::RequestFields(request).String("as_of");
  };
  return {.due =
              [this, min_revision, as_of](const kit::Message& request) {
                return !as_of(request).empty() || inventory_.MustWait(min_revision(request)) ||
                       !board_.HasReached(RevisionOf(min_revision(request)), feed_.revision());
              },
          .start =
              [this, min_revision, as_of](kit::Call& call, const kit::Message& request, kit::Done ready) {
                if (as_of(request).empty())
                  return AwaitFindings(call, min_revision(request), std::move(ready));
                past_.Await(call, as_of(request), min_revision(request), std::move(ready));
              }};
}

int64_t PolicyAnswers::RevisionOf(const std::string& min_revision) const {
  return inventory_.source().ParseRevisionToken(min_revision).value_or(0);
}

void PolicyAnswers::AwaitFindings(kit::Call& call, const std::string& min_revision, kit::Done ready) {
  if (min_revision.empty()) return AwaitEvaluation(call, 0, std::move(ready));
  // The inventory first: it can tell that there is no such revision.
  inventory_.Await(call, min_revision,
                   [this, &call, min_revision, ready = std::move(ready)](const absl::Status& status) {
                     if (!status.ok()) return ready(status);
                     AwaitEvaluation(call, RevisionOf(min_revision), ready);
                   });
}

void PolicyAnswers::AwaitEvaluation(kit::Call& call, int64_t revision, kit::Done ready) {
  const bool asked = revision > 0;
  const int64_t policy_revision = feed_.revision();
  const auto deadline =
      asked ? call.wait_until() : std::min(call.wait_until(), base::SteadyNow() + kPolicyPatience);
  const auto over = [this, asked, revision, policy_revision, ready = std::move(ready)] {
    const bool answered = !asked || board_.HasReached(revision, policy_revision);
    ready(answered ? absl::OkStatus() : FindingsBehind(revision, policy_revision));
  };
  board_.WhenReached(revision, policy_revision, deadline, over, call.Canceller());
}

absl::Status PolicyAnswers::FindingsBehind(int64_t revision, int64_t policy_revision) const {
  const auto set = board_.Current();
  if (set == nullptr) return NotEvaluated();
  const ComputedAt& at = set->computed;
  return base::Error(base::reason::ReplicaBehind{.revision = at.inventory_revision, .min_revision = revision},
                     absl::StrCat("findings are those of revision ", at.inventory_revision,
                                  " and policy revision ", at.policy_revision, "; wanted are ", revision,
                                  " and ", policy_revision, "; try again"))
      .RetryAfterMs(kRetryMs);
}

absl::StatusOr<std::shared_ptr<const PolicySet>> PolicyAnswers::PoliciesOf(
    const v1::EvaluatePoliciesRequest& request, std::vector<std::string>& touched) const {
  auto current = feed_.Current();
  if (current == nullptr) {
    return base::Error(base::reason::NotReady{}, "policies have not been loaded yet; try again")
        .RetryAfterMs(kRetryMs);
  }
  if (!request.has_change()) return current;
  if (request.has_policy()) return base::FieldError("change", "does not go with `policy`: put both into it");
  absl::StatusOr<Rehearsed> rehearsed = feed_.Rehearse(request.change());
  if (!rehearsed.ok()) return rehearsed.status();
  touched = std::move(rehearsed->touched);
  return std::move(rehearsed->policies);
}

absl::StatusOr<std::vector<AssignedPolicy>> PolicyAnswers::Chosen(
    const v1::EvaluatePoliciesRequest& request, const PolicySet& policies,
    const std::vector<std::string>& touched) const {
  if (request.has_assignment() && !request.has_policy()) {
    return base::FieldError("assignment", "goes with `policy`; name stored assignments in `assignments`");
  }
  std::vector<AssignedPolicy> chosen;
  for (int i = 0; i < request.assignments_size(); ++i) {
    const AssignedPolicy* policy = policies.FindActive(request.assignments(i));
    if (policy == nullptr && policies.IsDisabled(request.assignments(i))) {
      return base::FieldError(absl::StrCat("assignments[", i, "]"),
                              "`" + request.assignments(i) + "` is disabled; enable it, or leave it out");
    }
    if (policy == nullptr) return base::NotFound(request.assignments(i));
    chosen.push_back(*policy);
  }
  if (request.has_change()) {
    if (request.assignments().empty()) {
      for (const std::string& name : touched) chosen.push_back(*policies.FindActive(name));
    }
  } else if (!request.has_policy()) {
    if (request.assignments().empty()) chosen = policies.active();
  } else {
    v1::Assignment assignment = request.assignment();
    if (assignment.name().empty()) assignment.set_name(kUnsaved);
    assignment.set_policy(request.policy().name());
    absl::Status status = resource::Validate(request.policy(), "policy.");
    if (status.ok())
      status = base::RenameFields(CheckMode(assignment),
                                  [](const std::string& field) { return kAssignmentPath + field; });
    if (!status.ok()) return status;
    if (assignment.mode() == v1::MODE_DISABLED) {
      return base::FieldError("assignment.mode", "is DISABLED; use AUDIT, or leave it out");
    }
    chosen.push_back(Assign(request.policy(), assignment, policies.sets()));
    if (!chosen.back().bound.ok())
      return UnderPrefixes(chosen.back().bound.status(), kAssignmentPath, "policy.");
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const AssignedPolicy& a, const AssignedPolicy& b) { return a.assignment < b.assignment; });
  const auto same = std::adjacent_find(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) {
    return a.assignment == b.assignment;
  });
  if (same != chosen.end())
    return base::FieldError("assignments", "`" + same->assignment + "` is listed twice");
  return chosen;
}

absl::Status PolicyAnswers::EvaluatePolicies(kit::Call& call, const v1::EvaluatePoliciesRequest& request,
                                             EvaluationStream& stream) {
  v1::EvaluationResult head;
  const auto snapshot = inventory_.Take(call, *head.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  std::vector<std::string> touched;
  const auto found = PoliciesOf(request, touched);
  if (!found.ok()) return found.status();
  const std::shared_ptr<const PolicySet>& policies = *found;
  const auto chosen = Chosen(request, *policies, touched);
  if (!chosen.ok()) return chosen.status();
  EvaluationOptions options;
  options.now = request.has_now_time() ? TimeOf(request.now_time())
                : snapshot->past       ? snapshot->view->time()
                                       : now_();
  options.policy_revision = policies->revision();
  const auto knowledge = engine::Knowledge::Create(snapshot->view->shared_graph(), disabled_rules_);
  options.knowledge = knowledge;
  const auto published = board_.Current();
  options.past = ReadPast(inventory_.source(), MomentsOf(*chosen, options.now), snapshot->view,
                          published == nullptr ? nullptr : published->past.get());
  options.outcomes_max = request.include_outcomes() ? kOutcomesMax : 0;
  options.cancelled = [&] { return stream.gone() || call.Cancelled(); };
  base::SteadyTime shown = base::SteadyNow();
  options.progress = [&](int64_t done, int64_t total) {
    if (base::SteadyNow() - shown < kProgressInterval) return;
    shown = base::SteadyNow();
    stream.Progress(done, total);
  };
  absl::StatusOr<Evaluation> evaluation = Evaluate(*snapshot->view, *chosen, options);
  if (base::SteadyNow() > call.deadline())
    return absl::DeadlineExceededError("the evaluation took longer than the call may");
  if (!evaluation.ok()) return evaluation.status();
  // What is not stored cannot have been accepted.
  if (const auto decided = feed_.CurrentDispositions(); decided != nullptr && !request.has_policy())
    MarkWaived(decided->waivers, *policies, World(*snapshot->view, *knowledge, options.now),
               evaluation->findings);
  head.set_policy_revision(policies->revision());
  SetTime(options.now, head.mutable_now_time());
  stream.Result(head, *std::move(evaluation));
  return stream.gone() ? absl::CancelledError("the caller has gone") : absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const FindingSet>> PolicyAnswers::TakeFindings(kit::Call& call,
                                                                              absl::Duration* age) {
  if (call.attached() != nullptr) {
    *age = absl::InfiniteDuration();
    return past_.Take(call);
  }
  auto set = board_.Current();
  if (set == nullptr) return NotEvaluated();
  *age = AgeOf(*set);
  inventory_.Mark(call, set->computed.inventory_revision, *age);
  return set;
}

absl::Duration PolicyAnswers::AgeOf(const FindingSet& set) const {
  // The age is read first: a view that comes in between is younger than said.
  const absl::Duration age = inventory_.source().Age();
  const auto view = inventory_.source().Current();
  if (view != nullptr && view->revision() == set.computed.inventory_revision) return age;
  // Overtaken since it was computed, from what was the newest at that time.
  return std::max(age, steady_now_() - set.newest_at);
}

absl::Status PolicyAnswers::GetFinding(kit::Call& call, const v1::GetFindingRequest& request,
                                       v1::Finding& response) {
  const resource::KindInfo& kind = *resource::FindKindOf(v1::Finding::descriptor());
  if (absl::Status status = resource::CheckName(kind, request.name()); !status.ok()) return status;
  absl::Duration age;
  const auto found = TakeFindings(call, &age);
  if (!found.ok()) return found.status();
  const FindingSet& set = **found;
  const FindingRecord* record = set.Find(request.name());
  if (record == nullptr) return base::NotFound(request.name());
  response = FindingOf(*record, SeenAt(call, set), WithTransitions::kYes);
  const auto gap = set.gaps.find(record->name);
  if (request.fill_in_all() && gap != set.gaps.end()) FillInAll(gap->second, *response.mutable_data_gap());
  return absl::OkStatus();
}

absl::Status PolicyAnswers::ListFindings(kit::Call& call, const v1::ListFindingsRequest& request,
                                         v1::ListFindingsResponse& response) {
  if (request.page_size() < 0) return base::FieldError("page_size", "must not be negative");
  const int page_size = request.page_size() == 0 ? kPageSize : std::min(request.page_size(), kPageSizeMax);
  absl::Duration age;
  const auto found = TakeFindings(call, &age);
  if (!found.ok()) return found.status();
  const FindingSet& set = **found;
  // A token goes on after a severity and a name, the order of the list.
  const serving::PageTokens tokens(inventory_.source().history_id(), page_token_secret_);
  const std::string digest = serving::DigestOfQuery(request);
  v1::Severity after_severity = v1::SEVERITY_UNSPECIFIED;
  std::string after_name;
  if (!request.page_token().empty()) {
    absl::StatusOr<std::string> opened = tokens.Open(digest, request.page_token());
    if (!opened.ok()) return opened.status();
    after_severity = static_cast<v1::Severity>(opened->front() - '0');
    after_name = opened->substr(1);
  }
  const FindingPage page =
      PageOf(set, FilterOf(request), after_severity, after_name, {page_size, kAnswerBytesMax});
  for (const FindingPointer& finding : page.findings) {
    *response.add_findings() = FindingOf(*finding, SeenAt(call, set));
  }
  if (page.more) {
    const FindingRecord& last = *page.findings.back();
    response.set_next_page_token(
        tokens.Seal(digest, absl::StrCat(static_cast<int>(last.severity), last.name)));
  }
  response.set_total_size(static_cast<int32_t>(page.total));
  response.set_waived_size(static_cast<int32_t>(page.waived));
  inventory_.Describe(set.computed.inventory_revision, age, *response.mutable_inventory());
  response.set_policy_revision(set.computed.policy_revision);
  if (call.attached() != nullptr) {
    SetTime(set.computed.time, response.mutable_inventory()->mutable_as_of_time());
  } else {
    response.set_policies_behind(set.computed.policy_revision < feed_.revision());
  }
  return absl::OkStatus();
}

}  // namespace linchpin::policy
