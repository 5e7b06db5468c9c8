#include "services/cli/import/fact_questions.h"

#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/inventory/catalogue/catalogue.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using testing::ElementsAre;

// Resources of a test, by text.
class Facts {
 public:
  template <typename Resource>
  Facts& Add(const std::string& text) {
    auto resource = std::make_unique<Resource>();
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, resource.get())) << text;
    standing.Add(*resource);
    resources_.push_back(std::move(resource));
    return *this;
  }
  // An application of tier 1 with a route of those deployments.
  Facts& Route(const std::string& id, const std::vector<std::string>& deployments) {
    Add<inventory::Application>("name: 'applications/" + id + "' tier: 1");
    std::string text = "name: 'applications/" + id + "/dependencies/route'";
    for (const std::string& one : deployments) text += " alternatives { target: 'deployments/" + one + "' }";
    return Add<inventory::Dependency>(text);
  }
  // A deployment of which all is known but the host.
  Facts& NoHost(const std::string& id, const std::string& mode = "HOSTING_MODE_SELF_HOSTED") {
    return Add<inventory::Deployment>("name: 'deployments/" + id +
                                      "' model: 'models/m' hosting_mode: " + mode +
                                      (mode == "HOSTING_MODE_SELF_HOSTED" ? "" : " operator: 'vendors/v'"));
  }
  // The model and the vendor of these, of which all is known.
  Facts& Known() {
    Add<inventory::Vendor>("name: 'vendors/v' country: 'US' known_none: 'parent'");
    return Add<inventory::Model>(
        "name: 'models/m' developer: 'vendors/v' weights: WEIGHTS_OPEN licence: 'licences/l' known_none: "
        "'derivations'");
  }

  Standing standing;

 private:
  std::vector<std::unique_ptr<google::protobuf::Message>> resources_;
};

std::vector<std::string> Whys(const FactQuestions& asks) {
  std::vector<std::string> whys;
  for (const FactQuestion& ask : asks.first) whys.push_back(ask.Why());
  return whys;
}

TEST(FindFactQuestions, RanksByTheApplicationsThatReachTheFact) {
  Facts facts;
  facts.Known().NoHost("a").NoHost("b").Route("one", {"b"}).Route("two", {"b", "a"});
  const FactQuestions asks = FindFactQuestions(facts.standing);
  EXPECT_THAT(Whys(asks), ElementsAre("2 applications rest on this: host of deployments/b is unknown",
                                      "1 application rests on this: host of deployments/a is unknown"));
  EXPECT_EQ(asks.unknown, 2u);
}

TEST(FindFactQuestions, FollowsReferencesAndConsumersToTheEnd) {
  Facts facts;
  facts.Add<inventory::Vendor>("name: 'vendors/v' country: 'US'")
      .Add<inventory::Model>(
          "name: 'models/base' developer: 'vendors/v' weights: WEIGHTS_OPEN licence: "
          "'licences/l' known_none: 'derivations'")
      .Add<inventory::Model>(
          "name: 'models/m' developer: 'vendors/v' weights: WEIGHTS_OPEN known_none: "
          "'licence' derivations { base_model: 'models/base' }")
      .Add<inventory::Deployment>(
          "name: 'deployments/d' model: 'models/m' hosting_mode: "
          "HOSTING_MODE_SELF_HOSTED host: 'hosts/h'")
      .Add<inventory::Host>("name: 'hosts/h' country: 'DE' known_none: 'provider'")
      .Route("group", {"d"})
      .Add<inventory::Application>("name: 'applications/user' tier: 1")
      .Add<inventory::Dependency>(
          "name: 'applications/user/dependencies/x' alternatives { target: 'applications/group' }");
  EXPECT_THAT(Whys(FindFactQuestions(facts.standing)),
              ElementsAre("2 applications rest on this: parent of vendors/v is unknown"));
}

TEST(FindFactQuestions, CountsDeploymentsWhereThereIsNoApplication) {
  Facts facts;
  facts.Known().NoHost("a");
  EXPECT_THAT(Whys(FindFactQuestions(facts.standing)),
              ElementsAre("1 deployment rests on this: host of deployments/a is unknown"));
}

TEST(FindFactQuestions, LeavesForLaterWhatOnlyAVendorKnowsAndTiers) {
  Facts facts;
  facts.Known().NoHost("a", "HOSTING_MODE_VENDOR_API").NoHost("b");
  facts.Add<inventory::Application>("name: 'applications/x'")
      .Add<inventory::Dependency>(
          "name: 'applications/x/dependencies/route' alternatives { target: "
          "'deployments/a' } alternatives { target: 'deployments/b' }");
  EXPECT_THAT(Whys(FindFactQuestions(facts.standing)),
              ElementsAre("1 application rests on this: host of deployments/b is unknown",
                          "1 application rests on this: places of the interface of vendors/v are unknown",
                          "1 application rests on this: tier of applications/x is unknown"));
}

