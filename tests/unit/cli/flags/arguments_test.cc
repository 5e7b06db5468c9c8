#include "services/cli/flags/arguments.h"

#include <map>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/commands.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Problem(const std::vector<std::string>& words) {
  const auto parsed = Parse(Commands(), words);
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

TEST(Parse, TakesTheLongestNameOfACommand) {
  const auto arguments = Parse(Commands(), {"policy", "pack", "show", "sovereignty"});
  ASSERT_TRUE(arguments.ok()) << arguments.status();
  EXPECT_EQ(arguments->command->path, "policy pack show");
  EXPECT_EQ(arguments->operands, std::vector<std::string>{"sovereignty"});
}

TEST(Parse, FindsCommandFlagsAndOperandsInAnyOrder) {
  const auto parsed = Parse(Commands(), {"--endpoint", "h:1", "list", "-o=x", "vendors"});
  EXPECT_THAT(parsed, ::testing::Not(IsOk()));  // one-letter flags take their value without `=`
  const auto good = Parse(Commands(), {"--endpoint", "h:1", "list", "-ojson", "vendors", "--only", "a=b",
                                       "--only=c=d", "--no-headers"});
  ASSERT_THAT(good, IsOk());
  EXPECT_EQ(good->command->path, "list");
  EXPECT_THAT(good->operands, ElementsAre("vendors"));
  EXPECT_EQ(good->Get("output"), "json");
  EXPECT_EQ(good->Get("endpoint"), "h:1");
  EXPECT_THAT(good->All("only"), ElementsAre("a=b", "c=d"));
  EXPECT_TRUE(good->Has("no-headers"));
  EXPECT_FALSE(good->Has("quiet"));
  EXPECT_EQ(good->Get("limit"), "");
}

TEST(Parse, SuggestsWhatWasMeant) {
  EXPECT_THAT(Problem({"lst"}), HasSubstr("did you mean `list`?"));
  EXPECT_THAT(Problem({"list", "vendors", "--ouput", "json"}), HasSubstr("did you mean `--output`?"));
  EXPECT_THAT(Problem({"list", "vendors", "-o", "jsn"}), HasSubstr("did you mean `json`?"));
}

TEST(Parse, RefusesWrongUse) {
  EXPECT_THAT(Problem({"list"}), HasSubstr("`list` needs KIND"));
  EXPECT_THAT(Problem({"list", "a", "b"}), HasSubstr("one word too many"));
  EXPECT_THAT(Problem({"list", "a", "--limit"}), HasSubstr("`--limit` needs a value"));
  EXPECT_THAT(Problem({"list", "a", "--quiet=5"}), HasSubstr("takes no value"));
  EXPECT_THAT(Problem({"version", "--limit", "5"}), HasSubstr("unknown flag `--limit` of `version`"));
  EXPECT_THAT(
      Problem({"risk", "simulate", "--vendor-api-cutoff", "openai"}),
      HasSubstr("unknown flag `--vendor-api-cutoff` of `risk simulate`; did you mean `--api-cutoff`?"));
}

TEST(Parse, TakesTheRestAsOperandsAfterTwoDashes) {
  const auto parsed = Parse(Commands(), {"get", "--", "-x"});
  ASSERT_THAT(parsed, IsOk());
  EXPECT_THAT(parsed->operands, ElementsAre("-x"));
}

TEST(Arguments, PreferTheCommandLineToTheEnvironmentToTheDefault) {
  auto parsed = *Parse(Commands(), {"list", "vendors"});
  EXPECT_EQ(parsed.Get("endpoint"), "localhost:50051");
  parsed.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "LINCHPIN_ENDPOINT") return "e:1";
    return std::nullopt;
  };
  EXPECT_EQ(parsed.Get("endpoint"), "e:1");
  parsed.flags.emplace_back("endpoint", "f:1");
  EXPECT_EQ(parsed.Get("endpoint"), "f:1");
}

// The parser must know whether a flag takes a value before it knows the command.
TEST(Commands, GiveAFlagNameOneShape) {
  std::map<std::string, bool> takes_value;
  std::map<char, std::string> letters;
  auto check = [&](const Flag& flag) {
    const auto [it, fresh] = takes_value.emplace(flag.name, !flag.value.empty());
    EXPECT_EQ(it->second, !flag.value.empty()) << flag.name;
    if (flag.letter == 0) return;
    const auto [letter, first] = letters.emplace(flag.letter, flag.name);
    EXPECT_EQ(letter->second, flag.name) << flag.letter;
  };
  for (const Flag& flag : CommonFlags()) check(flag);
  for (const Command& command : Commands()) {
    for (const Flag& flag : command.flags) check(flag);
  }
}

// The words that a shell makes of a line: quoted ones whole, up to where the output is redirected.
std::vector<std::string> WordsOf(const std::string& line) {
  std::vector<std::string> words;
  std::istringstream in(line);
  for (std::string word; in >> word;) {
    if (word[0] == '>') break;
    if (const char quote = word[0]; quote == '\'' || quote == '"') {
      for (std::string more; word.size() < 2 || word.back() != quote;) {
        if (!std::getline(in, more, quote)) break;
        word += more + quote;
      }
      word = word.substr(1, word.size() - 2);
    }
    words.push_back(word);
  }
  return words;
}

TEST(Commands, HaveEachAnExampleThatParses) {
  std::set<std::string> paths;
  for (const Command& command : Commands()) {
    EXPECT_TRUE(paths.insert(command.path).second) << command.path;
    EXPECT_FALSE(command.examples.empty()) << command.path;
    for (const std::string& example : command.examples) {
      if (example.rfind("linchpin ", 0) != 0 || example.find('|') != std::string::npos) continue;
      EXPECT_EQ(Problem(WordsOf(example.substr(9))), "") << example;
    }
  }
}

TEST(Commands, RefuseOutputsThatTheyDoNotHave) {
  FakeServices services;
  const RunResult csv = RunWith(services, {"overview", "-o", "csv"});
  EXPECT_EQ(csv.code, 2);
  EXPECT_THAT(csv.err, HasSubstr("`overview` has no output `csv`; it has table, wide, json, jsonl, yaml"));
  EXPECT_EQ(RunWith(services, {"diff", "-o", "csv", "-"}).code, 2);
  EXPECT_EQ(RunWith(services, {"version", "-o", "json"}).code, 2);
  // One set for all commands is not meant for those with one form, but is for the others.
  EXPECT_EQ(RunWith(services, {"version"}, "", {{"LINCHPIN_OUTPUT", "json"}}).code, 0);
  EXPECT_EQ(RunWith(services, {"risk", "concentration"}, "", {{"LINCHPIN_OUTPUT", "name"}}).code, 2);
  for (const Command& command : Commands()) {
    const bool words = command.path == "help" || command.path == "completion" || command.path == "version" ||
                       command.path == "init" || command.path == "explain" ||
                       command.path == "catalogue coverage";
    EXPECT_EQ(command.outputs.empty(), words) << command.path;
  }
}

TEST(Commands, ShowTheVersionByFlagToo) {
  FakeServices services;
  const std::string version = RunWith(services, {"version"}).out;
  EXPECT_EQ(RunWith(services, {"--version"}).out, version);
  EXPECT_EQ(RunWith(services, {"list", "--version"}).out, version);
}

}  // namespace
}  // namespace linchpin::cli
