#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/base/reasons.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using testing::HasSubstr;
using testing::Not;

FakeServices Vendors(int count) {
  FakeServices services;
  services.On<inventory::GetVendorRequest, inventory::Vendor>(
      "GetVendor", [](const auto& request, auto& response) -> absl::Status {
        if (request.name() != "vendors/v1") {
          return WithRequestId(base::NotFound(request.name()), "r");
        }
        response.set_name(request.name());
        response.set_country("NO");
        return absl::OkStatus();
      });
  services.On<inventory::ListVendorsRequest, inventory::ListVendorsResponse>(
      "ListVendors", [count](const auto& request, auto& response) {
        const int begin = request.page_token().empty() ? 0 : std::stoi(request.page_token());
        const int end = std::min(count, begin + request.page_size());
        for (int i = begin; i < end; ++i) {
          auto& vendor = *response.add_vendors();
          vendor.set_name("vendors/v" + std::to_string(i));
          if (i == 0) vendor.set_country("US"), vendor.add_known_none("parent");
        }
        response.set_total_size(count);
        if (end < count) response.set_next_page_token(std::to_string(end));
        return absl::OkStatus();
      });
  return services;
}

TEST(Get, ShowsAResourceInEachFormat) {
  FakeServices services = Vendors(0);
  EXPECT_EQ(RunWith(services, {"get", "vendors/v1"}).out,
            "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/v1\ncountry: \"NO\"\n");
  EXPECT_EQ(RunWith(services, {"get", "vendor", "v1", "-o", "json"}).out,
            "{\n  \"name\": \"vendors/v1\",\n  \"country\": \"NO\"\n}\n");
  EXPECT_EQ(RunWith(services, {"get", "vendors/v1", "-o", "name"}).out, "vendors/v1\n");
  EXPECT_THAT(RunWith(services, {"get", "vendors/v1", "-o", "table"}).out,
              HasSubstr("vendors/v1  NO       unknown  -"));
}

TEST(Get, FailsWithReasonAndExitCode) {
  FakeServices services = Vendors(0);
  const RunResult result = RunWith(services, {"get", "vendors/none"});
  EXPECT_EQ(result.code, 4);
  EXPECT_EQ(result.err, "Error: `vendors/none` does not exist (RESOURCE_NOT_FOUND)\n");
  EXPECT_EQ(RunWith(services, {"get", "vendors/"}).code, 2);
}

TEST(List, TellsUnknownFromNone) {
  FakeServices services = Vendors(2);
  EXPECT_EQ(RunWith(services, {"list", "vendors"}).out,
            "NAME        COUNTRY  PARENT   ROLES\n"
            "vendors/v0  US       none     -\n"
            "vendors/v1  unknown  unknown  -\n");
}

TEST(List, ShowsWhatIsOpenOfAFact) {
  FakeServices services;
  services.On<inventory::ListDeploymentsRequest, inventory::ListDeploymentsResponse>(
      "ListDeployments", [](const auto&, auto& response) {
        auto& deployment = *response.add_deployments();
        deployment.set_name("deployments/d");
        auto* const bound = deployment.add_bounds();
        bound->set_field("host.country");
        bound->add_none_of("CN");
        bound->add_none_of("RU");
        auto* const likely = deployment.add_likely();
        likely->set_field("operator");
        likely->add_one_of("vendors/a");
        likely->add_one_of("vendors/b");
        response.set_total_size(1);
        return absl::OkStatus();
      });
  EXPECT_EQ(RunWith(services, {"list", "deployments"}).out,
            "NAME           MODEL    OPERATOR                       HOST                       HOSTING\n"
            "deployments/d  unknown  likely vendors/a or vendors/b  country neither CN nor RU  unknown\n");
  EXPECT_THAT(RunWith(services, {"list", "deployments", "-o", "csv"}).out,
              HasSubstr("deployments/d,unknown,unknown,unknown,unknown,unknown,,\r\n"));
}

TEST(List, ShowsRoutesByGatewayAndTarget) {
  FakeServices services;
  services.On<inventory::ListRoutesRequest, inventory::ListRoutesResponse>(
      "ListRoutes", [](const auto& request, auto& response) {
        EXPECT_EQ(request.gateway(), "gw");
        EXPECT_EQ(request.target(), "deployments/a");
        auto& route = *response.add_routes();
        route.set_name("routes/chat");
        route.set_gateway("gw");
        route.set_purpose(inventory::Dependency::PURPOSE_CHAT);
        route.add_alternatives()->set_target("deployments/a");
        route.add_alternatives()->set_target("deployments/b");
        response.set_total_size(1);
        return absl::OkStatus();
      });
  EXPECT_EQ(
      RunWith(services, {"list", "routes", "--only", "gateway=gw", "--only", "target=deployments/a"}).out,
      "NAME         GATEWAY  PURPOSE  ALTERNATIVES\n"
      "routes/chat  gw       CHAT     deployments/a, deployments/b\n");
}

