#include "services/policy/rpc/past_reader.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/replica/past_views.h"
#include "services/replica/publisher.h"
#include "services/replica/view_editor.h"
#include "tests/support/inventory_text.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/policy_text.h"
#include "tests/unit/policy/rpc/policy_server.h"

namespace linchpin::policy {
namespace {

using ::testing::HasSubstr;
using Missing = PastMoment::Missing;

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 3, 31, 12), absl::UTCTimeZone());
const absl::Time kThen = kNow - absl::Hours(24 * 30);

constexpr char kVendors[] = R"(---
kind: Vendor
name: vendors/acme
knownNone: [parent]
---
kind: Vendor
name: vendors/beta
knownNone: [parent]
---
kind: Deployment
name: deployments/a
operator: vendors/acme
---
kind: Deployment
name: deployments/b
operator: vendors/beta
---
kind: Application
name: applications/one
---
kind: Application
name: applications/two
)";

std::string Uses(const std::string& application, const std::string& deployment) {
  return "---\nkind: Dependency\nname: applications/" + application +
         "/dependencies/d\nalternatives: [{target: deployments/" + deployment + "}]\n";
}

// A past of one state, or of an error.
class OneState : public replica::PastSource {
 public:
  absl::StatusOr<store::RevisionPoint> Resolve(const replica::AsOf& as_of) override {
    ++asked_;
    EXPECT_EQ(as_of.time, kThen);
    if (!error.ok()) return error;
    return store::RevisionPoint{3, kThen - absl::Minutes(5)};
  }
  absl::StatusOr<std::vector<store::Change>> Read(int64_t, int64_t, int64_t) override {
    store::Change change;
    change.resource.name = "applications/two/dependencies/d";
    inventory::v1::Dependency dependency;
    dependency.set_name(change.resource.name);
    dependency.add_alternatives()->set_target("deployments/b");
    change.resource.body = dependency.SerializeAsString();
    return std::vector<store::Change>{change};
  }
  int asked() const { return asked_; }

  absl::Status error;

 private:
  int asked_ = 0;
};

class PastReader : public ::testing::Test {
 protected:
  PastReader() {
    inventory_.SetHistory("history");
    inventory_.SetPast(&views_);
    Publish(absl::Hours(1));
  }

  // Both applications use `a` now; the second used `b` then.
  void Publish(absl::Duration ago) {
    const auto text =
        testing_support::ReadInventory(std::string(kVendors) + Uses("one", "a") + Uses("two", "a"));
    replica::ViewEditor editor(*text.view);
    editor.Apply({}, 7, kNow - ago);
    replica::ViewChange change;
    change.view = editor.Finish();
    change.everything = true;
    inventory_.Publish(change);
  }

  PastMoment Read(const PastInventory* known = nullptr) {
    read_ = ReadPast(inventory_, {kThen}, inventory_.Current(), known);
    return read_->At(kThen);
  }

  PastMoment ReadAgain() {
    const auto known = read_;
    return Read(known.get());
  }

  OneState past_;
  replica::Publisher inventory_;
  replica::PastViews views_{inventory_, past_};
  std::shared_ptr<const PastInventory> read_;
};

TEST_F(PastReader, ReadsTheStateOfThen) {
  const PastMoment moment = Read();
  ASSERT_EQ(moment.missing, Missing::kNone);
  EXPECT_EQ(moment.view->revision(), 3);
  EXPECT_EQ(moment.view->Parse<inventory::v1::Dependency>("applications/two/dependencies/d")
                ->alternatives(0)
                .target(),
            "deployments/b");
}

TEST_F(PastReader, AsksForNothingThatItKnowsAndForNothingAtAllWithoutNeed) {
  const PastMoment moment = Read();
  EXPECT_EQ(ReadAgain(), moment);
  EXPECT_EQ(past_.asked(), 1);
  const PastInventory foreign("another history", {{kThen, moment}});
  Read(&foreign);
  EXPECT_EQ(past_.asked(), 2);
  EXPECT_EQ(ReadPast(inventory_, {}, inventory_.Current(), nullptr), nullptr);
}

// Else the evaluation of a young inventory would wait for the store at each change.
TEST_F(PastReader, AsksOnceForAPastThatNeverWas) {
  past_.error = base::Error(base::reason::BeforeHistory{.oldest = 1, .oldest_time = "2026-03-20T00:00:00Z"},
                            "too young");
  const PastMoment young = Read();
  EXPECT_EQ(ReadAgain(), young);
  past_.error = base::Error(base::reason::RevisionCompacted{.oldest = 5}, "no longer kept");
  const PastMoment gone = Read();
  EXPECT_EQ(ReadAgain(), gone);
  EXPECT_EQ(past_.asked(), 2);
}

TEST_F(PastReader, AsksAgainWhereAnAnswerMayCome) {
  past_.error = base::Error(base::reason::StoreUnavailable{}, "the database is away");
  ASSERT_EQ(Read().missing, Missing::kFailed);
  past_.error = absl::OkStatus();
  EXPECT_EQ(ReadAgain().missing, Missing::kNone);
}

TEST_F(PastReader, TakesThePresentWhereNothingHasBeenWrittenSince) {
  Publish(absl::Hours(24 * 31));
  EXPECT_EQ(Read().view, inventory_.Current());
  EXPECT_EQ(past_.asked(), 0);
}

TEST_F(PastReader, SaysWhyThereIsNoPast) {
  past_.error = base::Error(base::reason::BeforeHistory{.oldest = 1, .oldest_time = "2026-03-20T00:00:00Z"},
                            "too young");
  PastMoment moment = Read();
  EXPECT_EQ(moment.missing, Missing::kBeforeHistory);
  EXPECT_EQ(moment.begins, absl::FromCivil(absl::CivilDay(2026, 3, 20), absl::UTCTimeZone()));
  past_.error = base::Error(base::reason::RevisionCompacted{.oldest = 5}, "no longer kept");
  EXPECT_EQ(Read().missing, Missing::kCompacted);
  past_.error = base::Error(base::reason::StoreUnavailable{}, "the database is away");
  moment = Read();
  EXPECT_EQ(moment.missing, Missing::kFailed);
  EXPECT_EQ(moment.error, "the database is away");
}

TEST_F(PastReader, LetsTheServiceFindGrowthBetweenRevisions) {
  const auto store = OpenPolicyStore();
  PolicyServer server(*store, inventory_, [] { return kNow; });
  v1::EvaluatePoliciesRequest request;
  *request.mutable_policy() = PolicyText(
      "rules: [{id: grows, trend: {groupBy: OPERATOR, metric: SHARE, maxGrowth: 0.1, window: 30d}}]");
  *request.mutable_assignment() = AssignmentText("");
  v1::EvaluationResult result;
  ASSERT_THAT(server.Evaluate(request, &result), IsOk());
  ASSERT_EQ(result.findings_size(), 1);
  EXPECT_THAT(result.findings(0).message(), HasSubstr("vendors/acme has grown from 50% to 100%"));
  EXPECT_THAT(result.findings(0).message(), HasSubstr("applications/two +50%"));
  const v1::Growth& growth = result.findings(0).explanation().growth();
  EXPECT_EQ(growth.past_revision(), 3);
  EXPECT_EQ(growth.past_time().seconds(), absl::ToUnixSeconds(kThen));
  EXPECT_EQ(growth.past_commit_time().seconds(), absl::ToUnixSeconds(kThen - absl::Minutes(5)));
  EXPECT_EQ(result.findings(0).explanation().inventory_revision(), 7);
}

}  // namespace
}  // namespace linchpin::policy
