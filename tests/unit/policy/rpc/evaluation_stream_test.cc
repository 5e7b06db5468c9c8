#include "services/policy/rpc/evaluation_stream.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace linchpin::policy {
namespace {

using ::testing::SizeIs;

constexpr size_t kBytes = 10'000;

Evaluation LargeEvaluation(int findings) {
  Evaluation evaluation;
  for (int i = 0; i < 3; ++i)
    evaluation.rules.push_back({"assignments/a", "policies/p", std::to_string(i), {}, {}, {}});
  evaluation.outcomes.resize(5);
  for (int i = 0; i < findings; ++i) evaluation.findings.emplace_back().set_message(std::string(4000, 'x'));
  return evaluation;
}

TEST(EvaluationStream, SendsPartsThatMergeIntoTheWhole) {
  std::vector<v1::EvaluationResult> parts;
  EvaluationStream stream(
      [&](const v1::EvaluatePoliciesResponse& message) {
        parts.push_back(message.result());
        return true;
      },
      kBytes);
  v1::EvaluationResult head;
  head.set_policy_revision(7);
  stream.Result(head, LargeEvaluation(20));
  EXPECT_FALSE(stream.gone());
  EXPECT_THAT(parts, SizeIs(10));
  v1::EvaluationResult whole;
  for (const v1::EvaluationResult& part : parts) {
    EXPECT_LE(part.ByteSizeLong(), kBytes + 100);
    EXPECT_EQ(part.has_inventory(), head.has_inventory());
    whole.MergeFrom(part);
  }
  EXPECT_EQ(whole.policy_revision(), 7);
  EXPECT_EQ(whole.finding_count(), 20);
  EXPECT_THAT(whole.rules(), SizeIs(3));
  EXPECT_THAT(whole.outcomes(), SizeIs(5));
  EXPECT_THAT(whole.findings(), SizeIs(20));
  EXPECT_THAT(parts[0].rules(), SizeIs(3)) << "counts come first";
}

TEST(EvaluationStream, SendsAHeadWhereNothingWasFound) {
  int sent = 0;
  EvaluationStream stream([&](const v1::EvaluatePoliciesResponse& message) {
    EXPECT_TRUE(message.has_result());
    ++sent;
    return true;
  });
  stream.Result({}, {});
  EXPECT_EQ(sent, 1);
}

TEST(EvaluationStream, StopsWhenNobodyWaits) {
  int sent = 0;
  EvaluationStream stream(
      [&](const v1::EvaluatePoliciesResponse&) {
        ++sent;
        return false;
      },
      kBytes);
  stream.Progress(1, 2);
  EXPECT_TRUE(stream.gone());
  stream.Result({}, LargeEvaluation(20));
  EXPECT_EQ(sent, 1);
}

}  // namespace
}  // namespace linchpin::policy
