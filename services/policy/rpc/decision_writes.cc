#include "services/policy/rpc/decision_writes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/kit/auth/authenticator.h"
#include "services/policy/domain/findings/disposition.h"
#include "services/policy/domain/waivers/waiver_request.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"
#include "services/resource/stable_bytes.h"
#include "services/writing/state_checks.h"

namespace linchpin::policy {

using kit::Message;
using store::StateReader;
using v1::Waiver;

namespace {

const resource::KindInfo& WaiverKind() { return *resource::FindKindOf(Waiver::descriptor()); }

absl::Status NotReady() {
  constexpr int kRetryMs = 200;
  return base::Error(base::reason::NotReady{}, "policies have not been evaluated yet; try again")
      .RetryAfterMs(kRetryMs);
}

absl::Status RequireIdentity(const kit::Call& call) {
  if (call.principal() != kit::kAnonymous) return absl::OkStatus();
  return base::Error(
      base::reason::IdentityUnknown{.principal = call.principal()},
      "a waiver needs two people, and this server does not authenticate its callers; give each person a "
      "token or a certificate (setting `auth-tokens-file`)");
}

// What only the service says. A caller that sends it is not believed.
void ClearAuthority(Waiver& waiver) {
  waiver.clear_requester();
  waiver.clear_approvals();
  waiver.clear_approvals_required();
  waiver.clear_revocation();
  waiver.clear_state();
  waiver.clear_matching_finding_count();
  waiver.clear_waived_finding_count();
}

// What the service has said of it before. A change by the mask `*` leaves nothing of that.
void KeepAuthority(const Waiver& before, Waiver& after) {
  ClearAuthority(after);
  after.set_requester(before.requester());
  *after.mutable_approvals() = before.approvals();
  after.set_approvals_required(before.approvals_required());
}

absl::Status Over(const Waiver& waiver, Waiver::State state) {
  const std::string word = Waiver::State_Name(state).substr(6);
  const char* what = state == Waiver::STATE_REVOKED ? "` was revoked" : "` has expired";
  return base::Error(base::reason::WaiverOver{.name = waiver.name(), .state = word},
                     absl::StrCat("`", waiver.name(), what, "; ask for a new one"));
}

// Writes one document; the answer is `reply`, or the document itself.
store::Decision DecisionOf(const Message& document, bool with_json,
                           std::optional<std::string> reply = std::nullopt) {
  auto upsert = std::make_shared<store::Upsert>();
  upsert->name = resource::NameOf(document);
  upsert->kind = document.GetDescriptor()->name();
  upsert->body = resource::StableBytes(document);
  if (with_json) upsert->json = resource::WriteJson(document, 0);
  store::Decision decision;
  decision.upserts.push_back(*upsert);
  decision.reply = [upsert, reply = std::move(reply)](const store::Applied& applied) {
    return reply ? *reply : writing::ReplyBody(*upsert, applied.upserts[0]);
  };
  return decision;
}

std::optional<Waiver> StoredWaiver(const StateReader& state, const std::string& name) {
  const auto stored = state.Find(name);
  std::optional<Waiver> waiver;
  if (!stored || stored->kind != Waiver::descriptor()->name()) return waiver;
  if (!waiver.emplace().ParseFromString(stored->body)) waiver.reset();
  return waiver;
}

void FillApproval(const std::string& principal, absl::Time now, const std::string& note,
                  v1::Approval& approval) {
  approval.set_principal(principal);
  SetTime(now, approval.mutable_time());
  approval.set_note(note);
}

absl::StatusOr<store::Decision> Approve(const StateReader& state, const v1::ApproveWaiverRequest& request,
                                        const std::string& principal, absl::Time now, bool with_json) {
  if (absl::Status status = writing::CheckEtag(request.etag(), request.name(), state.Find(request.name()));
      !status.ok()) {
    return status;
  }
  std::optional<Waiver> waiver = StoredWaiver(state, request.name());
  if (!waiver) return base::NotFound(request.name());
  const Waiver::State at = StateAt(*waiver, now);
  if (!IsLive(at)) return Over(*waiver, at);
  if (waiver->requester() == principal) {
    return base::Error(base::reason::SecondPersonRequired{.name = waiver->name(), .principal = principal},
                       absl::StrCat("`", principal, "` asked for `", waiver->name(),
                                    "` and cannot approve it; somebody else must"));
  }
  const auto& approvals = waiver->approvals();
  const bool approved = std::any_of(approvals.begin(), approvals.end(), [&](const v1::Approval& approval) {
    return approval.principal() == principal;
  });
  if (!approved) FillApproval(principal, now, request.note(), *waiver->add_approvals());
  return DecisionOf(*waiver, with_json);
}

absl::StatusOr<store::Decision> Revoke(const StateReader& state, const v1::RevokeWaiverRequest& request,
                                       const std::string& principal, absl::Time now, bool with_json) {
  if (absl::Status status = writing::CheckEtag(request.etag(), request.name(), state.Find(request.name()));
      !status.ok()) {
    return status;
  }
  std::optional<Waiver> waiver = StoredWaiver(state, request.name());
  if (!waiver) return base::NotFound(request.name());
  if (StateAt(*waiver, now) == Waiver::STATE_EXPIRED) return Over(*waiver, Waiver::STATE_EXPIRED);
  if (!waiver->has_revocation()) FillApproval(principal, now, request.note(), *waiver->mutable_revocation());
  return DecisionOf(*waiver, with_json);
}

// What the finding is once it is acknowledged. One that is WAIVED stays so.
FindingRecord Acknowledged(const FindingRecord& finding, const v1::Acknowledgement& acknowledgement) {
  FindingRecord record = finding;
  if (finding.state == v1::Finding::STATE_WAIVED) return record;
  record.state = v1::Finding::STATE_ACKNOWLEDGED;
  record.state_time = TimeOf(acknowledgement.time());
  record.acknowledgement = std::make_shared<const v1::Acknowledgement>(acknowledgement);
  return record;
}

v1::Acknowledgement AcknowledgementBy(const std::string& principal, const FindingRecord& finding,
                                      const v1::AcknowledgeFindingRequest& request, absl::Time now) {
  v1::Acknowledgement acknowledgement;
  acknowledgement.set_name(AcknowledgementOf(finding.name));
  acknowledgement.set_principal(principal);
  acknowledgement.set_note(request.note());
  SetTime(now, acknowledgement.mutable_time());
  if (request.has_until_time()) *acknowledgement.mutable_until_time() = request.until_time();
  acknowledgement.set_episode(finding.episode);
  acknowledgement.set_severity(finding.severity);
  v1::Finding content;
  content.ParseFromString(finding.content);
  if (content.explanation().has_measure())
    acknowledgement.set_measure(content.explanation().measure().value());
  return acknowledgement;
}

}  // namespace

struct DecisionWrites::Ground {
  std::shared_ptr<const PolicySet> policies;
  std::shared_ptr<const FindingSet> findings;
  absl::Time now;
};

DecisionWrites::DecisionWrites(serving::Writer& writer, PolicyFeed& feed, const FindingBoard& board,
                               const WaiverAnswers& answers, std::function<absl::Time()> now)
    : writer_(writer), feed_(feed), board_(board), answers_(answers), now_(std::move(now)) {}

absl::StatusOr<std::shared_ptr<const DecisionWrites::Ground>> DecisionWrites::TakeGround() const {
  auto ground = std::make_shared<Ground>();
  ground->policies = feed_.Current();
  ground->findings = board_.Current();
  ground->now = now_();
  if (ground->policies == nullptr || ground->findings == nullptr) return NotReady();
  return ground;
}

absl::StatusOr<writing::WritePlan> DecisionWrites::Settled(absl::StatusOr<writing::WritePlan> plan,
                                                           std::string principal) const {
  if (!plan.ok()) return plan;
  auto ground = TakeGround();
  if (!ground.ok()) return ground.status();
  plan->decide = [decide = std::move(plan->decide), ground = *std::move(ground),
                  principal = std::move(principal), with_json = writer_.settings().with_json](
                     const StateReader& state) -> absl::StatusOr<store::Decision> {
    absl::StatusOr<store::Decision> decision = decide(state);
    if (!decision.ok()) return decision;
    Waiver after;
    if (!after.ParseFromString(decision->upserts.front().body))
      return absl::InternalError("a waiver that was made does not parse");
    const std::optional<Waiver> before = StoredWaiver(state, after.name());
    if (before && before->has_revocation()) return Over(*before, Waiver::STATE_REVOKED);
    if (before && !ApprovedPartDiffers(*before, after)) {
      KeepAuthority(*before, after);
      return DecisionOf(after, with_json);
    }
    const auto required =
        ApprovalsRequired(after, {*ground->policies, ground->findings->by_name, ground->now});
    if (!required.ok()) return required.status();
    ClearAuthority(after);
    after.set_requester(principal);
    after.set_approvals_required(*required);
    return DecisionOf(after, with_json);
  };
  return plan;
}

void DecisionWrites::SubmitWaiver(std::shared_ptr<kit::Call> call, const Message& request,
                                  absl::StatusOr<writing::WritePlan> plan, Message& response,
                                  kit::Done done) {
  auto dressed = [this, &response, done = std::move(done)](const absl::Status& status) {
    if (status.ok()) answers_.Dress(static_cast<Waiver&>(response));
    done(status);
  };
  writer_.Submit(std::move(call), request, std::move(plan), std::nullopt, response, std::move(dressed));
}

void DecisionWrites::CreateWaiver(std::shared_ptr<kit::Call> call, const Message& request, Message& response,
                                  kit::Done done) {
  if (absl::Status status = RequireIdentity(*call); !status.ok()) return done(status);
  const auto& create = static_cast<const v1::CreateWaiverRequest&>(request);
  if (!create.has_waiver())
    return done(base::FieldError("waiver", "is missing; send the resource to create"));
  Waiver waiver = create.waiver();
  ClearAuthority(waiver);
  auto plan = writing::PlanCreate(WaiverKind(), "", create.waiver_id(), waiver, writer_.settings());
  const std::string principal = call->principal();
  SubmitWaiver(std::move(call), request, Settled(std::move(plan), principal), response, std::move(done));
}

void DecisionWrites::UpdateWaiver(std::shared_ptr<kit::Call> call, const Message& request, Message& response,
                                  kit::Done done) {
  if (absl::Status status = RequireIdentity(*call); !status.ok()) return done(status);
  const auto& update = static_cast<const v1::UpdateWaiverRequest&>(request);
  Waiver waiver = update.waiver();
  ClearAuthority(waiver);
  auto plan =
      writing::PlanUpdate(WaiverKind(), waiver, update.has_update_mask() ? &update.update_mask() : nullptr,
                          update.allow_missing(), writer_.settings());
  const std::string principal = call->principal();
  SubmitWaiver(std::move(call), request, Settled(std::move(plan), principal), response, std::move(done));
}

void DecisionWrites::ApproveWaiver(std::shared_ptr<kit::Call> call, const Message& request, Message& response,
                                   kit::Done done) {
  const auto& approve = static_cast<const v1::ApproveWaiverRequest&>(request);
  absl::Status status = RequireIdentity(*call);
  if (status.ok()) status = resource::CheckName(WaiverKind(), approve.name());
  if (!status.ok()) return done(status);
  writing::WritePlan plan;
  plan.target = approve.name();
  plan.decide = [approve, principal = call->principal(), now = now_(),
                 with_json = writer_.settings().with_json](const StateReader& state) {
    return Approve(state, approve, principal, now, with_json);
  };
  SubmitWaiver(std::move(call), request, std::move(plan), response, std::move(done));
}

void DecisionWrites::RevokeWaiver(std::shared_ptr<kit::Call> call, const Message& request, Message& response,
                                  kit::Done done) {
  const auto& revoke = static_cast<const v1::RevokeWaiverRequest&>(request);
  if (absl::Status status = resource::CheckName(WaiverKind(), revoke.name()); !status.ok())
    return done(status);
  writing::WritePlan plan;
  plan.target = revoke.name();
  plan.decide = [revoke, principal = call->principal(), now = now_(),
                 with_json = writer_.settings().with_json](const StateReader& state) {
    return Revoke(state, revoke, principal, now, with_json);
  };
  SubmitWaiver(std::move(call), request, std::move(plan), response, std::move(done));
}

void DecisionWrites::DeleteWaiver(std::shared_ptr<kit::Call> call, const Message& request, Message& response,
                                  kit::Done done) {
  writer_.Delete(std::move(call), request, response, std::move(done));
}

void DecisionWrites::AcknowledgeFinding(std::shared_ptr<kit::Call> call, const Message& request,
                                        Message& response, kit::Done done) {
  const auto& acknowledge = static_cast<const v1::AcknowledgeFindingRequest&>(request);
  const resource::KindInfo& kind = *resource::FindKindOf(v1::Finding::descriptor());
  if (absl::Status status = resource::CheckName(kind, acknowledge.name()); !status.ok()) return done(status);
  const auto ground = TakeGround();
  if (!ground.ok()) return done(ground.status());
  const FindingSet& set = *(*ground)->findings;
  const FindingRecord* finding = set.Find(acknowledge.name());
  if (finding == nullptr) return done(base::NotFound(acknowledge.name()));
  if (!Holds(*finding)) {
    return done(
        base::Error(base::reason::FindingResolved{.name = finding->name},
                    absl::StrCat("`", finding->name, "` is resolved: there is nothing to acknowledge")));
  }
  if (acknowledge.has_until_time() && TimeOf(acknowledge.until_time()) <= (*ground)->now)
    return done(base::FieldError("until_time", "is in the past: name a later instant, or leave it out"));
  const v1::Acknowledgement made =
      AcknowledgementBy(call->principal(), *finding, acknowledge, (*ground)->now);
  const std::string reply = FindingOf(Acknowledged(*finding, made), set.computed).SerializeAsString();
  writing::WritePlan plan;
  plan.target = finding->name;
  plan.decide = [made, reply, with_json = writer_.settings().with_json](
                    const StateReader&) -> absl::StatusOr<store::Decision> {
    return DecisionOf(made, with_json, reply);
  };
  writer_.Submit(std::move(call), request, std::move(plan), std::nullopt, response, std::move(done));
}

}  // namespace linchpin::policy