TEST(FindFactQuestions, AsksOnceWhereTheInterfaceOfAnOperatorRuns) {
  Facts facts;
  facts.Known();
  for (const char* id : {"a", "b", "c"}) facts.NoHost(id, "HOSTING_MODE_VENDOR_API");
  facts.Route("one", {"a", "b"}).Route("two", {"c"});
  EXPECT_THAT(Whys(FindFactQuestions(facts.standing)),
              ElementsAre("2 applications rest on this: places of the interface of vendors/v are unknown"));
  facts.Add<inventory::Vendor>(
      "name: 'vendors/v' country: 'US' known_none: 'parent' serves_from { countries: 'US' }");
  EXPECT_EQ(FindFactQuestions(facts.standing).unknown, 0u);
  facts.Add<inventory::Vendor>(
      "name: 'vendors/v' country: 'US' known_none: 'parent' roles: ROLE_HOST_PROVIDER");
  EXPECT_EQ(FindFactQuestions(facts.standing).unknown, 0u) << "a cloud runs on its own hosts";
}

TEST(FindFactQuestions, AsksOnceForWhatAnswersAtOneAddress) {
  Facts facts;
  facts.Known();
  std::vector<std::string> ids;
  for (const char* id : {"a", "b", "c", "d"}) {
    ids.emplace_back(id);
    facts.Add<inventory::Deployment>("name: 'deployments/" + ids.back() +
                                     "' model: 'models/m' hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED "
                                     "api_base: 'https://api.example.com/v1' host: 'hosts/h'");
  }
  facts.Route("one", {"a", "b"}).Route("two", {"c", "d"});
  const FactQuestions asks = FindFactQuestions(facts.standing);
  EXPECT_EQ(asks.unknown, 1u);
  EXPECT_THAT(Whys(asks),
              ElementsAre("2 applications rest on this: operator of deployments/a and 3 others at "
                          "api.example.com is unknown"));
  const std::string text = WriteFactQuestions(asks);
  EXPECT_THAT(text, testing::HasSubstr("# 2 applications rest on this: operator is unknown\n"
                                       "#   the same for 3 others at api.example.com, below\n"
                                       "operator:  # such as vendors/microsoft; none if SELF_HOSTED\n"
                                       "---\napiVersion: linchpin/v1\nkind: Deployment\n"
                                       "name: deployments/b\noperator:  # as above\n---\n"));
  EXPECT_THAT(WriteAsksJson(asks),
              testing::HasSubstr("\"also\":[\"deployments/b\",\"deployments/c\",\"deployments/d\"]"));
}

TEST(FindFactQuestions, SaysWhatIsProbablySoAndAsksItLater) {
  Facts facts;
  facts.Known()
      .Add<inventory::Deployment>(
          "name: 'deployments/a' model: 'models/m' operator: 'vendors/v' host: 'hosts/h' likely { field: "
          "'hosting_mode' one_of: 'VENDOR_API' }")
      .Add<inventory::Deployment>(
          "name: 'deployments/b' model: 'models/m' operator: 'vendors/v' host: 'hosts/h'")
      .Route("one", {"a", "b"});
  const FactQuestions asks = FindFactQuestions(facts.standing);
  ASSERT_EQ(asks.first.size(), 2u);
  EXPECT_EQ(asks.first[0].name, "deployments/b");
  EXPECT_EQ(asks.first[1].likely, "VENDOR_API");
  EXPECT_THAT(WriteFactQuestions(asks), testing::HasSubstr("#   probably VENDOR_API\nhostingMode:"));
}

TEST(FindFactQuestions, AsksNothingOfAVersionThatItsLineHas) {
  Facts facts;
  facts.Known()
      .Add<inventory::Model>("name: 'models/m-2026' version_of: 'models/m'")
      .Add<inventory::Deployment>(
          "name: 'deployments/a' model: 'models/m-2026' hosting_mode: HOSTING_MODE_SELF_HOSTED host: "
          "'hosts/h'")
      .Route("one", {"a"});
  EXPECT_EQ(FindFactQuestions(facts.standing).unknown, 0u);
}

