#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/inventory/v1/trace.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace v1 = inventory::v1;
using testing::HasSubstr;
using testing::Not;

constexpr char kAnswer[] = R"(
steps { name: "applications/a" parent: -1 }
steps { name: "deployments/d" depth: 1 parent: 0 marks: MARK_NO_FALLBACK unknown_fields: "host"
        link { kind: KIND_ALTERNATIVE from: "applications/a" to: "deployments/d" dependency: "answer" } }
steps { name: "models/\"m\"<1>" depth: 2 parent: 1
        link { kind: KIND_MODEL from: "deployments/d" to: "models/\"m\"<1>" } }
steps { name: "vendors/v" depth: 2 parent: 1 marks: MARK_FOREIGN
        link { kind: KIND_OPERATOR from: "deployments/d" to: "vendors/v" } }
summary { inventory { revision: 7 } node_count: 3 }
)";

FakeServices Services() {
  FakeServices services;
  services.On<v1::GetApplicationRequest, v1::Application>("GetApplication",
                                                          [](const auto& request, auto& response) {
                                                            response.set_name(request.name());
                                                            return absl::OkStatus();
                                                          });
  for (const char* method : {"TraceDependencies", "TraceDependents"}) {
    services.On<v1::TraceRequest, v1::TraceResponse>(method, [](const auto&, auto& response) {
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kAnswer, &response));
      return absl::OkStatus();
    });
  }
  return services;
}

TEST(Tree, ShowsLinksMarksAndUnknownFacts) {
  FakeServices services = Services();
  const RunResult result = RunWith(services, {"tree", "applications/a"});
  EXPECT_EQ(result.out,
            "applications/a\n"
            "└─ answer: deployments/d [no fallback, unknown: host]\n"
            "   ├─ serves models/\"m\"<1>\n"
            "   └─ operated by vendors/v [foreign]\n");
  EXPECT_THAT(result.err, HasSubstr("3 things below it"));
}

TEST(Tree, DrawsWithoutBreakingOnNames) {
  FakeServices services = Services();
  const std::string dot = RunWith(services, {"tree", "applications/a", "-o", "dot"}).out;
  EXPECT_THAT(dot, HasSubstr(R"(label="models/\"m\"<1>")"));
  EXPECT_THAT(dot, HasSubstr("n0 -> n1 [label=\"answer:\"]"));
  const std::string mermaid = RunWith(services, {"tree", "applications/a", "-o", "mermaid"}).out;
  EXPECT_THAT(mermaid, HasSubstr("n2[\"models/#quot;m#quot;#lt;1#gt;\"]"));
  const std::string svg = RunWith(services, {"tree", "applications/a", "-o", "svg"}).out;
  EXPECT_THAT(svg, HasSubstr("serves models/&quot;m&quot;&lt;1&gt;"));
  EXPECT_THAT(svg, Not(HasSubstr("<1>")));
}

TEST(Dependents, SaysWhatTheThingIsForThem) {
  FakeServices services = Services();
  EXPECT_THAT(RunWith(services, {"dependents", "applications/a"}).out,
              HasSubstr("used as answer by deployments/d"));
}

TEST(Why, ShowsWaysOrSaysThereIsNone) {
  FakeServices services = Services();
  services.On<v1::FindPathsRequest, v1::FindPathsResponse>("FindPaths",
                                                           [](const auto& request, auto& response) {
                                                             if (request.to() == "applications/b")
                                                               return absl::OkStatus();
                                                             auto& link = *response.add_paths()->add_links();
                                                             link.set_kind(v1::SupplyLink::KIND_ALTERNATIVE);
                                                             link.set_from(request.from());
                                                             link.set_to(request.to());
                                                             link.set_dependency("answer");
                                                             link.set_alternative(1);
                                                             return absl::OkStatus();
                                                           });
  EXPECT_EQ(RunWith(services, {"why", "applications/a", "applications/c"}).out,
            "applications/a\n  fallback 1 of answer: applications/c\n");
  const RunResult none = RunWith(services, {"why", "applications/a", "applications/b"});
  EXPECT_EQ(none.code, 4);
  EXPECT_THAT(none.err, HasSubstr("does not depend on applications/b by anything that is stated"));
}

}  // namespace
}  // namespace linchpin::cli
