// What Risk keeps: tables of hazards, scenarios, the history of scores.
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/risk_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/kit/rpc/pipeline.h"
#include "services/kit/rpc/status.h"
#include "services/replica/publisher.h"
#include "services/replica/view_holder.h"
#include "services/risk/rpc/risk_backend.h"
#include "services/risk/rpc/score_history.h"
#include "services/store/open.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::SizeIs;
using Stub = v1::RiskService::Stub;

std::unique_ptr<store::ResourceStore> OpenRiskStore() {
  store::OpenOptions options;
  options.migrate = true;
  auto store = store::OpenStore("sqlite::memory:", "risk", options);
  if (!store.ok()) std::abort();
  return *std::move(store);
}

class RiskStoreTest : public ::testing::Test {
 protected:
  RiskStoreTest() : store_(OpenRiskStore()), pipeline_("linchpin.risk.v1.RiskService") {
    source_.SetHistory("history");
    source_.Publish({ViewOf(TwoVendors(), 5), {}, true});
    source_.ConfirmNewest(base::SteadyNow());
    auto made = RiskBackend::Create(*store_, source_, pipeline_, nullptr, {});
    if (!made.ok()) std::abort();
    risk_ = *std::move(made);
    grpc::ServerBuilder builder;
    builder.RegisterService(risk_->service());
    server_ = builder.BuildAndStart();
    stub_ = v1::RiskService::NewStub(server_->InProcessChannel({}));
  }
  ~RiskStoreTest() override {
    pipeline_.Drain();
    server_->Shutdown();
    risk_->Drain(absl::Now() + absl::Seconds(5));
  }

  template <typename Request, typename Response>
  absl::Status Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                    const Request& request, Response* response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return kit::FromGrpcStatus((*stub_.*method)(&context, request, response));
  }
  absl::Status CreateTable(const std::string& id, const std::string& table) {
    v1::CreateHazardTableRequest request;
    request.set_hazard_table_id(id);
    *request.mutable_hazard_table() = FromText<v1::HazardTable>(table);
    v1::HazardTable made;
    return Call(&Stub::CreateHazardTable, request, &made);
  }
  v1::ListScoresResponse Scores(const std::string& table = "") {
    v1::ListScoresRequest request;
    request.set_hazard_table(table);
    v1::ListScoresResponse response;
    const absl::Status status = Call(&Stub::ListScores, request, &response);
    EXPECT_THAT(status, IsOk());
    return response;
  }

  std::unique_ptr<store::ResourceStore> store_;
  kit::Pipeline pipeline_;
  replica::Publisher source_;
  std::unique_ptr<RiskBackend> risk_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<Stub> stub_;
};

TEST_F(RiskStoreTest, ScoresFollowTheDefaultTable) {
  const auto shipped = Scores();
  EXPECT_EQ(shipped.basis().hazard_table(), "hazardTables/shipped");
  EXPECT_GT(shipped.portfolio().likely().score(), 0);
  ASSERT_THAT(CreateTable("default", "hazards { hazard_class: HAZARD_CLASS_VENDOR_EXIT rate_per_year: 5 }"),
              IsOk());
  const auto own = Scores();
  EXPECT_EQ(own.basis().hazard_table(), "hazardTables/default");
  EXPECT_GT(own.portfolio().likely().score(), shipped.portfolio().likely().score());
  EXPECT_EQ(Scores("hazardTables/shipped").portfolio().likely().score(),
            shipped.portfolio().likely().score());
  v1::GetHazardsResponse hazards;
  ASSERT_THAT(Call(&Stub::GetHazards, v1::GetHazardsRequest(), &hazards), IsOk());
  EXPECT_EQ(hazards.hazards(0).rate_per_year(), 5);
  EXPECT_THAT(hazards.hazards(), SizeIs(v1::HazardClass_ARRAYSIZE - 1));
}