TEST(List, ShowsWhatIsDerivedWithItsValue) {
  FakeServices services;
  services.On<inventory::ListModelsRequest, inventory::ListModelsResponse>(
      "ListModels", [](const auto&, auto& response) {
        for (const auto& [name, developer] : std::vector<std::pair<const char*, const char*>>{
                 {"models/derived", "vendors/cn"}, {"models/nobody", ""}, {"models/nowhere", "vendors/x"}}) {
          auto& model = *response.add_models();
          model.set_name(name);
          model.set_developer(developer);
        }
        auto& stated = *response.add_models();
        stated.set_name("models/stated");
        stated.set_origin_country("SG");
        return absl::OkStatus();
      });
  services.On<inventory::BatchGetRequest, inventory::BatchGetResponse>(
      "BatchGet", [](const auto& request, auto& response) {
        EXPECT_THAT(request.names(), testing::ElementsAre("vendors/cn", "vendors/x"));
        auto& vendor = *response.add_resources()->mutable_vendor();
        vendor.set_name("vendors/cn");
        vendor.set_country("CN");
        return absl::OkStatus();
      });
  const std::string table = RunWith(services, {"list", "models"}).out;
  EXPECT_THAT(table, HasSubstr("models/derived  vendors/cn  CN (by developer)  unknown"));
  EXPECT_THAT(table, HasSubstr("models/nobody   unknown     unknown  "));
  EXPECT_THAT(table, HasSubstr("models/nowhere  vendors/x   unknown  "));
  EXPECT_THAT(table, HasSubstr("models/stated   unknown     SG  "));
  const std::string csv = RunWith(services, {"list", "models", "-o", "csv"}).out;
  EXPECT_THAT(csv, HasSubstr("name,developer,origin,origin_by,"));
  EXPECT_THAT(csv, HasSubstr("models/derived,vendors/cn,CN,developer,"));
  EXPECT_THAT(csv, HasSubstr("models/stated,unknown,SG,itself,"));
}

TEST(List, ShowsThatWhatIsSelfHostedHasNoOperator) {
  FakeServices services;
  services.On<inventory::ListDeploymentsRequest, inventory::ListDeploymentsResponse>(
      "ListDeployments", [](const auto&, auto& response) {
        for (auto mode : {inventory::Deployment::HOSTING_MODE_SELF_HOSTED,
                          inventory::Deployment::HOSTING_MODE_VENDOR_API}) {
          auto& deployment = *response.add_deployments();
          deployment.set_name("deployments/d");
          deployment.set_hosting_mode(mode);
        }
        return absl::OkStatus();
      });
  const std::string table = RunWith(services, {"list", "deployments"}).out;
  EXPECT_THAT(table, HasSubstr("deployments/d  unknown  none      unknown  SELF_HOSTED\n"));
  EXPECT_THAT(table, HasSubstr("deployments/d  unknown  unknown   unknown  VENDOR_API\n"));
}

TEST(Get, ListsAKindThatStandsAlone) {
  FakeServices services = Vendors(2);
  EXPECT_EQ(RunWith(services, {"get", "vendors"}).out, RunWith(services, {"list", "vendors"}).out);
}

TEST(List, PagesToTheLimit) {
  FakeServices services = Vendors(2500);
  const RunResult some = RunWith(services, {"list", "vendors", "-o", "name", "--limit", "1500"});
  EXPECT_EQ(std::count(some.out.begin(), some.out.end(), '\n'), 1500);
  EXPECT_THAT(some.err, HasSubstr("the first 1500 of 2500"));
  const RunResult all = RunWith(services, {"list", "vendors", "-o", "name", "--limit", "0"});
  EXPECT_EQ(std::count(all.out.begin(), all.out.end(), '\n'), 2500);
}

