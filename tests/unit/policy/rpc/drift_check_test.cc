#include "services/policy/rpc/drift_check.h"

#include <atomic>
#include <map>
#include <string>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::HasSubstr;

constexpr char kInventory[] = R"(---
kind: Application
name: applications/a
---
kind: Application
name: applications/b
owner: ann
---
kind: Policy
name: policies/p
rules: [{id: owner, onUnknown: VIOLATION, attribute: {must: {owner: {exists: true}}}}]
---
kind: Assignment
name: assignments/a
policy: policies/p
)";

// What the evaluator would have published after a change that it has followed.
std::shared_ptr<FindingSet> Published() {
  const auto text = testing_support::ReadInventory(kInventory);
  auto set = std::make_shared<FindingSet>();
  set->view = text.view;
  set->policies = std::make_shared<const PolicySet>(PolicySetOf(text));
  set->computed = {1, 1, absl::FromUnixSeconds(1'770'000'000)};
  set->parts = 1;
  EvaluationOptions options;
  options.now = set->computed.time;
  options.policy_revision = 1;
  auto evaluation = Evaluate(*set->view, set->policies->active(), options);
  EXPECT_TRUE(evaluation.ok());
  for (v1::Finding& finding : evaluation->findings)
    set->by_name.Put(std::make_shared<const FindingRecord>(RecordOf(std::move(finding), options.now)));
  set->rules = evaluation->rules;
  set->gaps = evaluation->gaps;
  return set;
}

// How the first comparison of the set ends.
struct Outcome {
  std::string result, log;
  bool drifted = false;
};
Outcome Compared(std::shared_ptr<FindingSet> set) {
  FindingBoard board;
  board.Publish(std::move(set));
  Outcome outcome;
  absl::Notification done;
  DriftCheck::Options options;
  options.every = absl::Milliseconds(1);
  options.compared = [&](std::string_view result) {
    outcome.result = std::string(result);
    if (result == "same") done.Notify();
  };
  options.log = [&](store::LogLevel, std::string_view, std::string_view detail) {
    outcome.log = std::string(detail);
  };
  DriftCheck check(board, std::move(options), [&] {
    outcome.drifted = true;
    done.Notify();
  });
  done.WaitForNotification();
  return outcome;
}

TEST(DriftCheck, FindsTheSame) {
  const Outcome outcome = Compared(Published());
  EXPECT_EQ(outcome.result, "same");
  EXPECT_FALSE(outcome.drifted);
  EXPECT_EQ(outcome.log, "");
}

TEST(DriftCheck, TellsOfAFindingThatIsNotThere) {
  const auto set = Published();
  const std::string name(set->by_name.begin()->first);
  set->by_name.Erase(name);
  const Outcome outcome = Compared(set);
  EXPECT_EQ(outcome.result, "drift");
  EXPECT_TRUE(outcome.drifted);
  EXPECT_THAT(outcome.log, HasSubstr(name + " is missing"));
}

TEST(DriftCheck, TellsOfAFindingThatHasGoneOrSaysSomethingElse) {
  const auto set = Published();
  FindingRecord other = *set->by_name.begin()->second;
  other.content += other.content;
  set->by_name.Put(std::make_shared<const FindingRecord>(other));
  FindingRecord more = other;
  more.name = "findings/more";
  set->by_name.Put(std::make_shared<const FindingRecord>(more));
  const Outcome outcome = Compared(set);
  EXPECT_THAT(outcome.log, HasSubstr(other.name + " has other content"));
  EXPECT_THAT(outcome.log, HasSubstr("findings/more has gone"));
}

TEST(DriftCheck, TellsOfCountsThatAreWrong) {
  const auto set = Published();
  ++set->rules[0].counts[v1::OUTCOME_PASS];
  EXPECT_THAT(Compared(set).log, HasSubstr("the outcomes of rule owner of assignments/a"));
}

}  // namespace
}  // namespace linchpin::policy
