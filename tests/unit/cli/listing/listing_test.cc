// list with labels and an order of one's own, short names of kinds, and --watch.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using testing::HasSubstr;

struct App {
  const char* id;
  int tier;          // 0: not stated
  const char* team;  // "": no label
  int64_t updated;
};

// In order of names, in pages as asked for.
FakeServices Applications(const std::vector<App>& apps) {
  FakeServices services;
  services.On<inventory::ListApplicationsRequest, inventory::ListApplicationsResponse>(
      "ListApplications", [apps](const auto& request, auto& response) {
        const size_t begin = request.page_token().empty() ? 0 : std::stoul(request.page_token());
        const size_t end = std::min(apps.size(), begin + static_cast<size_t>(request.page_size()));
        for (size_t i = begin; i < end; ++i) {
          auto& application = *response.add_applications();
          application.set_name(std::string("applications/") + apps[i].id);
          if (apps[i].tier > 0) application.set_tier(apps[i].tier);
          if (apps[i].team[0] != '\0') (*application.mutable_labels())["team"] = apps[i].team;
          application.mutable_update_time()->set_seconds(apps[i].updated);
        }
        response.set_total_size(static_cast<int>(apps.size()));
        if (end < apps.size()) response.set_next_page_token(std::to_string(end));
        return absl::OkStatus();
      });
  return services;
}

FakeServices Four() {
  return Applications({{"a", 3, "pay", 30}, {"b", 0, "", 10}, {"c", 1, "risk", 40}, {"d", 1, "pay", 20}});
}

std::string Names(FakeServices services, std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"list", "applications", "-o", "name"});
  const RunResult result = RunWith(services, flags);
  EXPECT_EQ(result.code, 0) << result.err;
  std::string ids;
  for (size_t at = 0; at < result.out.size(); at = result.out.find('\n', at) + 1) ids += result.out[at + 13];
  return ids;
}

TEST(List, TakesThoseWithTheLabels) {
  EXPECT_EQ(Names(Four(), {"-l", "team=pay"}), "ad");
  EXPECT_EQ(Names(Four(), {"-l", "team==pay"}), "ad");
  EXPECT_EQ(Names(Four(), {"-l", "team!=pay"}), "bc") << "as in kubectl, what has no such label differs";
  EXPECT_EQ(Names(Four(), {"-l", "team"}), "acd");
  EXPECT_EQ(Names(Four(), {"-l", "!team"}), "b");
  EXPECT_EQ(Names(Four(), {"-l", "team,team!=pay"}), "c");
  EXPECT_EQ(Names(Four(), {"-l", "team", "-l", "team!=pay"}), "c");
}

TEST(List, SaysThatNoneHasTheLabels) {
  FakeServices services = Four();
  const RunResult result = RunWith(services, {"list", "applications", "-l", "team=nobody"});
  EXPECT_EQ(result.code, 0);
  EXPECT_EQ(result.err, "no applications with these labels\n");
}

TEST(List, GoesByTheFieldAskedFor) {
  EXPECT_EQ(Names(Four(), {"--sort-by", "tier"}), "cdab") << "what states no tier comes last";
  EXPECT_EQ(Names(Four(), {"--sort-by", "-tier"}), "acdb");
  EXPECT_EQ(Names(Four(), {"--sort-by", ".updateTime"}), "bdac");
  EXPECT_EQ(Names(Four(), {"--sort-by", "update_time", "-l", "team=pay"}), "da");
  EXPECT_EQ(Names(Four(), {"--sort-by", "-name", "--limit", "2"}), "dc");
}

TEST(List, CountsWhatALimitLeavesOutOfAnOrder) {
  FakeServices services = Four();
  EXPECT_THAT(RunWith(services, {"list", "applications", "--sort-by", "name", "--limit", "3"}).err,
              HasSubstr("the first 3 of 4; --limit 0 shows all"));
}

TEST(List, RefusesOrdersAndLabelsThatAreNone) {
  FakeServices services = Four();
  const auto refusal = [&](const std::vector<std::string>& flags) {
    std::vector<std::string> words = {"list", "applications"};
    words.insert(words.end(), flags.begin(), flags.end());
    const RunResult result = RunWith(services, words);
    EXPECT_EQ(result.code, 2) << result.out;
    return result.err;
  };
  EXPECT_THAT(refusal({"--sort-by", "teir"}), HasSubstr("has no field `teir`; did you mean `tier`?"));
  EXPECT_THAT(refusal({"--sort-by", "aliases"}), HasSubstr("is a list"));
  EXPECT_THAT(refusal({"--sort-by", "continuity"}), HasSubstr("name one, such as `continuity."));
  EXPECT_THAT(refusal({"--sort-by", "tier.x"}), HasSubstr("leave `.x` out"));
  EXPECT_THAT(refusal({"--sort-by", "tier", "--page-token", "x"}), HasSubstr("leave -l and --sort-by out"));
  EXPECT_THAT(refusal({"-l", "=pay"}), HasSubstr("give KEY=VALUE, KEY!=VALUE, KEY or !KEY"));
  EXPECT_THAT(refusal({"-l", "a=b,"}), HasSubstr("`` is no test of a label"));
  EXPECT_THAT(RunWith(services, {"get", "applications/a", "-l", "team"}).err, HasSubstr("goes with a kind"));
  EXPECT_TRUE(services.calls.empty());
}

