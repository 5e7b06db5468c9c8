#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/context.h"
#include "services/cli/files.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

constexpr char kConfig[] =
    "model_list:\n"
    "  - {model_name: gpt-4o, litellm_params: {model: openai/gpt-4o}}\n"
    "  - {model_name: embed, litellm_params: {model: openai/text-embedding-3-small}}\n";

class InitTest : public testing::Test {
 protected:
  InitTest() {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "gw.yaml") << kConfig;
  }
  ~InitTest() override { fs::remove_all(folder_); }

  RunResult Init(std::vector<std::string> words, const std::string& input = "") {
    words.insert(words.begin(), {"init", Inventory()});
    return RunWith(services_, words, input);
  }
  std::string Inventory() const { return (folder_ / "inventory").string(); }
  std::string Gateway() const { return (folder_ / "gw.yaml").string(); }
  std::string Text(const std::string& name) const {
    std::ifstream file(fs::path(Inventory()) / name);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();
  FakeServices services_;
};

TEST_F(InitTest, AsksForHomeGatewayAndServices) {
  const RunResult run = Init({}, "de\n" + Gateway() + "\nClaims triage (tier 1): gpt-4o, embed\n\n\n");
  EXPECT_EQ(run.code, kOk) << run.err;
  EXPECT_THAT(run.err, HasSubstr("2 deployments behind 2 routes"));
  EXPECT_THAT(run.out, HasSubstr("linchpin overview --home DE"));
  EXPECT_THAT(Text("services.yaml"), HasSubstr("name: applications/claims-triage\n"));
  EXPECT_THAT(Text("services.yaml"), HasSubstr("tier: 1"));
  EXPECT_THAT(Text("services.yaml"), HasSubstr("target: routes/gw-embed"));
  EXPECT_TRUE(services_.calls.empty()) << "it needs no server";
}

TEST_F(InitTest, ProposesPacksByHome) {
  const auto answered = [&](const std::string& home, const std::string& answer) {
    fs::remove_all(Inventory());
    const RunResult run = Init({}, home + "\n" + Gateway() + "\n\n" + answer + "\n");
    EXPECT_EQ(run.code, kOk) << run.err;
    return run.err;
  };
  const std::string asked = answered("de", "");
  EXPECT_THAT(asked, HasSubstr("  resilience-baseline  Resilience baseline"));
  EXPECT_THAT(asked, HasSubstr("proposed, for those who deploy AI in the EU\n"));
  EXPECT_THAT(asked, HasSubstr("  for financial entities in the EU\n")) << "which sector, nobody has said";
  EXPECT_THAT(Text("policies.yaml"), HasSubstr("name: assignments/resilience-baseline\n"));
  EXPECT_THAT(Text("policies.yaml"), HasSubstr("name: assignments/eu-ai-act\n"));
  EXPECT_THAT(Text("policies.yaml"), Not(HasSubstr("name: assignments/eu-dora\n")));
  answered("us", "");
  EXPECT_THAT(Text("policies.yaml"), HasSubstr("name: assignments/nist-ai-rmf\n"));
  EXPECT_THAT(Text("policies.yaml"), HasSubstr("home: [US]"));
  answered("cn", "");
  EXPECT_THAT(Text("policies.yaml"), HasSubstr("name: assignments/resilience-baseline\n"));
  EXPECT_THAT(Text("policies.yaml"), Not(HasSubstr("eu-ai-act")));
  EXPECT_THAT(answered("de", "sovereinty\nsovereignty, eu-dora"), HasSubstr("did you mean `sovereignty`?"));
  EXPECT_THAT(Text("policies.yaml"), HasSubstr("name: assignments/sovereignty\n"));
  EXPECT_THAT(Text("policies.yaml"), Not(HasSubstr("resilience-baseline")));
  answered("de", "none");
  EXPECT_FALSE(fs::exists(fs::path(Inventory()) / "policies.yaml"));
}

TEST_F(InitTest, TakesTheUnionForTheHomeOfItsPacks) {
  ASSERT_EQ(
      Init({"--home", "DE", "--gateway-file", Gateway(), "--pack", "eu-dora", "--pack", "sovereignty"}).code,
      kOk);
  const std::string text = Text("policies.yaml");
  const size_t sovereignty = text.find("name: assignments/sovereignty"),
               dora = text.find("name: assignments/eu-dora");
  EXPECT_THAT(text.substr(dora), HasSubstr(", FR, ")) << "France is no third country";
  EXPECT_EQ(text.substr(sovereignty, dora - sovereignty).find("FR"), std::string::npos) << "but not home";
}

