#include "services/inventory/domain/trace_report.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/inventory_text.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kInventory[] = R"(
kind: Vendor
name: vendors/openai
country: US
knownNone: [parent]
---
kind: Vendor
name: vendors/lab
country: CN
---
kind: Model
name: models/gpt
developer: vendors/openai
weights: PROPRIETARY
retirementTime: 2026-12-01T00:00:00Z
---
kind: Model
name: models/open
developer: vendors/lab
weights: OPEN
retirementTime: 2026-01-01T00:00:00Z
knownNone: [derivations]
---
kind: Deployment
name: deployments/api
model: models/gpt
hostingMode: VENDOR_API
operator: vendors/openai
---
kind: Deployment
name: deployments/own
model: models/open
hostingMode: SELF_HOSTED
---
kind: Application
name: applications/triage
---
kind: Dependency
name: applications/triage/dependencies/answer
alternatives:
  - target: deployments/api
  - target: deployments/own
---
kind: Application
name: applications/portal
---
kind: Dependency
name: applications/portal/dependencies/triage
alternatives: [{target: applications/triage}]
)";

class TraceReport : public ::testing::Test {
 protected:
  TraceReport()
      : text_(testing_support::ReadInventory(kInventory)), links_(cache_.Of(text_.view->shared_graph())) {}

  TraceContext Context() const {
    return {*text_.view, *links_, absl::FromCivil(absl::CivilSecond(2026, 11, 30), absl::UTCTimeZone()),
            nullptr};
  }
  absl::Status Trace(const std::string& request, engine::Direction direction = engine::Direction::kNeeds) {
    v1::TraceRequest parsed;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(request, &parsed));
    steps_.clear();
    return ReportTrace(Context(), parsed, direction, [this](const v1::TraceResponse& part) {
      steps_.insert(steps_.end(), part.steps().begin(), part.steps().end());
      if (part.has_summary()) summary_ = part.summary();
      return true;
    });
  }
  const v1::TraceStep& Step(const std::string& name) const {
    for (const v1::TraceStep& step : steps_) {
      if (step.name() == name) return step;
    }
    ADD_FAILURE() << name << " is no step";
    return v1::TraceStep::default_instance();
  }

  testing_support::InventoryText text_;
  LinkCache cache_;
  std::shared_ptr<const engine::SupplyLinks> links_;
  std::vector<v1::TraceStep> steps_;
  v1::TraceSummary summary_;
};

TEST_F(TraceReport, NamesLinksAndMarks) {
  ASSERT_THAT(Trace("name: 'applications/portal' home: 'US'"), IsOk());
  EXPECT_EQ(summary_.node_count(), 7);
  EXPECT_THAT(Step("applications/triage").marks(), ElementsAre(v1::TraceStep::MARK_NO_FALLBACK));
  EXPECT_EQ(Step("deployments/own").link().dependency(), "answer");
  EXPECT_EQ(Step("deployments/own").link().alternative(), 1);
  EXPECT_THAT(Step("deployments/own").marks(), ElementsAre(v1::TraceStep::MARK_UNTESTED));
  EXPECT_THAT(Step("models/gpt").marks(), ElementsAre(v1::TraceStep::MARK_RETIRING));
  EXPECT_THAT(Step("models/open").marks(),
              ElementsAre(v1::TraceStep::MARK_FOREIGN, v1::TraceStep::MARK_RETIRED));
  EXPECT_THAT(Step("deployments/own").unknown_fields(), ElementsAre("host"));
  EXPECT_THAT(Step("models/gpt").unknown_fields(), ElementsAre("licence", "derivations"));
  EXPECT_THAT(Step("vendors/openai").unknown_fields(), IsEmpty());
}

TEST_F(TraceReport, FindsTheFallbacksOfARoute) {
  text_ = testing_support::ReadInventory(std::string(kInventory) + R"(
---
kind: Route
name: routes/chat
alternatives: [{target: deployments/api}, {target: deployments/own}]
---
kind: Dependency
name: applications/portal/dependencies/chat
alternatives: [{target: routes/chat}]
)");
  links_ = cache_.Of(text_.view->shared_graph());
  ASSERT_THAT(Trace("name: 'applications/portal'"), IsOk());
  EXPECT_THAT(Step("routes/chat").marks(), IsEmpty());
  ASSERT_THAT(Trace("name: 'routes/chat'"), IsOk());
  EXPECT_THAT(Step("deployments/own").marks(), ElementsAre(v1::TraceStep::MARK_UNTESTED));
}

TEST_F(TraceReport, WithoutAHomeNothingIsForeign) {
  ASSERT_THAT(Trace("name: 'models/open'"), IsOk());
  EXPECT_THAT(Step("models/open").marks(), ElementsAre(v1::TraceStep::MARK_RETIRED));
}

TEST_F(TraceReport, GoesUpwards) {
  ASSERT_THAT(Trace("name: 'vendors/lab' kinds: 'Application'", engine::Direction::kUsers), IsOk());
  ASSERT_THAT(steps_, SizeIs(3));
  EXPECT_EQ(steps_[1].name(), "applications/triage");
  EXPECT_EQ(steps_[2].name(), "applications/portal");
  EXPECT_EQ(steps_[2].parent(), 1);
}

TEST_F(TraceReport, RefusesWhatIsNotThere) {
  EXPECT_THAT(Trace("name: 'vendors/nobody'"), HasReason("RESOURCE_NOT_FOUND"));
  EXPECT_THAT(Trace("name: 'vendors/lab' kinds: 'Policy'"), HasReason("FIELD_INVALID"));
}

TEST_F(TraceReport, FindsPaths) {
  v1::FindPathsRequest request;
  request.set_from("applications/portal");
  request.set_to("vendors/openai");
  v1::FindPathsResponse response;
  ASSERT_THAT(ReportPaths(Context(), request, response), IsOk());
  ASSERT_EQ(response.paths_size(), 2);
  EXPECT_EQ(response.paths(0).links_size(), 3);
  EXPECT_EQ(response.paths(0).links(2).kind(), v1::SupplyLink::KIND_OPERATOR);
  EXPECT_EQ(response.paths(1).links(3).kind(), v1::SupplyLink::KIND_DEVELOPER);
  request.set_to("vendors/nobody");
  EXPECT_THAT(ReportPaths(Context(), request, response), HasReason("RESOURCE_NOT_FOUND"));
}

}  // namespace
}  // namespace linchpin::inventory
