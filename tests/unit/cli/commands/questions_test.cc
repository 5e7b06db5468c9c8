// question list.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/risk/v1/question.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace risk = linchpin::risk::v1;
using ::testing::HasSubstr;
using ::testing::Not;

risk::Question& Add(risk::ListOpenQuestionsResponse& response, const char* resource, const char* field,
                    double share) {
  risk::Question& question = *response.add_questions();
  question.set_resource(resource);
  question.set_field(field);
  question.set_gap_share_ratio(share);
  question.set_consumer_count(12);
  response.set_question_count(response.questions_size());
  return question;
}

struct FakeQuestions {
  FakeServices services;
  risk::ListOpenQuestionsRequest asked;
  risk::ListOpenQuestionsResponse answer;

  FakeQuestions() {
    answer.set_consumer_count(49);
    answer.set_undecided_consumer_count(31);
    services.On<risk::ListOpenQuestionsRequest, risk::ListOpenQuestionsResponse>(
        "ListOpenQuestions", [this](const auto& request, auto& response) {
          asked = request;
          response = answer;
          return absl::OkStatus();
        });
  }
  RunResult Run(std::vector<std::string> words) {
    words.insert(words.begin(), {"question", "list"});
    return RunWith(services, words);
  }
};

TEST(QuestionList, SaysWhatEachAnswerDecides) {
  FakeQuestions fake;
  risk::Question& host = Add(fake.answer, "deployments/m1", "hosting_mode", 0.6);
  host.set_shared("10.0.0.7:8000");
  host.set_also_count(3);
  host.add_likely_values("SELF_HOSTED");
  Add(fake.answer, "vendors/lab", "serves_from", 0.4);
  const RunResult result = fake.Run({"--consumer", "applications/claims"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(fake.asked.consumers(0), "applications/claims");
  EXPECT_THAT(
      result.out,
      HasSubstr("2 open questions: for 31 of 49 consumers some loss is neither proven nor excluded."));
  EXPECT_THAT(
      result.out,
      HasSubstr("60.0%       12  hosting mode of deployments/m1 and 3 others at 10.0.0.7:8000  SELF_HOSTED"));
  EXPECT_THAT(result.out, HasSubstr("40.0%       12  places of the interface of vendors/lab"));
}

TEST(QuestionList, SaysThatNothingIsOpen) {
  FakeQuestions fake;
  EXPECT_THAT(fake.Run({}).out,
              HasSubstr("Nothing is open: every loss of a vendor, a host or a country is decided "
                        "for all of 49 consumers.\n"));
}

TEST(QuestionList, WritesDocumentsToFillIn) {
  FakeQuestions fake;
  risk::Question& host = Add(fake.answer, "deployments/m1", "host", 0.4);
  host.set_shared("10.0.0.7:8000");
  host.set_also_count(1);
  host.add_also("deployments/m2");
  Add(fake.answer, "deployments/m1", "operator", 0.3);
  risk::Question& base = Add(fake.answer, "models/closed", "derivations", 0.2);
  base.set_vendor_only(true);
  base.set_bound_field("lineage.developer");
  Add(fake.answer, "applications/a/dependencies/x", "alternatives[1].switch_duration", 0.1);
  fake.services.On<inventory::BatchGetRequest, inventory::BatchGetResponse>(
      "BatchGet", [](const auto&, auto& response) {
        inventory::Dependency& dependency = *response.add_resources()->mutable_dependency();
        dependency.set_name("applications/a/dependencies/x");
        dependency.add_alternatives()->set_target("deployments/m1");
        dependency.add_alternatives()->set_target("deployments/m2");
        return absl::OkStatus();
      });
  const RunResult result = fake.Run({"-o", "yaml"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(fake.asked.max_questions(), 10'000);
  EXPECT_THAT(result.out,
              HasSubstr("kind: Deployment\nname: deployments/m1\n# 12 consumers rest on this: host is "
                        "unknown\n#   the same for 1 other at 10.0.0.7:8000, below\nhost:  # such as "
                        "hosts/aws-eu-central-1\n# 12 consumers rest on this: operator is unknown\n"));
  EXPECT_THAT(
      result.out,
      HasSubstr("---\napiVersion: linchpin/v1\nkind: Deployment\nname: deployments/m2\nhost:  # as above\n"));
  EXPECT_THAT(result.out,
              HasSubstr("#   bounds: [{field: lineage.developer, oneOf: [...]}]\nderivations:  # "));
  EXPECT_THAT(result.out, HasSubstr("alternatives:\n  - target: deployments/m1\n  - target: deployments/m2\n"
                                    "    switchDuration:  # such as 4h\n"));
}

TEST(QuestionList, TellsProgramsEverything) {
  FakeQuestions fake;
  Add(fake.answer, "deployments/m1", "host", 0.25).set_decided_consumer_count(7);
  EXPECT_THAT(fake.Run({"-o", "csv"}).out, HasSubstr("deployments/m1,host,0.25,12,7,0,,,,,no\r\n"));
  EXPECT_THAT(fake.Run({"-o", "json"}).out, HasSubstr("\"gapShareRatio\": 0.25"));
  EXPECT_EQ(fake.Run({"-o", "name"}).out, "deployments/m1\n");
}

}  // namespace
}  // namespace linchpin::cli