TEST(List, HoldsAllInFormsForProgramsAndTellsWhereACutOneGoesOn) {
  FakeServices services = Vendors(2500);
  const std::string table = RunWith(services, {"list", "vendors", "--no-headers"}).out;
  EXPECT_EQ(std::count(table.begin(), table.end(), '\n'), 1000);
  const std::string all = RunWith(services, {"list", "vendors", "-o", "json"}).out;
  EXPECT_THAT(all, HasSubstr("vendors/v2499"));
  EXPECT_THAT(all, HasSubstr("\"nextPageToken\": \"\""));
  const std::string some = RunWith(services, {"list", "vendors", "-o", "json", "--limit", "1200"}).out;
  EXPECT_EQ(some.find("vendors/v1200\""), std::string::npos);
  EXPECT_THAT(some, HasSubstr("\"nextPageToken\": \"1200\""));
  const std::string rest =
      RunWith(services, {"list", "vendors", "-o", "name", "--limit", "1", "--page-token", "1200"}).out;
  EXPECT_EQ(rest, "vendors/v1200\n");
}

TEST(List, NarrowsByFieldsOfTheRequest) {
  FakeServices services;
  services.On<inventory::ListApplicationsRequest, inventory::ListApplicationsResponse>(
      "ListApplications", [](const auto& request, auto&) {
        EXPECT_EQ(request.business_unit(), "retail");
        EXPECT_EQ(request.tier(), 1);
        return absl::OkStatus();
      });
  EXPECT_EQ(
      RunWith(services, {"list", "applications", "--only", "businessUnit=retail", "--only", "tier=1"}).code,
      0);
  EXPECT_THAT(RunWith(services, {"list", "applications", "--only", "teir=1"}).err,
              HasSubstr("did you mean `tier`?"));
  EXPECT_THAT(RunWith(services, {"list", "applications", "--only", "tier=high"}).err,
              HasSubstr("expects a whole number"));
}

TEST(List, CompletesNamesAndRefusesThoseThatDoNotExist) {
  FakeServices services = Vendors(3);
  services.On<inventory::ListDeploymentsRequest, inventory::ListDeploymentsResponse>(
      "ListDeployments", [](const auto& request, auto& response) {
        if (request.operator_() == "vendors/v1" && request.model().empty())
          response.add_deployments()->set_name("deployments/d");
        return absl::OkStatus();
      });
  EXPECT_EQ(RunWith(services, {"list", "deployments", "--only", "operator=v1", "-o", "name"}).out,
            "deployments/d\n");
  const RunResult wrong = RunWith(services, {"list", "deployments", "--only", "operator=v1x"});
  EXPECT_EQ(wrong.code, 4);
  EXPECT_EQ(wrong.out, "");
  EXPECT_THAT(wrong.err, HasSubstr("`vendors/v1x` does not exist; did you mean `vendors/v1`?"));
  EXPECT_EQ(RunWith(services, {"list", "deployments", "--only", "operator=models/x"}).code, 2);
}

TEST(Get, TakesTheOneThatIsSpelledLikeIt) {
  FakeServices services;
  services.On<inventory::GetVendorRequest, inventory::Vendor>(
      "GetVendor", [](const auto& request, auto& response) -> absl::Status {
        if (request.name() != "vendors/microsoft") return base::NotFound(request.name());
        response.set_name(request.name());
        return absl::OkStatus();
      });
  services.On<inventory::ListVendorsRequest, inventory::ListVendorsResponse>(
      "ListVendors", [](const auto&, auto& response) {
        auto& microsoft = *response.add_vendors();
        microsoft.set_name("vendors/microsoft");
        microsoft.set_display_name("Micro Soft");
        microsoft.add_aliases("MSFT");
        response.add_vendors()->set_name("vendors/mistral");
        return absl::OkStatus();
      });
  for (const char* spelling : {"vendors/msft", "vendors/micro-soft"}) {
    const RunResult result = RunWith(services, {"get", spelling, "-o", "name"});
    EXPECT_EQ(result.out, "vendors/microsoft\n") << result.err;
    EXPECT_EQ(result.err, absl::StrCat("`", spelling, "` is taken for vendors/microsoft\n"));
  }
  const RunResult slip = RunWith(services, {"get", "vendors/mistrale"});
  EXPECT_EQ(slip.code, 4);
  EXPECT_THAT(slip.err, HasSubstr("did you mean `vendors/mistral`?"));
  EXPECT_THAT(RunWith(services, {"get", "vendors/nosuch"}).err, Not(HasSubstr("did you mean")));
}

TEST(List, TakesCountriesInLowerCase) {
  FakeServices services = Vendors(2);
  EXPECT_EQ(RunWith(services, {"list", "vendors", "--only", "country=cn"}).code, 0);
}

TEST(List, RefusesWhatIsNoCountry) {
  FakeServices services = Vendors(2);
  EXPECT_EQ(RunWith(services, {"list", "models", "--only", "originCountry=China"}).code, 2);
  EXPECT_THAT(services.calls, testing::IsEmpty());
}

