// risk cut-sets, single-points and importance.
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/cut_set.pb.h"
#include "linchpin/risk/v1/importance.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Answers one method by keeping the request.
template <typename Request, typename Response>
struct Fake {
  FakeServices services;
  Request asked;
  Response answer;

  explicit Fake(const char* method) {
    services.On<Request, Response>(method, [this](const auto& request, auto& response) {
      asked = request;
      response = answer;
      return absl::OkStatus();
    });
  }
};

struct FakeCutSets : Fake<risk::ListCutSetsRequest, risk::ListCutSetsResponse> {
  FakeCutSets() : Fake("ListCutSets") {}

  risk::CutSetList& List(risk::Reading reading, const std::vector<int64_t>& counts) {
    risk::CutSetList& list = *answer.add_lists();
    list.set_reading(reading);
    list.mutable_count_by_size()->Add(counts.begin(), counts.end());
    list.set_complete_to_size(3);
    return list;
  }
  static void AddSet(risk::CutSetList& list, const std::vector<std::string>& atoms) {
    risk::CutSet& set = *list.add_cut_sets();
    for (const std::string& atom : atoms) set.add_atoms(atom);
    set.add_dependencies("applications/claims/dependencies/chat");
  }
};

TEST(CutSets, SaysWhatStopsItAndWhatToDoFirst) {
  FakeCutSets fake;
  auto& proven = fake.List(risk::READING_PROVEN, {0, 1, 2, 0});
  FakeCutSets::AddSet(proven, {"vendor:a"});
  FakeCutSets::AddSet(proven, {"vendor:b", "vendor:c"});
  auto& likely = fake.List(risk::READING_LIKELY, {0, 2, 0, 0});
  FakeCutSets::AddSet(likely, {"vendor:a"});
  FakeCutSets::AddSet(likely, {"host:h"});
  auto& open = fake.List(risk::READING_NOT_EXCLUDED, {0, 30, 0, 0});
  FakeCutSets::AddSet(open, {"vendor:unlikely"});
  const RunResult result = RunWith(fake.services, {"risk", "cut-sets", "applications/claims"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("Single losses that stop applications/claims: 1 for certain, 2 probably, 30 "
                        "where nothing is excluded."));
  EXPECT_THAT(result.out,
              HasSubstr("First: give applications/claims/dependencies/chat an alternative that goes on "
                        "without vendor:a."));
  EXPECT_THAT(result.out, HasSubstr("vendor:b, vendor:c"));
  EXPECT_THAT(result.out, HasSubstr("host:h"));
  EXPECT_THAT(result.out, Not(HasSubstr("vendor:unlikely")));
}

TEST(CutSets, SaysThatNoSingleLossStopsIt) {
  FakeCutSets fake;
  FakeCutSets::AddSet(fake.List(risk::READING_PROVEN, {0, 0, 1, 0}), {"vendor:a", "vendor:b"});
  const RunResult result = RunWith(fake.services, {"risk", "cut-sets", "applications/claims"});
  EXPECT_THAT(result.out, HasSubstr("First: no single loss stops it; it takes 2."));
}

TEST(CutSets, SaysWhereALimitWasReached) {
  FakeCutSets fake;
  risk::CutSetList& list = fake.List(risk::READING_PROVEN, {0, 0, 1});
  list.set_complete_to_size(2);
  list.set_omitted_count(7);
  list.set_numbers_bind_at("deployments/small");
  const RunResult result = RunWith(fake.services, {"risk", "cut-sets", "applications/claims"});
  EXPECT_THAT(result.err, HasSubstr("proven: complete up to size 2 only"));
  EXPECT_THAT(result.err, HasSubstr("proven: 7 more are counted"));
  EXPECT_THAT(result.err, HasSubstr("numbers bind at deployments/small"));
}

TEST(CutSets, AsksWhatTheFlagsSay) {
  FakeCutSets fake;
  const RunResult result = RunWith(
      fake.services, {"risk", "cut-sets", "applications/claims", "applications/search", "--max-size", "2",
                      "--class", "host", "--readiness", "immediate", "--threshold", "500000", "--together",
                      "all", "--reading", "not-excluded", "--count-all", "--limit", "7"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(fake.asked.question().consumers(), ElementsAre("applications/claims", "applications/search"));
  EXPECT_THAT(fake.asked.question().atom_classes(), ElementsAre(risk::ATOM_CLASS_HOST));
  EXPECT_EQ(fake.asked.question().readiness(), risk::READINESS_IMMEDIATE);
  EXPECT_EQ(fake.asked.question().threshold_ppm(), 500'000);
  EXPECT_EQ(fake.asked.together(), risk::TOGETHER_ALL);
  EXPECT_THAT(fake.asked.readings(), ElementsAre(risk::READING_NOT_EXCLUDED));
  EXPECT_EQ(fake.asked.max_size(), 2);
  EXPECT_EQ(fake.asked.max_sets(), 7);
  EXPECT_TRUE(fake.asked.count_all());
}

TEST(CutSets, WritesCsvForPrograms) {
  FakeCutSets fake;
  FakeCutSets::AddSet(fake.List(risk::READING_PROVEN, {0, 0, 1, 0}), {"vendor:a", "vendor:b"});
  const RunResult result = RunWith(fake.services, {"risk", "cut-sets", "applications/claims", "-o", "csv"});
  EXPECT_EQ(result.out,
            "reading,size,atoms,dependencies\r\n"
            "proven,2,vendor:a vendor:b,applications/claims/dependencies/chat\r\n");
}

TEST(CutSets, RefusesWrongUse) {
  FakeCutSets fake;
  for (const auto& [flag, value, error] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"--max-size", "11", "--max-size expects 1 to 10"},
           {"--max-size", "0", "--max-size expects 1 to 10"},
           {"--threshold", "1000000", "--threshold expects parts per million"},
           {"--class", "cloud", "`cloud` is not a value of `--class`"},
           {"--reading", "worst", "`worst` is not a value of `--reading`"}}) {
    const RunResult result = RunWith(fake.services, {"risk", "cut-sets", "applications/claims", flag, value});
    EXPECT_EQ(result.code, 2) << flag;
    EXPECT_THAT(result.err, HasSubstr(error));
  }
}

TEST(SinglePoints, SaysWhoIsExposedAndToWhat) {
  Fake<risk::ListSinglePointsOfFailureRequest, risk::ListSinglePointsOfFailureResponse> fake(
      "ListSinglePointsOfFailure");
  fake.answer.set_consumer_count(9);
  fake.answer.set_point_count(3);
  fake.answer.mutable_exposed()->set_proven(2);
  fake.answer.mutable_exposed()->set_likely(4);
  fake.answer.mutable_exposed()->set_not_excluded(8);
  auto& point = *fake.answer.add_points();
  point.set_atom("vendor:a");
  point.mutable_failed()->set_proven(2);
  point.mutable_failed()->set_likely(3);
  auto& failed = *point.add_consumers();
  failed.set_consumer("applications/claims");
  failed.set_reading(risk::READING_PROVEN);
  const RunResult result = RunWith(fake.services, {"risk", "single-points", "--class", "vendor"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("2 of 9 consumers are stopped by some single loss for certain, 4 probably, 8 "
                        "where nothing is excluded."));
  EXPECT_THAT(result.out, HasSubstr("First: find alternatives to vendor:a; `linchpin risk cut-sets "
                                    "applications/claims` shows through which dependency."));
  EXPECT_THAT(result.err, HasSubstr("the first 1 of 3"));
  EXPECT_THAT(fake.asked.question().atom_classes(), ElementsAre(risk::ATOM_CLASS_VENDOR));
}

struct FakeImportance : Fake<risk::GetImportanceRequest, risk::GetImportanceResponse> {
  FakeImportance() : Fake("GetImportance") {
    risk::ImportanceList& list = *answer.add_lists();
    list.set_reading(risk::READING_PROVEN);
    Set(*list.mutable_failure(), 0.25, 0.25);
    list.set_atom_count(2);
    risk::AtomImportance& atom = *list.add_atoms();
    atom.set_atom("vendor:a");
    atom.set_chance(0.25);
    Set(*atom.mutable_birnbaum(), 1, 1);
    Set(*atom.mutable_criticality(), 0.5, 0.5);
    Set(*atom.mutable_fussell_vesely(), 0.5, 0.75);
    Set(*atom.mutable_risk_achievement_worth(), 4, 4);
    Set(*atom.mutable_risk_reduction_worth(), 2, 2);
    Set(*atom.mutable_diagnostic(), 1, 1);
  }
  static void Set(risk::Figure& figure, double lower, double upper) {
    figure.set_lower(lower);
    figure.set_upper(upper);
  }
};

TEST(Importance, SaysTheChanceAndWhatIsDecisive) {
  FakeImportance fake;
  fake.answer.mutable_lists(0)->set_bound_reason(risk::ImportanceList::BOUND_REASON_CUT_SETS);
  const RunResult result = RunWith(fake.services, {"risk", "importance", "applications/claims"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("Chance within a year that applications/claims stops: proven 25.0%."));
  EXPECT_THAT(result.out,
              HasSubstr("First: vendor:a is decisive in 50.0% of the failures; without it they were 2.00x "
                        "less likely."));
  EXPECT_THAT(result.out, HasSubstr("[50.0%, 75.0%]"));
  EXPECT_THAT(result.err, HasSubstr("bounds that hold for certain"));
  EXPECT_THAT(result.err, HasSubstr("the first 1 of 2"));
}

TEST(Importance, SaysThatWithoutTheOnlyCauseThereAreNone) {
  FakeImportance fake;
  const double infinite = std::numeric_limits<double>::infinity();
  FakeImportance::Set(*fake.answer.mutable_lists(0)->mutable_atoms(0)->mutable_risk_reduction_worth(),
                      infinite, infinite);
  const RunResult result = RunWith(fake.services, {"risk", "importance", "applications/claims"});
  EXPECT_THAT(result.out, HasSubstr("without it they were none."));
}

TEST(Importance, TakesChances) {
  FakeImportance fake;
  const RunResult result = RunWith(fake.services, {"risk", "importance", "applications/claims", "--chance",
                                                   "vendor=0.05", "--chance", "vendor:openai=0.02"});
  ASSERT_EQ(result.code, 0) << result.err;
  ASSERT_EQ(fake.asked.chances_size(), 2);
  EXPECT_EQ(fake.asked.chances(0).atom_class(), risk::ATOM_CLASS_VENDOR);
  EXPECT_EQ(fake.asked.chances(0).chance(), 0.05);
  EXPECT_EQ(fake.asked.chances(1).atom(), "vendor:openai");
  for (const char* wrong : {"vendor", "vendor=", "vendor=2", "vendor=-1", "vendor=0.1x", "nothing=0.1"}) {
    const RunResult refused =
        RunWith(fake.services, {"risk", "importance", "applications/claims", "--chance", wrong});
    EXPECT_EQ(refused.code, 2) << wrong;
  }
}

}  // namespace
}  // namespace linchpin::cli
