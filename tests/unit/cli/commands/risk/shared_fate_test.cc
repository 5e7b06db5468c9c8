#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/shared_fate.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::HasSubstr;
using testing::StartsWith;

struct FakeFates {
  FakeServices services;
  risk::ListSharedFatesRequest asked;
  FakeFates() {
    services.On<risk::ListSharedFatesRequest, risk::ListSharedFatesResponse>(
        "ListSharedFates", [this](const auto& request, auto& response) {
          asked = request;
          response.set_dependency_count(20);
          response.set_without_fallback_count(8);
          response.set_fallback_count(14);
          response.mutable_falling()->set_proven(1);
          response.mutable_falling()->set_likely(3);
          response.mutable_taken_whole()->set_likely(2);
          response.set_fate_count(1);
          auto& fate = *response.add_fates();
          fate.set_dependency("applications/a/dependencies/chat");
          fate.set_primary("deployments/a");
          fate.set_fallback("deployments/b");
          fate.set_position(2);
          fate.set_atom_count(4);
          auto& atom = *fate.add_atoms();
          atom.set_atom("vendor:microsoft");
          atom.set_reading(risk::READING_PROVEN);
          atom.set_primary_layer(risk::SHARED_LAYER_OPERATOR);
          atom.set_fallback_layer(risk::SHARED_LAYER_HOST_PROVIDER);
          atom.set_takes_all(true);
          return absl::OkStatus();
        });
  }
};

TEST(SharedFate, BeginsWithHowManyFallWithWhatTheyStandInFor) {
  FakeFates fake;
  const RunResult result = RunWith(fake.services, {"risk", "shared-fate"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(
      result.out,
      StartsWith(
          "1 of 14 fallbacks falls with what it stands in for, 2 more probably. 2 of 12 dependencies that "
          "have one lose everything to one loss; 8 dependencies have none.\n"));
  EXPECT_THAT(result.out, HasSubstr("vendor:microsoft (operates the first, hosts the fallback) and 3 more"));
  EXPECT_THAT(result.out, HasSubstr("nothing"));
}

TEST(SharedFate, WritesOneLineForEachAtom) {
  FakeFates fake;
  const RunResult result =
      RunWith(fake.services, {"risk", "shared-fate", "applications/a", "--all", "-o", "csv"});
  EXPECT_EQ(fake.asked.consumers(0), "applications/a");
  EXPECT_TRUE(fake.asked.include_all());
  EXPECT_EQ(result.out,
            "dependency,primary,fallback,position,atom,reading,primary_layer,fallback_layer,takes_all\r\n"
            "applications/a/dependencies/chat,deployments/a,deployments/b,2,vendor:microsoft,proven,operator,"
            "host-provider,yes\r\n");
}

}  // namespace
}  // namespace linchpin::cli
