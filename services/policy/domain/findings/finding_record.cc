#include "services/policy/domain/findings/finding_record.h"

#include <utility>

#include "services/policy/domain/findings/stable_hash.h"
#include "services/resource/stable_bytes.h"

namespace linchpin::policy {
namespace {

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// The transitions alone, serialized.
std::string TakeTransitions(v1::Finding& finding) {
  v1::Finding only;
  only.mutable_transitions()->Swap(finding.mutable_transitions());
  only.set_earlier_transition_count(finding.earlier_transition_count());
  finding.clear_earlier_transition_count();
  return only.SerializeAsString();
}

}  // namespace

void SetTime(absl::Time time, google::protobuf::Timestamp* message) {
  // Nanoseconds count forward, before 1970 too.
  const int64_t seconds = absl::ToUnixSeconds(time);
  message->set_seconds(seconds);
  message->set_nanos(
      static_cast<int32_t>(absl::ToInt64Microseconds(time - absl::FromUnixSeconds(seconds)) * 1000));
}

namespace {

// Takes the life out of the message and keeps the rest as content.
void TakeContent(v1::Finding finding, FindingRecord& record) {
  record.name = finding.name();
  record.assignment = finding.assignment();
  record.policy = finding.policy();
  record.rule = finding.rule();
  record.subject = finding.subject();
  record.owner = finding.owner();
  record.type = finding.type();
  record.severity = finding.severity();
  record.certainty = finding.certainty();
  record.related.assign(finding.related().begin(), finding.related().end());
  record.waiting.assign(finding.data_gap().rules().begin(), finding.data_gap().rules().end());
  v1::Explanation& explanation = *finding.mutable_explanation();
  record.computed = {explanation.inventory_revision(), finding.policy_revision(),
                     TimeOf(explanation.evaluated_time())};
  explanation.clear_inventory_revision();
  explanation.clear_policy_revision();
  explanation.clear_evaluated_time();
  finding.clear_policy_revision();
  finding.clear_revision();
  finding.clear_state();
  finding.clear_resolved_reason();
  finding.clear_episode();
  finding.clear_first_seen_time();
  finding.clear_last_seen_time();
  finding.clear_state_time();
  finding.clear_waiver();
  finding.clear_acknowledgement();
  record.content = resource::StableBytes(finding);
  record.content_hash = StableHash(record.content);
}

}  // namespace

FindingRecord RecordOf(v1::Finding finding, absl::Time now) {
  FindingRecord record;
  TakeContent(std::move(finding), record);
  record.first_seen = record.last_seen = record.state_time = now;
  return record;
}

FindingRecord StoredRecord(v1::Finding finding) {
  FindingRecord record;
  record.state = finding.state();
  record.resolved_reason = finding.resolved_reason();
  record.episode = finding.episode();
  record.first_seen = TimeOf(finding.first_seen_time());
  record.last_seen = TimeOf(finding.last_seen_time());
  record.state_time = TimeOf(finding.state_time());
  record.waiver = finding.waiver();
  if (finding.has_acknowledgement())
    record.acknowledgement = std::make_shared<const v1::Acknowledgement>(finding.acknowledgement());
  record.transitions = TakeTransitions(finding);
  TakeContent(std::move(finding), record);
  return record;
}

v1::Finding FindingOf(const FindingRecord& record, const ComputedAt& seen, WithTransitions transitions) {
  v1::Finding finding;
  finding.ParseFromString(record.content);
  const bool open = Holds(record) && !record.hidden;
  const ComputedAt& computed = open && seen.time > record.computed.time ? seen : record.computed;
  finding.set_state(record.state);
  finding.set_resolved_reason(record.resolved_reason);
  finding.set_episode(record.episode);
  finding.set_policy_revision(computed.policy_revision);
  v1::Explanation& explanation = *finding.mutable_explanation();
  explanation.set_inventory_revision(computed.inventory_revision);
  explanation.set_policy_revision(computed.policy_revision);
  SetTime(computed.time, explanation.mutable_evaluated_time());
  SetTime(record.first_seen, finding.mutable_first_seen_time());
  SetTime(open ? std::max(record.last_seen, computed.time) : record.last_seen,
          finding.mutable_last_seen_time());
  SetTime(record.state_time, finding.mutable_state_time());
  finding.set_waiver(record.waiver);
  if (record.acknowledgement != nullptr) *finding.mutable_acknowledgement() = *record.acknowledgement;
  if (transitions == WithTransitions::kYes) finding.MergeFromString(record.transitions);
  return finding;
}

bool IsSeenOnly(const v1::Finding& stored) {
  const absl::Time seen = TimeOf(stored.last_seen_time());
  return seen > TimeOf(stored.explanation().evaluated_time()) && seen > TimeOf(stored.state_time());
}

bool GraverThan(const FindingRecord& a, const FindingRecord& b) {
  return a.severity != b.severity ? a.severity > b.severity : a.name < b.name;
}

}  // namespace linchpin::policy