TEST(List, IsCalledLsToo) {
  FakeServices services = Four();
  EXPECT_EQ(RunWith(services, {"ls", "applications"}).out, RunWith(services, {"list", "applications"}).out);
  EXPECT_THAT(RunWith(services, {"help", "ls"}).out, HasSubstr("Usage: linchpin list KIND"));
}

TEST(Kinds, HaveShortNames) {
  FakeServices services = Four();
  const std::string whole = RunWith(services, {"list", "applications"}).out;
  for (const char* word : {"app", "apps", "application"})
    EXPECT_EQ(RunWith(services, {"ls", word}).out, whole);
  for (const auto& [word, method] : std::vector<std::pair<const char*, const char*>>{
           {"svc", "ListBusinessServices"}, {"deploy", "ListDeployments"}, {"license", "ListLicences"}}) {
    services.calls.clear();
    RunWith(services, {"ls", word});
    EXPECT_THAT(services.calls, testing::ElementsAre(method));
  }
}

// A stream of these parts. Each breaks off after its own part, but for the last.
class Stream {
 public:
  explicit Stream(std::vector<inventory::WatchResponse> parts) : parts_(std::move(parts)) {
    services_.On<inventory::WatchRequest, inventory::WatchResponse>(
        "Watch", [this](const auto& request, auto& part) {
          tokens_.push_back(request.resume_token());
          part = parts_.at(next_++);
          return absl::OkStatus();
        });
  }
  RunResult Run(std::vector<std::string> words) {
    next_ = 0;
    return RunWith(services_, words);
  }
  const std::vector<std::string>& tokens() const { return tokens_; }

 private:
  std::vector<inventory::WatchResponse> parts_;
  FakeServices services_;
  std::vector<std::string> tokens_;
  size_t next_ = 0;
};

inventory::WatchResponse Part(const std::vector<App>& upserts, const std::vector<std::string>& deletes = {}) {
  inventory::WatchResponse part;
  part.set_end_of_revision(true);
  part.set_resume_token("t");
  for (const App& app : upserts) {
    auto& application = *part.add_changes()->mutable_upsert()->mutable_application();
    application.set_name(std::string("applications/") + app.id);
    if (app.tier > 0) application.set_tier(app.tier);
    if (app.team[0] != '\0') (*application.mutable_labels())["team"] = app.team;
  }
  for (const std::string& name : deletes) part.add_changes()->set_delete_(name);
  return part;
}

TEST(Watch, PrintsWhatIsThere) {
  Stream stream({Part({{"a", 1, "pay", 0}, {"b", 2, "", 0}})});
  EXPECT_EQ(stream.Run({"list", "app", "--watch", "-o", "name"}).out, "applications/a\napplications/b\n");
  EXPECT_EQ(stream.Run({"list", "app", "-w", "-l", "team=pay", "-o", "name"}).out, "applications/a\n");
  EXPECT_EQ(stream.Run({"get", "applications/b", "-w", "-o", "name"}).out, "applications/b\n");
  EXPECT_THAT(stream.Run({"get", "applications/b", "-w", "-o", "jsonl"}).out, HasSubstr("\"tier\":2"));
  EXPECT_EQ(stream.Run({"list", "app", "-w"}).out,
            "NAME            TIER  OWNER  BUSINESS UNIT  ENVIRONMENT\n"
            "applications/a  1     -      -              -\n"
            "applications/b  2     -      -              -\n");
}

TEST(Watch, TellsWhatIsDeleted) {
  Stream stream({Part({{"a", 1, "", 0}}, {"applications/a", "applications/never-shown"})});
  EXPECT_EQ(stream.Run({"list", "app", "-w", "-o", "name"}).out, "")
      << "what has come and gone in one revision was never there";
}

TEST(Watch, RefusesWhatAStreamCannotDo) {
  Stream stream({Part({})});
  EXPECT_THAT(stream.Run({"list", "policies", "-w"}).err, HasSubstr("linchpin finding watch"));
  EXPECT_THAT(stream.Run({"list", "app", "-w", "-o", "json"}).err,
              HasSubstr("table, wide, name, jsonl or yaml"));
  EXPECT_THAT(stream.Run({"list", "app", "-w", "--sort-by", "tier"}).err,
              HasSubstr("does not go with --sort-by"));
  EXPECT_THAT(stream.Run({"get", "applications/a", "vendors/x", "-w"}).err, HasSubstr("of one kind"));
  EXPECT_TRUE(stream.tokens().empty());
}

}  // namespace
}  // namespace linchpin::cli
