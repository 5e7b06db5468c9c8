#include "services/policy/rpc/evaluation_stream.h"

#include <utility>

namespace linchpin::policy {
namespace {

void AddCount(v1::Outcome outcome, bool likely, int64_t number, v1::EvaluationResult::RuleResult& result) {
  if (number == 0) return;
  auto* count = result.add_counts();
  count->set_outcome(outcome);
  count->set_count(number);
  count->set_certainty(CertaintyOf(outcome, likely));
}

v1::EvaluationResult::RuleResult ResultOf(const RuleOutcome& rule) {
  v1::EvaluationResult::RuleResult result;
  result.set_assignment(rule.assignment);
  result.set_policy(rule.policy);
  result.set_rule(rule.rule);
  for (int i = 1; i < RuleOutcome::kOutcomes; ++i) {
    const auto outcome = static_cast<v1::Outcome>(i);
    AddCount(outcome, false, rule.counts[i] - rule.likely[i], result);
    AddCount(outcome, true, rule.likely[i], result);
  }
  return result;
}

}  // namespace

EvaluationStream::EvaluationStream(Write write, size_t bytes_max)
    : write_(std::move(write)), bytes_max_(bytes_max) {}

void EvaluationStream::Progress(int64_t done, int64_t total) {
  if (gone_) return;
  v1::EvaluatePoliciesResponse message;
  message.mutable_progress()->set_done(done);
  message.mutable_progress()->set_total(total);
  gone_ = !write_(message);
}

void EvaluationStream::Result(const v1::EvaluationResult& head, Evaluation evaluation) {
  *part_.mutable_result() = head;
  part_.mutable_result()->set_finding_count(static_cast<int64_t>(evaluation.findings.size()));
  bytes_ = head.ByteSizeLong();
  for (const RuleOutcome& rule : evaluation.rules) {
    v1::EvaluationResult::RuleResult result = ResultOf(rule);
    RoomFor(result.ByteSizeLong()).add_rules()->Swap(&result);
  }
  for (auto& outcome : evaluation.outcomes) RoomFor(outcome.ByteSizeLong()).add_outcomes()->Swap(&outcome);
  for (v1::Finding& finding : evaluation.findings) {
    if (gone_) return;
    RoomFor(finding.ByteSizeLong()).add_findings()->Swap(&finding);
  }
  Flush();
}

v1::EvaluationResult& EvaluationStream::RoomFor(size_t bytes) {
  if (bytes_ > 0 && bytes_ + bytes > bytes_max_) {
    Flush();
    part_.mutable_result()->Clear();
    bytes_ = 0;
  }
  bytes_ += bytes;
  return *part_.mutable_result();
}

void EvaluationStream::Flush() {
  if (!gone_) gone_ = !write_(part_);
}

}  // namespace linchpin::policy