TEST_F(RiskStoreTest, RefusesWhatIsNoTable) {
  const absl::Status status =
      CreateTable("wild", "hazards { hazard_class: HAZARD_CLASS_VENDOR_EXIT rate_per_year: 366 }");
  const auto details = base::DetailsOf(status);
  ASSERT_TRUE(details.has_value()) << status;
  EXPECT_EQ(details->reason, "FIELD_INVALID");
  EXPECT_EQ(details->violations.at(0).field, "hazard_table.hazards[0].rate_per_year");
  v1::ListScoresRequest request;
  request.set_hazard_table("hazardTables/none");
  v1::ListScoresResponse response;
  EXPECT_THAT(Call(&Stub::ListScores, request, &response), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RiskStoreTest, KeepsScenarios) {
  v1::CreateScenarioRequest request;
  request.set_scenario_id("exit");
  *request.mutable_scenario() =
      FromText<v1::Scenario>("cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/gone' }");
  v1::Scenario made;
  ASSERT_THAT(Call(&Stub::CreateScenario, request, &made), IsOk());
  EXPECT_EQ(made.name(), "scenarios/exit");
  v1::GetScenarioRequest get;
  get.set_name("scenarios/exit");
  v1::Scenario read;
  ASSERT_THAT(Call(&Stub::GetScenario, get, &read), IsOk());
  EXPECT_EQ(read.cutoffs(0).target(), "vendors/gone");
}

TEST_F(RiskStoreTest, StreamsAnEstimateWithItsProgress) {
  v1::EstimateLossesRequest request;
  request.set_trials(2000);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const auto reader = stub_->EstimateLosses(&context, request);
  v1::EstimateLossesResponse part;
  int progress = 0;
  v1::LossResult result;
  while (reader->Read(&part)) {
    progress += part.has_progress();
    if (part.has_result()) result = part.result();
  }
  ASSERT_THAT(reader->Finish(), IsOk());
  EXPECT_GE(progress, 1);
  EXPECT_EQ(result.trials(), 2000);
  EXPECT_EQ(result.basis().inventory().revision(), 5);
}

TEST_F(RiskStoreTest, StreamsAReportOfOneRevision) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  v1::GetReportRequest request;
  request.set_trials(100);
  const auto reader = stub_->GetReport(&context, request);
  v1::GetReportResponse part;
  std::vector<std::string> parts;
  v1::Report report;
  while (reader->Read(&part)) {
    if (part.has_progress()) parts.push_back(part.progress().part());
    if (part.has_report()) report = part.report();
  }
  ASSERT_THAT(reader->Finish(), IsOk());
  EXPECT_THAT(parts, SizeIs(7));
  EXPECT_EQ(report.inventory().revision(), 5);
  EXPECT_EQ(report.application_count(), 2);
  EXPECT_EQ(report.losses().trials(), 100);
  EXPECT_THAT(report.concentration_history(), SizeIs(6));
}

TEST_F(RiskStoreTest, HasNoHistoryOfWhatIsNot) {
  v1::ListScoreHistoryRequest request;
  v1::ListScoreHistoryResponse response;
  EXPECT_THAT(Call(&Stub::ListScoreHistory, request, &response), IsOk());
  request.set_name("applications/none");
  EXPECT_THAT(Call(&Stub::ListScoreHistory, request, &response), StatusIs(absl::StatusCode::kNotFound));
}

const absl::Time kNoon = absl::FromCivil(absl::CivilHour(2026, 11, 10, 12), absl::UTCTimeZone());

std::shared_ptr<const Scored> ScoredWith(double exit_rate) {
  Analysis analysis(TwoVendors().Graph());
  HazardSet set = MakeHazardSet(nullptr, {}, kNoon);
  set.hazards.SetClass(engine::AtomClass::kVendor, {.rate_per_year = exit_rate});
  Scorer scorer;
  return *scorer.Of(analysis, set, nullptr);
}

class ScoreHistoryTest : public ::testing::Test {
 protected:
  ScoreHistoryTest() : store_(OpenRiskStore()) {
    auto committer = store::Committer::Create(*store_, holder_, {});
    if (!committer.ok()) std::abort();
    committer_ = *std::move(committer);
  }
  std::vector<v1::ScorePoint> Points(absl::Time start = absl::InfinitePast()) const {
    return ReadHistory(*holder_.Current(), "portfolio", start, 100);
  }

