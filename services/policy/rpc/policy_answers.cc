#include "services/policy/rpc/policy_answers.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/resource/kinds.h"
#include "services/resource/validate.h"
#include "services/serving/list_query.h"
#include "services/serving/page_token.h"

namespace linchpin::policy {
namespace {

constexpr absl::Duration kMargin = absl::Milliseconds(50);
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

absl::Status NotFound(const std::string& name) {
  return base::Error(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                     "`" + name + "` does not exist; check the name")
      .With("name", name);
}

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

void SetDuration(absl::Duration duration, google::protobuf::Duration* message) {
  if (duration == absl::InfiniteDuration()) return;
  const int64_t micros = absl::ToInt64Microseconds(duration);
  message->set_seconds(micros / 1'000'000);
  message->set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
}

// Puts the paths of a compile error under the field of the request that holds the policy.
absl::Status UnderPolicy(const absl::Status& status) {
  const auto details = base::DetailsOf(status);
  if (!details) return status;
  base::Error error(status.code(), details->reason, std::string(status.message()));
  for (const auto& [key, value] : details->metadata) error.With(key, value);
  for (const auto& violation : details->violations) {
    const bool of_assignment = violation.field.rfind("assignment.", 0) == 0;
    error.Field(of_assignment ? violation.field : "policy." + violation.field, violation.description);
  }
  return error;
}

// Puts the paths of a fault of the assignment under the field of the request that holds it.
absl::Status UnderAssignment(const absl::Status& status) {
  const auto details = base::DetailsOf(status);
  if (!details) return status;
  std::vector<base::FieldViolation> violations;
  for (const auto& violation : details->violations)
    violations.push_back({"assignment." + violation.field, violation.description});
  return base::FieldErrors(violations);
}

FindingFilter FilterOf(const v1::ListFindingsRequest& request) {
  FindingFilter filter{request.assignment(),   request.policy(), request.rule(), request.subject(),
                       request.min_severity(), request.state(),  request.type()};
  if (filter.state == v1::Finding::STATE_UNSPECIFIED) filter.state = v1::Finding::STATE_OPEN;
  return filter;
}

}  // namespace

PolicyAnswers::PolicyAnswers(replica::ViewSource& inventory, PolicyFeed& feed, const FindingBoard& board,
                             std::string page_token_secret, std::function<absl::Time()> now)
    : inventory_(inventory),
      feed_(feed),
      board_(board),
      page_token_secret_(std::move(page_token_secret)),
      now_(std::move(now)) {}

void PolicyAnswers::Mark(kit::Call& call, int64_t revision, absl::Duration age) const {
  call.Trailer("linchpin-revision", absl::StrCat(revision));
  call.Trailer("linchpin-revision-token", inventory_.RevisionToken(revision));
  call.Trailer("linchpin-age-ms", absl::StrCat(absl::ToInt64Milliseconds(age)));
}

void PolicyAnswers::Describe(int64_t revision, absl::Duration age, common::v1::Snapshot& snapshot) const {
  snapshot.set_revision(revision);
  snapshot.set_revision_token(inventory_.RevisionToken(revision));
  SetDuration(age, snapshot.mutable_age());
}

absl::StatusOr<std::vector<AssignedPolicy>> PolicyAnswers::Chosen(const v1::EvaluatePoliciesRequest& request,
                                                                  const PolicySet& policies) const {
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
    if (policy == nullptr) return NotFound(request.assignments(i));
    chosen.push_back(*policy);
  }
  if (!request.has_policy()) {
    if (request.assignments().empty()) chosen = policies.active();
  } else {
    v1::Assignment assignment = request.assignment();
    if (assignment.name().empty()) assignment.set_name(kUnsaved);
    assignment.set_policy(request.policy().name());
    absl::Status status = resource::Validate(request.policy(), "policy.");
    if (status.ok()) status = UnderAssignment(CheckMode(assignment));
    if (!status.ok()) return status;
    if (assignment.mode() == v1::MODE_DISABLED) {
      return base::FieldError("assignment.mode", "is DISABLED; use AUDIT, or leave it out");
    }
    chosen.push_back(Assign(request.policy(), assignment, policies.sets()));
    if (!chosen.back().bound.ok()) return UnderPolicy(chosen.back().bound.status());
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const AssignedPolicy& a, const AssignedPolicy& b) { return a.assignment < b.assignment; });
  const auto same = std::adjacent_find(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) {
    return a.assignment == b.assignment;
  });
  if (same != chosen.end())
    return base::FieldError("assignments", "`" + same->assignment + "` stands there twice");
  return chosen;
}

