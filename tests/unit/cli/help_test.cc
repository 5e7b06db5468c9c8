#include "services/cli/help.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/commands.h"
#include "services/cli/completion.h"
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
  for (const char* lookup : {"get", "list", "edit", "delete", "finding list", "finding show", "risk hazards"})
    EXPECT_EQ(seconds.at(lookup), 30) << lookup;
  for (const char* work : {"apply", "risk simulate", "risk cut-sets", "risk importance"})
    EXPECT_EQ(seconds.at(work), 600) << work;
}

// What bash proposes for the last of the words.
std::string Proposed(const std::string& words) {
  const std::string folder = testing::TempDir() + "/linchpin-completion", script = folder + ".bash";
  std::filesystem::create_directories(folder);  // Empty: no files to propose.
  std::ofstream(script) << CompletionScript(Commands(), "bash");
  const std::string command = "cd '" + folder + "'; linchpin() { echo \"$2/called-$1\"; }; source '" +
                              script + "'; COMP_WORDS=(linchpin " + words +
                              "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _linchpin; echo \"${COMPREPLY[*]}\"";
  std::ofstream(script + ".run") << command;
  FILE* const pipe = popen(("bash '" + script + ".run'").c_str(), "r");
  std::string out;
  char block[4096];
  while (fgets(block, sizeof block, pipe) != nullptr) out += block;
  EXPECT_EQ(pclose(pipe), 0);
  return out;
}

TEST(Completion, ProposesWordsFlagsAndForms) {
  EXPECT_EQ(Proposed("ov"), "overview\n");
  EXPECT_EQ(Proposed("policy pack ''"), "list show install\n");
  EXPECT_EQ(Proposed("policy pa"), "pack\n");
  EXPECT_EQ(Proposed("-o json waiver rev"), "revoke\n") << "a flag and its value are no part of the command";
  EXPECT_EQ(Proposed("ls appl"), "applications\n");
  EXPECT_EQ(Proposed("policy pack install x --dr"), "--dry-run\n");
  EXPECT_EQ(Proposed("check -o sa"), "sarif\n");
  EXPECT_THAT(Proposed("list vendors --"), HasSubstr("--sort-by"));
  EXPECT_EQ(Proposed("completion f"), "fish\n");
}

TEST(Completion, AsksForNamesWhereSomeMayStand) {
  EXPECT_EQ(Proposed("tree vendors/"), "vendors/called-list\n");
  EXPECT_EQ(Proposed("apply vendors/"), "\n") << "files, of which there are none";
}

TEST(Completion, KnowsThreeShells) {
  for (const char* shell : {"bash", "zsh", "fish"})
    EXPECT_THAT(CompletionScript(Commands(), shell), HasSubstr("apply"));
  EXPECT_EQ(CompletionScript(Commands(), "tcsh"), "");
}

}  // namespace
}  // namespace linchpin::cli