  std::unique_ptr<store::ResourceStore> store_;
  replica::ViewHolder holder_;
  std::unique_ptr<store::Committer> committer_;
};

TEST_F(ScoreHistoryTest, IsWrittenByDayAndWhereAScoreMoves) {
  ScoreHistory history(*store_, *committer_, holder_, {});
  ASSERT_THAT(history.Note(*ScoredWith(0.02), {}, 5, kNoon), IsOk());
  ASSERT_THAT(history.Note(*ScoredWith(0.02), {}, 6, kNoon + absl::Hours(1)), IsOk());
  EXPECT_THAT(Points(), SizeIs(1));
  ASSERT_THAT(history.Note(*ScoredWith(0.5), {}, 7, kNoon + absl::Hours(2)), IsOk());
  const auto points = Points();
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_EQ(points[1].inventory_revision(), 7);
  EXPECT_EQ(points[1].cause(), v1::ScoreRecord::CAUSE_MOVE);
  EXPECT_GT(points[1].score().likely(), points[0].score().likely());
  EXPECT_THAT(Points(kNoon + absl::Hours(1)), SizeIs(1));
}

TEST_F(ScoreHistoryTest, HoldsConcentrationInTheSameRecords) {
  ScoreHistory history(*store_, *committer_, holder_, {});
  ConcentrationList figures;
  figures.Add()->set_dimension(common::v1::DIMENSION_HOST_COUNTRY);
  figures.begin()->set_hhi(2000);
  ASSERT_THAT(history.Note(*ScoredWith(0.02), figures, 5, kNoon), IsOk());
  figures.begin()->set_hhi(2500);
  ASSERT_THAT(history.Note(*ScoredWith(0.02), figures, 6, kNoon + absl::Hours(1)), IsOk());
  const auto points =
      ReadHistory(*holder_.Current(), common::v1::DIMENSION_HOST_COUNTRY, absl::InfinitePast(), 100);
  ASSERT_THAT(points, SizeIs(2));
  EXPECT_EQ(points[0].figures().hhi(), 2000);
  EXPECT_EQ(points[1].figures().hhi(), 2500);
  EXPECT_EQ(points[1].cause(), v1::ScoreRecord::CAUSE_MOVE);
}

TEST_F(ScoreHistoryTest, IsForgottenAfterTheRetention) {
  ScoreHistory::Options options;
  options.retention = absl::Hours(48);
  ScoreHistory history(*store_, *committer_, holder_, options);
  ASSERT_THAT(history.Note(*ScoredWith(0.02), {}, 5, kNoon), IsOk());
  ASSERT_THAT(history.Note(*ScoredWith(0.5), {}, 6, kNoon + absl::Hours(24)), IsOk());
  EXPECT_THAT(Points(), SizeIs(2));
  ASSERT_THAT(history.Note(*ScoredWith(0.5), {}, 6, kNoon + absl::Hours(60)), IsOk());
  EXPECT_THAT(Points(), SizeIs(1));
}

TEST_F(ScoreHistoryTest, IsWrittenByTheHolderOfTheLeaseAlone) {
  ScoreHistory second(*store_, *committer_, holder_, {});
  {
    ScoreHistory first(*store_, *committer_, holder_, {});
    ASSERT_THAT(first.Note(*ScoredWith(0.02), {}, 5, kNoon), IsOk());
    ASSERT_THAT(second.Note(*ScoredWith(0.5), {}, 6, kNoon + absl::Hours(1)), IsOk());
    EXPECT_THAT(Points(), SizeIs(1));
  }
  // The lease is given back; the second begins from what the first has written.
  ASSERT_THAT(second.Note(*ScoredWith(0.02), {}, 6, kNoon + absl::Hours(1)), IsOk());
  EXPECT_THAT(Points(), SizeIs(1));
  ASSERT_THAT(second.Note(*ScoredWith(0.5), {}, 7, kNoon + absl::Hours(2)), IsOk());
  EXPECT_THAT(Points(), SizeIs(2));
}

}  // namespace
}  // namespace linchpin::risk
