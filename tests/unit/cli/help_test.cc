#include "services/cli/help.h"

#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/commands.h"
#include "services/cli/print/field_reference.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

using testing::HasSubstr;

TEST(ReferencePage, IsCurrent) {
  std::ifstream file(LINCHPIN_SOURCE_DIR "/docs/reference/cli.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), ReferencePage(Commands())) << "run: linchpin help reference > docs/reference/cli.md";
}

TEST(FilesPage, HoldsEveryFieldOfEveryKind) {
  std::ifstream file(LINCHPIN_SOURCE_DIR "/docs/reference/files.md");
  std::stringstream text;
  text << file.rdbuf();
  const size_t begin = text.str().find("\n### Vendor\n");
  ASSERT_NE(begin, std::string::npos);
  EXPECT_EQ(text.str().substr(begin), FieldsPage())
      << "put what `linchpin explain --all` prints in place of it";
}

TEST(Help, ShowsExamplesBeforeFlags) {
  FakeServices services;
  const RunResult result = RunWith(services, {"apply", "--help"});
  EXPECT_EQ(result.code, 0);
  EXPECT_LT(result.out.find("Examples:"), result.out.find("Flags:"));
  EXPECT_THAT(RunWith(services, {"help", "list"}).out, HasSubstr("linchpin list vendors"));
  EXPECT_THAT(RunWith(services, {}).out, HasSubstr("Commands:"));
}

TEST(Help, SuggestsForUnknownCommands) {
  FakeServices services;
  const RunResult result = RunWith(services, {"aply"});
  EXPECT_EQ(result.code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "Error: unknown command `aply`; did you mean `apply`?\nHint: see `linchpin help`\n");
}

TEST(Commands, WaitLongUnlessTheyOnlyLookUp) {
  std::map<std::string, int> seconds;
  for (const Command& command : Commands()) seconds[command.path] = command.timeout_seconds;
  for (const char* lookup : {"get", "list", "delete", "finding list", "finding show", "risk hazards"})
    EXPECT_EQ(seconds.at(lookup), 30) << lookup;
  for (const char* work : {"apply", "risk simulate", "risk cut-sets", "risk importance"})
    EXPECT_EQ(seconds.at(work), 600) << work;
}

TEST(Completion, KnowsThreeShells) {
  for (const char* shell : {"bash", "zsh", "fish"})
    EXPECT_THAT(CompletionScript(Commands(), shell), HasSubstr("apply"));
  EXPECT_EQ(CompletionScript(Commands(), "tcsh"), "");
}

}  // namespace
}  // namespace linchpin::cli
