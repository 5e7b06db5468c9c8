// log, diff --from, --as-of, finding list --since.
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/cli/client/as_of_client.h"
#include "services/cli/commands/policy/finding_changes.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);  // 2023-11-14T22:13:20Z

constexpr char kChanges[] = R"pb(
  revisions {
    revision: 12
    time { seconds: 1699999000 }
    principal: "alice"
    method: "UpdateVendor"
    request_id: "r-1"
    updated: 1
    changes {
      name: "vendors/openai"
      kind: "Vendor"
      action: CHANGE_ACTION_UPDATED
      fields { path: "country" before: "US" after: "CN" }
      fields { path: "parent" after: "vendors/x" }
      fields { path: "displayName" before: "OpenAI" }
    }
  }
  revisions {
    revision: 9
    time { seconds: 1699990000 }
    method: "BatchWrite"
    created: 120
    changes {
      name: "vendors/a"
      kind: "Vendor"
      action: CHANGE_ACTION_CREATED
      fields { path: "country" after: "US" }
    }
  }
  oldest {
    revision: 5
    time { seconds: 1699980000 }
  })pb";

FakeServices WithChanges(inventory::ListChangesRequest* asked = nullptr) {
  FakeServices services;
  services.On<inventory::ListChangesRequest, inventory::ListChangesResponse>(
      "ListChanges", [asked](const auto& request, auto& response) {
        if (asked != nullptr) *asked = request;
        response = Parse<inventory::ListChangesResponse>(kChanges);
        return absl::OkStatus();
      });
  return services;
}

