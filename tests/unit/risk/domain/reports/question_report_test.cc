#include "services/risk/domain/reports/question_report.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/inventory_text.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using inventory::v1::Application;
using inventory::v1::Dependency;
using inventory::v1::Deployment;
using inventory::v1::Host;
using inventory::v1::Model;
using inventory::v1::Vendor;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::Status Ask(const Documents& documents, const std::string& request,
                 v1::ListOpenQuestionsResponse& response) {
  std::vector<const google::protobuf::Message*> all;
  for (const auto& document : documents.all()) all.push_back(document.get());
  const auto view = testing_support::MakeView(all, 7);
  Analysis analysis(view->shared_graph());
  return ReportQuestions(analysis, *view, FromText<v1::ListOpenQuestionsRequest>(request), nullptr, response);
}

v1::ListOpenQuestionsResponse Asked(const Documents& documents, const std::string& request = "") {
  v1::ListOpenQuestionsResponse response;
  const absl::Status status = Ask(documents, request, response);
  EXPECT_TRUE(status.ok()) << status;
  return response;
}

std::vector<std::string> Names(const v1::ListOpenQuestionsResponse& response) {
  std::vector<std::string> names;
  for (const v1::Question& question : response.questions())
    names.push_back(question.resource() + "." + question.field());
  return names;
}

// Four models behind one address of a gateway, and one application on each.
Documents OneAddress() {
  Documents documents;
  documents.Add<Vendor>("name: 'vendors/cloud' country: 'US' known_none: 'parent' roles: ROLE_HOST_PROVIDER")
      .Add<Host>("name: 'hosts/c' provider: 'vendors/cloud' country: 'US'")
      .Add<Model>(
          "name: 'models/m' weights: WEIGHTS_OPEN requires_activation: false known_none: 'derivations' "
          "developer: 'vendors/cloud'");
  for (const char* id : {"a", "b", "c", "d"}) {
    const std::string name = id;
    documents
        .Add<Deployment>(
            "name: 'deployments/" + name +
            "' model: 'models/m' hosting_mode: HOSTING_MODE_SELF_HOSTED api_base: 'http://10.0.0.7:8000/" +
            name + "' labels { key: 'linchpin.dev/gateway' value: 'g' }")
        .Add<Application>("name: 'applications/" + name + "' tier: 3")
        .Add<Dependency>("name: 'applications/" + name +
                         "/dependencies/x' alternatives { target: 'deployments/" + name + "' }");
  }
  return documents;
}

TEST(QuestionReport, AsksOnceForWhatStandsAtOneAddress) {
  const auto response = Asked(OneAddress());
  EXPECT_THAT(Names(response), ElementsAre("deployments/a.host"));
  const v1::Question& question = response.questions(0);
  EXPECT_EQ(question.shared(), "10.0.0.7:8000");
  EXPECT_THAT(question.also(), ElementsAre("deployments/b", "deployments/c", "deployments/d"));
  EXPECT_EQ(question.also_count(), 3);
  EXPECT_EQ(question.consumer_count(), 4);
  EXPECT_EQ(question.decided_consumer_count(), 4);
  EXPECT_EQ(question.gap_share_ratio(), 1);
  EXPECT_EQ(question.bound_field(), "host.provider");
  EXPECT_THAT(question.atoms(), ElementsAre("host:c", "services:US", "vendor:cloud"));
  EXPECT_EQ(response.consumer_count(), 4);
  EXPECT_EQ(response.undecided_consumer_count(), 4);
  EXPECT_EQ(response.undecided_pair_count(), 12);
}

// Besides, two applications at the interface of an operator that does not say where it runs.
Documents AddressAndLab() {
  Documents documents = OneAddress();
  documents.Add<Vendor>("name: 'vendors/lab' country: 'FR' known_none: 'parent' roles: ROLE_OPERATOR");
  for (const char* id : {"p", "q"}) {
    const std::string name = id;
    documents
        .Add<Deployment>(
            "name: 'deployments/" + name +
            "' model: 'models/m' hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED operator: 'vendors/lab'")
        .Add<Application>("name: 'applications/" + name + "' tier: 1")
        .Add<Dependency>("name: 'applications/" + name +
                         "/dependencies/x' alternatives { target: 'deployments/" + name + "' }");
  }
  return documents;
}

TEST(QuestionReport, AsksAnOperatorWhereItsInterfaceRuns) {
  const auto response = Asked(AddressAndLab());
  EXPECT_THAT(Names(response), Contains("vendors/lab.serves_from"));
  for (const v1::Question& question : response.questions()) {
    if (question.field() != "serves_from") continue;
    EXPECT_TRUE(question.vendor_only());
    EXPECT_EQ(question.consumer_count(), 2);
    EXPECT_EQ(question.also_count(), 0);
  }
}

TEST(QuestionReport, LooksAtTheConsumersThatAreNamed) {
  const auto response = Asked(OneAddress(), "consumers: 'applications/b'");
  EXPECT_EQ(response.consumer_count(), 1);
  EXPECT_EQ(response.questions(0).consumer_count(), 1);
  v1::ListOpenQuestionsResponse none;
  const absl::Status status = Ask(OneAddress(), "consumers: 'applications/nobody'", none);
  EXPECT_EQ(base::ReasonOf(status), "TARGET_NOT_FOUND");
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("consumers[0]: applications/nobody is not in the inventory"));
}

TEST(QuestionReport, CutsTheListAndTellsHowManyThereAre) {
  const auto response = Asked(AddressAndLab(), "max_questions: 1");
  EXPECT_EQ(response.questions_size(), 1);
  EXPECT_EQ(response.question_count(), 2);
  double shares = 0;
  const auto all = Asked(AddressAndLab());
  for (const v1::Question& question : all.questions()) shares += question.gap_share_ratio();
  EXPECT_NEAR(shares, 1, 1e-9);
}

}  // namespace
}  // namespace linchpin::risk