TEST(FindFactQuestions, ListsAFewAndBringsThoseOfOneResourceTogether) {
  Facts facts;
  facts.Known();
  for (const char* id : {"b", "c", "d", "e"}) facts.NoHost(id);
  facts.Add<inventory::Deployment>("name: 'deployments/a'");
  facts.Route("one", {"a", "b", "c", "d", "e"}).Route("two", {"e"});
  const FactQuestions asks = FindFactQuestions(facts.standing);
  EXPECT_EQ(asks.unknown, 8u);
  std::vector<std::string> facts_asked;
  for (const FactQuestion& ask : asks.first) facts_asked.push_back(ask.name + " " + ask.field);
  EXPECT_THAT(facts_asked,
              ElementsAre("deployments/e host", "deployments/a model", "deployments/a hostingMode",
                          "deployments/a operator", "deployments/a host"));
}

TEST(FindFactQuestions, AsksNothingWhereNothingIsUnknown) {
  Facts facts;
  facts.Known()
      .Route("one", {"d"})
      .Add<inventory::Deployment>(
          "name: 'deployments/d' model: 'models/m' hosting_mode: HOSTING_MODE_SELF_HOSTED host: 'hosts/h'");
  const FactQuestions asks = FindFactQuestions(facts.standing);
  EXPECT_EQ(asks.unknown, 0u);
  EXPECT_EQ(WriteFactQuestions(asks), "");
  EXPECT_EQ(WriteAsksJson(asks), "[]");
  EXPECT_EQ(FindFactQuestions(Standing()).unknown, 0u);
}

TEST(WriteFactQuestions, WritesDocumentsWithBlanks) {
  Facts facts;
  facts.Known().NoHost("a").Add<inventory::Vendor>("name: 'vendors/v' country: 'US'").Route("one", {"a"});
  EXPECT_EQ(WriteFactQuestions(FindFactQuestions(facts.standing)),
            "# Fill in what you know, delete the lines that you leave open, save it as\n"
            "# facts.yaml, then: linchpin apply --merge -f facts.yaml\n"
            "# Names are of the inventory, the catalogue, or documents that you add here.\n"
            "apiVersion: linchpin/v1\n"
            "kind: Deployment\n"
            "name: deployments/a\n"
            "# 1 application rests on this: host is unknown\n"
            "host:  # such as hosts/aws-eu-central-1\n"
            "---\n"
            "apiVersion: linchpin/v1\n"
            "kind: Vendor\n"
            "name: vendors/v\n"
            "# 1 application rests on this: parent is unknown\n"
            "parent:  # such as vendors/google\n"
            "#   if no other vendor controls it, instead: knownNone: [parent]\n");
}

TEST(WriteFactQuestions, FitsATerminalAndNamesWhatTheCatalogueHas) {
  Facts facts;
  facts.Add<inventory::Deployment>("name: 'deployments/d' model: 'models/m' host: 'hosts/h'")
      .Add<inventory::Deployment>("name: 'deployments/e'")
      .Add<inventory::Model>("name: 'models/m' developer: 'vendors/v'")
      .Add<inventory::Model>("name: 'models/n'")
      .Add<inventory::Vendor>("name: 'vendors/v'")
      .Add<inventory::Host>("name: 'hosts/h'");
  for (int i = 0; i < 120; ++i)
    facts.Add<inventory::Application>("name: 'applications/a" + std::to_string(i) + "'");
  facts.Route("one", {"d", "e"});
  const auto catalogue = catalogue::Catalogue::Shipped();
  ASSERT_THAT(catalogue, IsOk());
  const FactQuestions asks = FindFactQuestions(facts.standing, 1000);
  for (const FactQuestion& ask : asks.first) {
    const std::string mark = "such as ";
    const size_t at = ask.answer.find(mark);
    const std::string name = at == std::string::npos ? "" : ask.answer.substr(at + mark.size());
    if (name.find('/') != std::string::npos) {
      EXPECT_NE(catalogue->Find(name.substr(0, name.find(';'))), nullptr) << name;
    }
  }
  std::istringstream lines(WriteFactQuestions(asks));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(Standing, ReadsWhatIsReferredTo) {
  FakeServices services;
  std::vector<std::string> asked;
  services.On<inventory::BatchGetRequest, inventory::BatchGetResponse>(
      "BatchGet", [&](const auto& request, auto& response) {
        for (const std::string& name : request.names()) {
          asked.push_back(name);
          if (name == "models/m") {
            auto& model = *response.add_resources()->mutable_model();
            model.set_name(name);
            model.set_developer("vendors/v");
          } else if (name == "vendors/v") {
            response.add_resources()->mutable_vendor()->set_name(name);
          }
        }
        return absl::OkStatus();
      });
  Facts facts;
  facts.NoHost("a");
  FakeClient client(services);
  ASSERT_THAT(facts.standing.ReadReferred(client), IsOk());
  EXPECT_THAT(asked, ElementsAre("models/m", "vendors/v"));
  EXPECT_EQ(facts.standing.by_name().count("vendors/v"), 1u);
}

}  // namespace
}  // namespace linchpin::cli
