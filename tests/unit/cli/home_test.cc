// Groups of countries are read in one way by every command (services/cli/commands/home.h).
#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/attestation.pb.h"
#include "services/base/error.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using risk::Attestation;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// A server with the set eu27 of two countries, or with no set at all.
FakeServices WithSets(bool has_set) {
  FakeServices services;
  services.On<policy::GetJurisdictionSetRequest, policy::JurisdictionSet>(
      "GetJurisdictionSet", [has_set](const auto& request, auto& response) -> absl::Status {
        if (!has_set || request.name() != "jurisdictionSets/eu27") return base::NotFound(request.name());
        response.set_name(request.name());
        for (const char* country : {"DE", "FR"}) response.add_countries(country);
        return absl::OkStatus();
      });
  services.On<policy::ListJurisdictionSetsRequest, policy::ListJurisdictionSetsResponse>(
      "ListJurisdictionSets", [has_set](const auto&, auto& response) {
        if (has_set) response.add_jurisdiction_sets()->set_name("jurisdictionSets/eu27");
        return absl::OkStatus();
      });
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto&, auto&) { return absl::OkStatus(); });
  return services;
}

// What `policy pack install sovereignty --home WORDS` makes of the words.
std::vector<std::string> Installed(FakeServices services, const std::string& words) {
  std::vector<std::string> home;
  services.On<policy::EvaluatePoliciesRequest, policy::EvaluatePoliciesResponse>(
      "EvaluatePolicies", [&home](const auto& request, auto&) {
        for (const auto& value : request.assignment().parameters().at("home").list_value().values())
          home.push_back(value);
        return absl::OkStatus();
      });
  const RunResult result =
      RunWith(services, {"policy", "pack", "install", "sovereignty", "--home", words, "--dry-run"});
  EXPECT_EQ(result.code, 0) << result.err;
  return home;
}

TEST(HomeOfAPack, KeepsSetsByNameSoThatTheyMayGrow) {
  for (const char* word : {"EU", "eu27", "jurisdictionSets/eu27"})
    EXPECT_THAT(Installed(WithSets(true), word), ElementsAre("jurisdictionSets/eu27")) << word;
  EXPECT_THAT(Installed(WithSets(true), "no,EU,NO"), ElementsAre("NO", "jurisdictionSets/eu27"));
}

TEST(HomeOfAPack, ListsTheMembersWhereTheServerHasNoSet) {
  EXPECT_THAT(Installed(WithSets(false), "EU"), SizeIs(27));
  EXPECT_THAT(Installed(WithSets(false), "EU,DE"), SizeIs(27)) << "DE is in";
}

TEST(HomeOfAPack, RefusesWhatIsNeither) {
  FakeServices services = WithSets(true);
  EXPECT_THAT(RunWith(services, {"policy", "pack", "install", "sovereignty", "--home", "EU28"}).err,
              HasSubstr("--home: `EU28` is not a country"));
  EXPECT_THAT(services.calls, Not(::testing::Contains("EvaluatePolicies")));
}

// Attests FR as violated, anything else as holding; keeps the requests.
FakeServices Attesting(bool has_set, std::vector<risk::AttestAbsenceRequest>& asked) {
  FakeServices services = WithSets(has_set);
  services.On<inventory::ListVendorsRequest, inventory::ListVendorsResponse>(
      "ListVendors", [](const auto&, auto&) { return absl::OkStatus(); });
  services.On<inventory::GetVendorRequest, inventory::Vendor>(
      "GetVendor", [](const auto& request, auto&) { return base::NotFound(request.name()); });
  services.On<risk::AttestAbsenceRequest, Attestation>(
      "AttestAbsence", [&asked](const auto& request, auto& response) {
        asked.push_back(request);
        response.set_verdict(request.country() == "FR" ? Attestation::VERDICT_VIOLATED
                                                       : Attestation::VERDICT_HOLDS);
        response.mutable_inventory()->set_revision(7);
        return absl::OkStatus();
      });
  return services;
}

TEST(AttestOfASet, AttestsEachCountryAtOneRevision) {
  std::vector<risk::AttestAbsenceRequest> asked;
  FakeServices services = Attesting(true, asked);
  const RunResult result = RunWith(services, {"attest", "EU"});
  EXPECT_EQ(result.code, 3) << "one country is violated: " << result.err;
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].country() + asked[1].country(), "DEFR");
  EXPECT_EQ(asked[1].as_of(), "7");
  EXPECT_THAT(result.out, HasSubstr("DE       holds"));
  EXPECT_THAT(result.out, HasSubstr("FR       violated"));
  EXPECT_THAT(result.err, HasSubstr("`EU` is taken for jurisdictionSets/eu27"));
}

TEST(AttestOfASet, KnowsTheEuropeanUnionWithoutASet) {
  std::vector<risk::AttestAbsenceRequest> asked;
  FakeServices services = Attesting(false, asked);
  RunWith(services, {"attest", "eu"});
  EXPECT_EQ(asked.size(), 27u);
}

TEST(AttestOfASet, IsOneAttestationForEachCountryInOtherForms) {
  std::vector<risk::AttestAbsenceRequest> asked;
  FakeServices services = Attesting(true, asked);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"attest", "EU", "-o", "json"}, {"attest", "EU", "--fill-in"}}) {
    const RunResult result = RunWith(services, words);
    EXPECT_EQ(result.code, 2);
    EXPECT_THAT(result.err, HasSubstr("one attestation for each country"));
  }
  EXPECT_TRUE(asked.empty());
}

TEST(AttestOfACountry, AsksForNothingElse) {
  std::vector<risk::AttestAbsenceRequest> asked;
  FakeServices services = Attesting(true, asked);
  EXPECT_EQ(RunWith(services, {"attest", "cn"}).code, 0);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].country(), "CN");
  EXPECT_THAT(services.calls, ElementsAre("AttestAbsence"));
}

TEST(AttestOfAVendor, ThatDoesNotExistIsNotTakenForASet) {
  std::vector<risk::AttestAbsenceRequest> asked;
  FakeServices services = Attesting(true, asked);
  const RunResult result = RunWith(services, {"attest", "vendors/nobody"});
  EXPECT_EQ(result.code, 4) << result.err;
  EXPECT_THAT(result.err, HasSubstr("vendors/nobody"));
  EXPECT_TRUE(asked.empty());
}

}  // namespace
}  // namespace linchpin::cli