TEST(List, WritesAJsonAnswerThatApplyReads) {
  FakeServices services = Vendors(2);
  EXPECT_THAT(RunWith(services, {"list", "vendors", "-o", "json"}).out, HasSubstr("\"vendors\": [\n{"));
}

TEST(List, FitsANarrowTerminalWithNamesWhole) {
  FakeServices services;
  const std::string name = "deployments/a-name-of-a-deployment-that-takes-half-a-terminal";
  services.On<inventory::ListDeploymentsRequest, inventory::ListDeploymentsResponse>(
      "ListDeployments", [&](const auto&, auto& response) {
        auto& deployment = *response.add_deployments();
        deployment.set_name(name);
        deployment.set_model("models/a-model-with-a-name-of-its-own-that-is-long");
        deployment.set_host("hosts/somewhere-far-away");
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"list", "deployments"}, "", {}, true);
  EXPECT_EQ(result.out.substr(result.out.find('\n') + 1), name + "  models/a-model-with-a-name-of-its-o..\n");
}

TEST(Delete, SaysWhatRefers) {
  FakeServices services;
  services.On<inventory::DeleteVendorRequest, google::protobuf::Message>(
      "DeleteVendor", [](const auto&, auto&) -> absl::Status {
        return base::Error(
            base::reason::StillReferenced{.name = "vendors/a", .referrers = "models/m", .count = 1},
            "vendors/a is still referred to by models/m");
      });
  const RunResult result = RunWith(services, {"delete", "vendor", "a"});
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("models/m (STILL_REFERENCED)"));
}

TEST(Delete, TellsWhatWasNotThere) {
  FakeServices services = Vendors(0);
  services.On<inventory::DeleteVendorRequest, google::protobuf::Message>(
      "DeleteVendor", [](const auto&, auto&) { return absl::OkStatus(); });
  EXPECT_EQ(RunWith(services, {"delete", "vendors/none", "vendors/v1", "--allow-missing"}).out,
            "vendors/none absent\nvendors/v1 deleted\n");
  EXPECT_EQ(RunWith(services, {"delete", "vendors/v1", "-o", "json"}).out,
            "{\"results\": [\n{\"name\":\"vendors/v1\",\"action\":\"deleted\"}\n]}\n");
}

TEST(Get, ListsSeveralInJson) {
  FakeServices services = Vendors(0);
  EXPECT_EQ(RunWith(services, {"get", "vendors/v1", "vendors/v1", "-o", "json"}).out,
            "[\n{\n  \"name\": \"vendors/v1\",\n  \"country\": \"NO\"\n},\n{\n  \"name\": "
            "\"vendors/v1\",\n  \"country\": \"NO\"\n}\n]\n");
  EXPECT_EQ(RunWith(services, {"get", "vendors/v1", "vendors/v1", "-o", "csv"}).out,
            "name,country,parent,roles,display_name,homepage,own_line\r\nvendors/v1,NO,unknown,,,,unknown\r\n"
            "vendors/v1,NO,unknown,,,,unknown\r\n");
}

TEST(Errors, SayAWrongFieldOnceAndByItsFlag) {
  FakeServices services;
  for (const char* method : {"GetConcentration", "SimulateCutoff"}) {
    const std::string field = method[0] == 'G' ? "home[0]" : "scenario.cutoffs[1].country";
    services.handlers[method] = [field](const google::protobuf::Message&, google::protobuf::Message&) {
      return base::FieldError(field, "`de` is not a country");
    };
  }
  EXPECT_EQ(RunWith(services, {"risk", "concentration", "--home", "DE,SE"}).err,
            "Error: --home: `de` is not a country (FIELD_INVALID)\n");
  EXPECT_EQ(RunWith(services, {"risk", "simulate", "--exit", "x", "--weights-ban", "de"}).err,
            "Error: --weights-ban: `de` is not a country (FIELD_INVALID)\n");
}

TEST(Colour, OnlyOnATerminalThatWantsIt) {
  FakeServices services = Vendors(1);
  EXPECT_THAT(RunWith(services, {"list", "vendors"}, "", {{"TERM", "xterm"}}, true).out, HasSubstr("\x1b["));
  for (const auto& [name, value] : std::map<std::string, std::string>{{"NO_COLOR", "1"}, {"TERM", "dumb"}}) {
    std::map<std::string, std::string> variables = {{"TERM", "xterm"}};
    variables[name] = value;
    EXPECT_EQ(RunWith(services, {"list", "vendors"}, "", variables, true).out.find('\x1b'), std::string::npos)
        << name;
  }
}

}  // namespace
}  // namespace linchpin::cli