TEST_F(InitTest, NeedsNoQuestionOfPacksWhereFlagsSayHome) {
  ASSERT_EQ(Init({"--home", "DE", "--gateway-file", Gateway()}).code, kOk);
  EXPECT_THAT(Text("policies.yaml"), HasSubstr("name: assignments/resilience-baseline\n"));
  EXPECT_THAT(Text("policies.yaml"), Not(HasSubstr("eu-ai-act")));
  fs::remove_all(Inventory());
  EXPECT_THAT(Init({"--home", "DE", "--pack", "none"}, "\n").err, HasSubstr("there is nothing to write"));
}

TEST_F(InitTest, EndsWithTheNextThreeCommands) {
  const RunResult run = Init({"--home", "DE,FR", "--gateway-file", Gateway()});
  EXPECT_EQ(run.out.substr(run.out.find("Next:")),
            "Next:\n  linchpind --store sqlite:linchpin-data --home DE,FR 2> linchpind.log &\n  linchpin "
            "apply -f " +
                Inventory() + "\n  linchpin overview --home DE,FR\n");
  const RunResult spaced =
      RunWith(services_, {"init", Inventory() + " it's", "--home", "DE", "--gateway-file", Gateway()});
  EXPECT_THAT(spaced.out, HasSubstr("apply -f '" + Inventory() + " it'\\''s'\n"));
}

TEST_F(InitTest, WritesFilesThatApplyReads) {
  const RunResult run =
      Init({"--home", "DE", "--gateway-file", Gateway(), "--service", "Search: routes/gw-embed"});
  ASSERT_EQ(run.code, kOk) << run.err;
  std::istringstream none;
  const absl::StatusOr<Loaded> loaded = LoadFiles({Inventory()}, none);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  bool found = false;
  for (const resource::Document& document : loaded->documents)
    found = found || document.name() == "applications/search/dependencies/gw-embed";
  EXPECT_TRUE(found);
}

TEST_F(InitTest, AsksAgainAfterAWrongAnswer) {
  const RunResult run =
      Init({"--home", "DE"}, "nowhere.yaml\n" + Gateway() + "\nSearch: embde\nSearch: embed\n\n");
  EXPECT_EQ(run.code, kOk) << run.err;
  EXPECT_THAT(run.err, HasSubstr("no route `embde`; did you mean `embed`?"));
}

TEST_F(InitTest, NamesTheFlagWhereNobodyAnswers) {
  const RunResult run = Init({});
  EXPECT_EQ(run.code, kUsage);
  EXPECT_THAT(run.err, HasSubstr("give --home"));
  EXPECT_FALSE(fs::exists(Inventory()));
}

TEST_F(InitTest, RefusesWrongServices) {
  const auto refusal = [&](const std::string& service) {
    return Init({"--home", "DE", "--gateway-file", Gateway(), "--service", service}).err;
  };
  EXPECT_THAT(refusal("Search"), HasSubstr("write NAME: ROUTE"));
  EXPECT_THAT(refusal("Search:"), HasSubstr("names no route"));
  EXPECT_THAT(refusal(": embed"), HasSubstr("has no name"));
  EXPECT_THAT(refusal("Search (tier 5): embed"), HasSubstr("from 1, the most critical, to 4"));
  EXPECT_FALSE(fs::exists(Inventory()));
}

TEST_F(InitTest, WritesNothingWhereAFileIsThere) {
  ASSERT_EQ(Init({"--home", "DE", "--gateway-file", Gateway()}).code, kOk);
  const std::string before = Text("gateway.yaml");
  const RunResult run = Init({"--home", "DE", "--gateway-file", Gateway(), "--service", "Search: embed"});
  EXPECT_NE(run.code, kOk);
  EXPECT_THAT(run.err, HasSubstr("gateway.yaml: is there already; nothing was written"));
  EXPECT_EQ(Text("gateway.yaml"), before);
  EXPECT_FALSE(fs::exists(fs::path(Inventory()) / "services.yaml"));
}

TEST_F(InitTest, TakesTheEuropeanUnionAsHome) {
  const RunResult run = Init({"--home", "EU,NO", "--gateway-file", Gateway()});
  ASSERT_EQ(run.code, kOk) << run.err;
  EXPECT_THAT(run.out, HasSubstr("--home AT,BE,BG,"));
  EXPECT_THAT(run.out, HasSubstr(",SI,SK,NO 2>"));
}

TEST_F(InitTest, RefusesAHomeThatIsNoCountry) {
  const RunResult run = Init({"--home", "Germany"});
  EXPECT_EQ(run.code, kUsage);
  EXPECT_THAT(run.err, HasSubstr("`Germany` is not a country"));
  EXPECT_THAT(run.err, Not(HasSubstr("gateway")));
}

}  // namespace
}  // namespace linchpin::cli