absl::Status PolicyAnswers::EvaluatePolicies(kit::Call& call, const v1::EvaluatePoliciesRequest& request,
                                             EvaluationStream& stream) {
  const auto view = inventory_.ViewAt(request.min_revision(), call.deadline(), call.Canceller());
  if (!view.ok()) return view.status();
  const absl::Duration age = inventory_.Age();
  const auto policies = feed_.Current();
  if (policies == nullptr) {
    return base::Error(absl::StatusCode::kUnavailable, "NOT_READY",
                       "policies have not been loaded yet; try again")
        .RetryAfterMs(kRetryMs);
  }
  const auto chosen = Chosen(request, *policies);
  if (!chosen.ok()) return chosen.status();
  EvaluationOptions options;
  options.now = request.has_now_time() ? TimeOf(request.now_time()) : now_();
  options.policy_revision = policies->revision();
  options.outcomes_max = request.include_outcomes() ? kOutcomesMax : 0;
  options.cancelled = [&] { return stream.gone() || call.Cancelled() || absl::Now() > call.deadline(); };
  absl::Time shown = absl::Now();
  options.progress = [&](int64_t done, int64_t total) {
    if (absl::Now() - shown < kProgressInterval) return;
    shown = absl::Now();
    stream.Progress(done, total);
  };
  absl::StatusOr<Evaluation> evaluation = Evaluate(**view, *chosen, options);
  if (absl::Now() > call.deadline())
    return absl::DeadlineExceededError("the evaluation took longer than the call may");
  if (!evaluation.ok()) return evaluation.status();
  Mark(call, (*view)->revision(), age);
  v1::EvaluationResult head;
  Describe((*view)->revision(), age, *head.mutable_inventory());
  head.set_policy_revision(policies->revision());
  SetTime(options.now, head.mutable_now_time());
  stream.Result(head, *std::move(evaluation));
  return stream.gone() ? absl::CancelledError("nobody waits for the result") : absl::OkStatus();
}

absl::StatusOr<PolicyAnswers::Findings> PolicyAnswers::FindingsAt(kit::Call& call,
                                                                  const std::string& min_revision) const {
  const absl::StatusOr<int64_t> revision = inventory_.ParseRevisionToken(min_revision);
  if (!revision.ok()) return revision.status();
  const absl::Duration patience = min_revision.empty() ? kPolicyPatience : replica::ViewSource::kWaitMax;
  const absl::Time deadline = std::min(call.deadline() - kMargin, absl::Now() + patience);
  const int64_t policy_revision = feed_.revision();
  const Set set = board_.WaitFor(call, *revision, policy_revision, deadline);
  if (set == nullptr) {
    return base::Error(absl::StatusCode::kUnavailable, "NOT_READY",
                       "policies have not been evaluated yet; try again")
        .RetryAfterMs(kRetryMs);
  }
  if (set->computed.inventory_revision < *revision) {
    return base::Error(absl::StatusCode::kUnavailable, "REPLICA_BEHIND",
                       absl::StrCat("findings are those of revision ", set->computed.inventory_revision,
                                    ", asked for is ", *revision, "; try again"))
        .With("revision", absl::StrCat(set->computed.inventory_revision))
        .With("min_revision", absl::StrCat(*revision))
        .RetryAfterMs(kRetryMs);
  }
  const bool behind = set->computed.policy_revision < policy_revision;
  if (behind && !min_revision.empty()) {
    return base::Error(absl::StatusCode::kUnavailable, "REPLICA_BEHIND",
                       absl::StrCat("findings are those of policy revision ", set->computed.policy_revision,
                                    ", written is ", policy_revision, "; try again"))
        .With("revision", absl::StrCat(set->computed.inventory_revision))
        .With("min_revision", absl::StrCat(*revision))
        .RetryAfterMs(kRetryMs);
  }
  return Findings{set, behind};
}

absl::Duration PolicyAnswers::AgeOf(const FindingSet& set) const {
  const auto view = inventory_.Current();
  if (view != nullptr && view->revision() == set.computed.inventory_revision) return inventory_.Age();
  // Overtaken since it was computed: it was the newest then.
  return std::max(inventory_.Age(), now_() - set.computed.time);
}

absl::Status PolicyAnswers::GetFinding(kit::Call& call, const v1::GetFindingRequest& request,
                                       v1::Finding& response) {
  const resource::KindInfo& kind = *resource::FindKindOf(v1::Finding::descriptor());
  if (absl::Status status = resource::CheckName(kind, request.name()); !status.ok()) return status;
  const auto found = FindingsAt(call, request.min_revision());
  if (!found.ok()) return found.status();
  const FindingSet& set = *found->set;
  Mark(call, set.computed.inventory_revision, AgeOf(set));
  const FindingRecord* record = set.Find(request.name());
  if (record == nullptr) return NotFound(request.name());
  response = FindingOf(*record, set.computed);
  return absl::OkStatus();
}

absl::Status PolicyAnswers::ListFindings(kit::Call& call, const v1::ListFindingsRequest& request,
                                         v1::ListFindingsResponse& response) {
  if (request.page_size() < 0) return base::FieldError("page_size", "must not be negative");
  const int page_size = request.page_size() == 0 ? kPageSize : std::min(request.page_size(), kPageSizeMax);
  const auto found = FindingsAt(call, request.min_revision());
  if (!found.ok()) return found.status();
  const FindingSet& set = *found->set;
  // A token goes on after a severity and a name, the order of the list.
  const serving::PageTokens tokens(inventory_.history_id(), page_token_secret_);
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
    *response.add_findings() = FindingOf(*finding, set.computed);
  }
  if (page.more) {
    const FindingRecord& last = *page.findings.back();
    response.set_next_page_token(
        tokens.Seal(digest, absl::StrCat(static_cast<int>(last.severity), last.name)));
  }
  response.set_total_size(static_cast<int32_t>(page.total));
  const absl::Duration age = AgeOf(set);
  Mark(call, set.computed.inventory_revision, age);
  Describe(set.computed.inventory_revision, age, *response.mutable_inventory());
  response.set_policy_revision(set.computed.policy_revision);
  response.set_policies_behind(found->policies_behind);
  return absl::OkStatus();
}

}  // namespace linchpin::policy