TEST(Log, TellsWhoWhenByWhichRequestAndWhatField) {
  FakeServices services = WithChanges();
  const RunResult result = RunWith(services, {"log"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("revision 12  2023-11-14 21:56:40Z  alice  UpdateVendor  request r-1\n"
                                    "  ~ vendors/openai\n"
                                    "      country: US -> CN\n"
                                    "      parent: vendors/x  (was not set)\n"
                                    "      displayName: OpenAI  (removed)\n"));
  EXPECT_THAT(result.out, HasSubstr("revision 9  2023-11-14 19:26:40Z  ?  BatchWrite\n"
                                    "  + vendors/a  1 field\n"
                                    "  ... 119 more; in all 120 created"));
  EXPECT_THAT(result.err, HasSubstr("what was before revision 5 of 2023-11-14 16:40:00Z is no longer kept"));
  EXPECT_THAT(RunWith(services, {"log", "-o", "wide"}).out, HasSubstr("  + vendors/a\n      country: US\n"));
  EXPECT_THAT(
      RunWith(services, {"log", "-o", "csv"}).out,
      HasSubstr("12,2023-11-14 21:56:40Z,alice,UpdateVendor,r-1,vendors/openai,UPDATED,country,US,CN"));
}

TEST(Log, AsksForWhatIsWanted) {
  inventory::ListChangesRequest asked;
  FakeServices services = WithChanges(&asked);
  const RunResult result = RunWith(services, {"log", "vendors/openai", "--since", "7d", "--until",
                                              "2023-11-14", "--by", "alice", "--limit", "2"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(asked.name(), "vendors/openai");
  EXPECT_EQ(asked.principal(), "alice");
  EXPECT_EQ(asked.start_time().seconds(), 1'700'000'000 - 7 * 86400);
  EXPECT_EQ(asked.end_time().seconds(), 1699920000);
  EXPECT_EQ(RunWith(services, {"log", "--since", "last week"}).code, 2);
  ASSERT_EQ(RunWith(services, {"log", "vendors"}).code, 0);
  EXPECT_EQ(asked.name(), "vendors");
}

TEST(DiffFrom, TellsTheDifferenceAndBothRevisions) {
  FakeServices services;
  services.On<inventory::DiffRevisionsRequest, inventory::DiffRevisionsResponse>(
      "DiffRevisions", [](const auto& request, auto& response) {
        EXPECT_EQ(request.from(), "2023-11-07T22:13:20Z");
        response = Parse<inventory::DiffRevisionsResponse>(R"pb(
          from {
            revision: 3
            time { seconds: 1699000000 }
          }
          to {
            revision: 12
            time { seconds: 1699999000 }
          }
          changes { name: "hosts/h" action: CHANGE_ACTION_DELETED }
          changes {
            name: "vendors/a"
            action: CHANGE_ACTION_UPDATED
            fields { path: "country" before: "US" after: "CN" }
          }
        )pb");
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"diff", "--from", "7d"});
  EXPECT_EQ(result.code, 1) << result.err;
  EXPECT_EQ(result.out, "  - hosts/h\n  ~ vendors/a\n      country: US -> CN\n");
  EXPECT_THAT(result.err,
              HasSubstr("from revision 3 of 2023-11-03 08:26:40Z to revision 12 of 2023-11-14 21:56:40Z: "
                        "1 changed, 1 deleted"));
  EXPECT_EQ(RunWith(services, {"diff", "--to", "3"}).code, 2);
  EXPECT_EQ(RunWith(services, {"diff", "--from", "3", "-f", "x.yaml"}).code, 2);
}

TEST(AsOf, ReadsRevisionsTimesDatesAndSpans) {
  EXPECT_EQ(*AsOfText("as-of", "812", kNow), "812");
  EXPECT_EQ(*AsOfText("as-of", "2023-11-01T10:00:00+01:00", kNow), "2023-11-01T09:00:00Z");
  EXPECT_EQ(*AsOfText("as-of", "2023-11-01", kNow), "2023-11-01T00:00:00Z");
  EXPECT_EQ(*AsOfText("as-of", "2h", kNow), "2023-11-14T20:13:20Z");
  for (const char* wrong : {"", "-1", "yesterday", "-2h", "2023-13-01", "2023-11-01T10:00:00"}) {
    EXPECT_FALSE(AsOfText("as-of", wrong, kNow).ok()) << wrong;
  }
}

TEST(AsOf, StandsInEveryRequestThatHasIt) {
  FakeServices services;
  services.On<inventory::GetVendorRequest, inventory::Vendor>(
      "GetVendor", [](const auto& request, auto& response) -> absl::Status {
        if (request.as_of() != "7") return absl::InternalError("as_of is " + request.as_of());
        response.set_name(request.name());
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"get", "vendors/a", "--as-of", "7"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(RunWith(services, {"get", "vendors/a", "--as-of", "soon"}).code, 2);
  // A command that writes has no such flag.
  EXPECT_EQ(RunWith(services, {"delete", "vendors/a", "--as-of", "7"}).code, 2);
}

// Findings have no revision of the inventory: they are asked for as they stood before the next one.
TEST(AsOf, OfFindingsIsTheEndOfTheRevision) {
  FakeServices services;
  services.On<inventory::DiffRevisionsRequest, inventory::DiffRevisionsResponse>(
      "DiffRevisions", [](const auto& request, auto& response) -> absl::Status {
        if (request.from() == "13")
          return base::Error(base::reason::RevisionNotFound{.revision = 12, .min_revision = 13}, "no");
        response.mutable_from()->mutable_time()->set_seconds(1699999000);
        return absl::OkStatus();
      });
  std::vector<std::string> asked;
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>("ListFindings",
                                                                         [&](const auto& request, auto&) {
                                                                           asked.push_back(request.as_of());
                                                                           return absl::OkStatus();
                                                                         });
  ASSERT_EQ(RunWith(services, {"finding", "list", "--as-of", "7"}).code, 0);
  ASSERT_EQ(RunWith(services, {"finding", "list", "--as-of", "12"}).code, 0);
  EXPECT_THAT(asked, testing::ElementsAre("2023-11-14T21:56:39.999999Z", ""));
}

policy::Finding FindingOf(const std::string& id, policy::Severity severity, double value = 0) {
  policy::Finding finding;
  finding.set_name("findings/" + id + std::string(64 - id.size(), '0'));
  finding.set_severity(severity);
  finding.set_episode(1);
  if (value == 0) return finding;
  auto& measure = *finding.mutable_explanation()->mutable_measure();
  measure.set_value(value);
  measure.set_limit(0.4);
  measure.set_comparator("GT");
  return finding;
}

TEST(FindingChanges, AreNewWorseBetterAndResolved) {
  const auto changes =
      CompareFindings({FindingOf("a", policy::SEVERITY_LOW), FindingOf("b", policy::SEVERITY_HIGH),
                       FindingOf("c", policy::SEVERITY_LOW, 0.5), FindingOf("d", policy::SEVERITY_LOW, 0.5),
                       FindingOf("e", policy::SEVERITY_LOW), FindingOf("f", policy::SEVERITY_LOW)},
                      {FindingOf("a", policy::SEVERITY_HIGH), FindingOf("b", policy::SEVERITY_LOW),
                       FindingOf("c", policy::SEVERITY_LOW, 0.6), FindingOf("d", policy::SEVERITY_LOW, 0.45),
                       FindingOf("e", policy::SEVERITY_LOW), FindingOf("g", policy::SEVERITY_LOW)});
  std::vector<std::string> lines;
  for (const FindingChange& change : changes) {
    lines.push_back(std::to_string(static_cast<int>(change.movement)) + change.finding().name().substr(9, 1) +
                    " " + change.why);
  }
  EXPECT_THAT(lines, testing::ElementsAre("0g ", "1a LOW to HIGH", "1c 0.500 to 0.600", "2b HIGH to LOW",
                                          "2d 0.500 to 0.450", "3f "));
}

TEST(FindingChanges, ABelowLimitMeasureIsWorseWhenItFalls) {
  policy::Finding before = FindingOf("a", policy::SEVERITY_LOW, 0.3),
                  after = FindingOf("a", policy::SEVERITY_LOW, 0.2);
  for (policy::Finding* finding : {&before, &after}) {
    finding->mutable_explanation()->mutable_measure()->set_comparator("LT");
  }
  const auto changes = CompareFindings({before}, {after});
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].movement, Movement::kWorse);
}

TEST(FindingListSince, ComparesThenWithNow) {
  FakeServices services;
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto& request, auto& response) {
        *response.add_findings() = FindingOf(request.as_of().empty() ? "a" : "b", policy::SEVERITY_HIGH);
        return absl::OkStatus();
      });
  services.On<policy::GetFindingRequest, policy::Finding>(
      "GetFinding", [](const auto& request, auto& response) {
        response = FindingOf("b", policy::SEVERITY_HIGH);
        response.set_name(request.name());
        response.set_resolved_reason(policy::Finding::RESOLVED_REASON_FIXED);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"finding", "list", "--since", "7d"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("new"));
  EXPECT_THAT(result.out, HasSubstr("resolved"));
  EXPECT_THAT(result.out, HasSubstr("fixed"));
  EXPECT_THAT(result.err, HasSubstr("1 new, 0 worse, 0 better, 1 resolved; 1 open now"));
  EXPECT_THAT(RunWith(services, {"finding", "list", "--since", "7d", "-o", "jsonl"}).out,
              HasSubstr("{\"change\": \"new\", \"finding\": {"));
}

TEST(Describe, ShowsWhatIsThereAndLeavesOutWhatIsNot) {
  FakeServices services = WithChanges();
  services.On<inventory::GetVendorRequest, inventory::Vendor>(
      "GetVendor", [](const auto& request, auto& response) {
        response = Parse<inventory::Vendor>(R"pb(
          display_name: "OpenAI"
          country: "US"
          revision: 12
          evidence { field_path: "country" uri: "https://openai.com" confidence_ratio: 0.9 })pb");
        response.set_name(request.name());
        return absl::OkStatus();
      });
  services.On<policy::ListFindingsRequest, policy::ListFindingsResponse>(
      "ListFindings", [](const auto&, auto& response) {
        *response.add_findings() = FindingOf("abc", policy::SEVERITY_HIGH);
        response.mutable_findings(0)->set_message("too much on one vendor");
        return absl::OkStatus();
      });
  services.handlers["TraceDependencies"] = [](const auto&, auto&) { return absl::UnavailableError("away"); };
  services.On<inventory::TraceRequest, inventory::TraceResponse>(
      "TraceDependents", [](const auto& request, auto& response) {
        response.add_steps()->set_name(request.name());
        response.mutable_steps(0)->set_parent(-1);
        for (const char* name : {"deployments/d", "applications/a"}) {
          auto& step = *response.add_steps();
          step.set_name(name);
          step.set_depth(response.steps_size() - 1);
          step.set_parent(response.steps_size() - 2);
        }
        response.mutable_summary()->set_node_count(2);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"describe", "vendors/openai"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("vendors/openai  OpenAI  (Vendor)"));
  EXPECT_THAT(result.out, HasSubstr("https://openai.com (0.9)"));
  EXPECT_THAT(result.out, HasSubstr("parent   unknown"));
  EXPECT_THAT(result.out, HasSubstr("Needed by  1 application, 1 deployment\n"));
  EXPECT_THAT(result.out, HasSubstr("Findings  1 open"));
  EXPECT_THAT(result.out, HasSubstr("Last changes"));
  EXPECT_THAT(result.out, Not(HasSubstr("Depends on")));
  EXPECT_THAT(result.err, HasSubstr("could not read what it depends on"));
}

TEST(Explain, ShowsKindsFieldsAndValues) {
  FakeServices services;
  EXPECT_THAT(RunWith(services, {"explain"}).out, HasSubstr("Vendor\n    An organisation"));
  const RunResult kind = RunWith(services, {"explain", "vendors"});
  EXPECT_THAT(kind.out, HasSubstr("  country  <country>\n      Country of its seat"));
  EXPECT_THAT(kind.out, Not(HasSubstr("createTime")));
  const RunResult field = RunWith(services, {"explain", "dependency.alternatives.target"});
  EXPECT_THAT(field.out, HasSubstr("Dependency.alternatives.target  <"));
  EXPECT_THAT(field.out, HasSubstr("required"));
  EXPECT_THAT(RunWith(services, {"explain", "model.weights"}).out, HasSubstr("VALUES\n"));
  const RunResult wrong = RunWith(services, {"explain", "vendor.contry"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean `country`?"));
  EXPECT_TRUE(services.calls.empty());
}

}  // namespace
}  // namespace linchpin::cli
