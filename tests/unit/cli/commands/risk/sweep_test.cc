#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/sweep.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::ElementsAre;
using testing::HasSubstr;

TEST(Sweep, RanksLosses) {
  FakeServices services;
  services.On<risk::SweepCutoffsRequest, risk::SweepCutoffsResponse>(
      "SweepCutoffs", [](const auto& request, auto& response) {
        EXPECT_THAT(request.atom_classes(), ElementsAre(risk::ATOM_CLASS_HOST, risk::ATOM_CLASS_WEIGHTS));
        EXPECT_EQ(request.readiness(), risk::READINESS_SUSTAINED);
        auto& atom = *response.mutable_result()->add_atoms();
        atom.set_key("weights:CN");
        for (auto* loss :
             {atom.mutable_immediate()->mutable_proven(), atom.mutable_sustained()->mutable_proven()}) {
          loss->set_index_ppm(100'000);
          loss->set_impacted(1);
          loss->set_down(1);
        }
        *atom.mutable_immediate()->mutable_likely() = atom.immediate().proven();
        *atom.mutable_sustained()->mutable_likely() = atom.sustained().proven();
        atom.mutable_immediate()->mutable_likely()->set_index_ppm(250'000);
        atom.add_consumers("applications/a");
        atom.add_likely_consumers("applications/b");
        auto& open = *response.mutable_result()->add_atoms();
        open.set_key("weights:US");
        open.mutable_sustained()->mutable_not_excluded()->set_impacted(3);
        open.add_not_excluded_consumers("applications/c");
        response.mutable_result()->set_atom_count(2);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"risk", "sweep", "--class", "host", "--class", "weights"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("weights:CN  10.0%, probably 25.0%  10.0%          1                 applications/a, "
                        "probably applications/b\n"));
  EXPECT_THAT(result.out, HasSubstr("Of 1 more loss nothing points to harm, though it cannot be excluded"));
  EXPECT_THAT(RunWith(services, {"risk", "sweep", "--class", "host", "--class", "weights", "--all"}).out,
              HasSubstr("not excluded: applications/c"));
}

}  // namespace
}  // namespace linchpin::cli
