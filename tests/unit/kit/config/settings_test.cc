#include "services/kit/config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "services/kit/config/settings_file.h"
#include "tests/support/status_matchers.h"

namespace linchpin::kit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

constexpr Setting kTable[] = {
    {"config", SettingType::kPath, "", "The file."},
    {"listen", SettingType::kAddress, "127.0.0.1:1", "Where."},
    {"server", SettingType::kTarget, "", "Where others are."},
    {"limit", SettingType::kCount, "5", "How many."},
    {"delay", SettingType::kSeconds, "0.5", "How long."},
    {"fast", SettingType::kSwitch, "true", "Whether."},
    {"home", SettingType::kList, "", "Countries."},
    {"mode", SettingType::kText, "one", "Which.", "one|two"},
    {"store", SettingType::kStore, "", "Where data is."},
    {"store-password", SettingType::kSecret, "", "The password."},
};

absl::StatusOr<Settings> Load(std::vector<std::string> arguments,
                              std::map<std::string, std::string> environment = {}) {
  return Settings::Load(kTable, {std::move(arguments), std::move(environment)});
}

// The text of the error, empty if there is none.
std::string ErrorOf(const absl::StatusOr<Settings>& settings) {
  return std::string(settings.status().message());
}

// A file that is gone at the end.
class TempFile {
 public:
  explicit TempFile(const std::string& text) {
    const int fd = mkstemp(path_);
    std::ofstream(path_) << text;
    close(fd);
  }
  ~TempFile() { unlink(path_); }
  std::string path() const { return path_; }

 private:
  char path_[32] = "/tmp/settings_test_XXXXXX";
};

TEST(Settings, DefaultsStand) {
  const auto settings = Load({});
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->Text("listen"), "127.0.0.1:1");
  EXPECT_EQ(settings->Count("limit"), 5);
  EXPECT_EQ(settings->Seconds("delay"), absl::Milliseconds(500));
  EXPECT_TRUE(settings->Switch("fast"));
  EXPECT_THAT(settings->List("home"), ElementsAre());
  EXPECT_EQ(settings->SourceOf("limit"), SettingSource::kDefault);
}

TEST(Settings, FlagWinsOverEnvironmentOverFileOverDefault) {
  const TempFile file("limit: 1\ndelay: 1\nhome: [DE, FR]\n");
  const auto settings =
      Load({"--limit=3", "--config", file.path()}, {{"LINCHPIN_LIMIT", "2"}, {"LINCHPIN_DELAY", "2"}});
  ASSERT_THAT(settings, IsOk());
  EXPECT_EQ(settings->Count("limit"), 3);
  EXPECT_EQ(settings->Seconds("delay"), absl::Seconds(2));
  EXPECT_THAT(settings->List("home"), ElementsAre("DE", "FR"));
  EXPECT_EQ(settings->SourceOf("home"), SettingSource::kFile);
}

TEST(Settings, SwitchesHaveThreeForms) {
  EXPECT_TRUE(Load({"--fast"})->Switch("fast"));
  EXPECT_FALSE(Load({"--fast=false"})->Switch("fast"));
  EXPECT_FALSE(Load({"--no-fast"})->Switch("fast"));
}

TEST(Settings, WrongInputIsRefusedWithWhatToDo) {
  const struct {
    std::vector<std::string> arguments;
    const char* expected;
  } kCases[] = {
      {{"--limt=1"}, "unknown flag --limt; did you mean --limit?"},
      {{"--limit"}, "--limit needs a value"},
      {{"--limit=-1"}, "--limit: \"-1\" is not a whole number"},
      {{"--limit=1", "--limit=2"}, "--limit is given twice"},
      {{"--mode=three"}, "is not one of one, two"},
      {{"--listen=here"}, "is not host:port"},
      {{"--listen=h:70000"}, "is not host:port"},
      {{"--fast=maybe"}, "is not true or false"},
      {{"--no-limit"}, "unknown flag --no-limit"},
      {{"--store-password=x"}, "LINCHPIN_STORE_PASSWORD"},
      {{"stray"}, "unexpected argument stray"},
      {{"--config=/does/not/exist"}, "/does/not/exist: cannot be read"},
  };
  for (const auto& c : kCases) EXPECT_THAT(ErrorOf(Load(c.arguments)), HasSubstr(c.expected));
}

TEST(Settings, TargetsAreThoseOfGrpc) {
  for (const char* right :
       {"", "inventory:50051", "[::1]:1", "dns:///inventory:50051", "dns:inventory:50051",
        "dns://10.0.0.53:53/inventory.linchpin.svc:50051", "dns:///[::1]:1", "ipv4:10.0.0.1:1,10.0.0.2:1",
        "ipv6:[::1]:1", "unix:/run/linchpin.sock", "unix:///run/linchpin.sock", "unix-abstract:name"}) {
    const auto settings = Load({std::string("--server=") + right});
    ASSERT_THAT(settings, IsOk());
    EXPECT_EQ(settings->Text("server"), right);
  }
  for (const char* wrong :
       {"inventory", "dns:///inventory", "dns://inventory:50051", "http://inventory:50051",
        "unix:", "ipv4:", "ipv4:10.0.0.1:1,", "dns:///inventory:70000"}) {
    EXPECT_THAT(ErrorOf(Load({std::string("--server=") + wrong})), HasSubstr("is not host:port, nor dns:///"))
        << wrong;
  }
}

TEST(Settings, WrongFileIsRefusedByLine) {
  const struct {
    const char* text;
    const char* expected;
  } kCases[] = {
      {"\nlimitt: 1\n", ":2: unknown key limitt; did you mean limit?"},
      {"limit: 1\nlimit: 2\n", ":2: limit is given twice"},
      {"limit: many\n", ":1: limit: \"many\" is not a whole number"},
      {"limit: [1]\n", ":1: limit takes one value"},
      {"home: {a: b}\n", ":1: home needs a value or a list"},
      {"home: [[a]]\n", ":1: home needs a list of plain values"},
      {"- limit\n", ":1: expected lines of the form"},
      {"a: [\n", ": "},
  };
  for (const auto& c : kCases) {
    const TempFile file(c.text);
    EXPECT_THAT(ErrorOf(Load({"--config", file.path()})), HasSubstr(c.expected)) << c.text;
  }
  const TempFile large(std::string(300 * 1024, '#'));
  EXPECT_THAT(ErrorOf(Load({"--config", large.path()})), HasSubstr("larger than"));
}

TEST(Settings, EnvironmentIsWarnedAboutOnlyWhenItIsLikelyMeant) {
  const auto settings = Load({}, {{"LINCHPIN_LIMITT", "1"}, {"LINCHPIN_PORT_80_TCP", "x"}, {"LIMIT", "1"}});
  EXPECT_THAT(settings->warnings(), ElementsAre(HasSubstr("did you mean LINCHPIN_LIMIT?")));
}

TEST(Settings, ShownHidesSecrets) {
  const auto settings = Load({"--store=postgresql://u:canary@h/db"}, {{"LINCHPIN_STORE_PASSWORD", "canary"}});
  for (const auto& [name, value] : settings->Shown()) EXPECT_THAT(value, Not(HasSubstr("canary"))) << name;
  EXPECT_THAT(settings->Shown(), ::testing::Contains(Pair("store", "postgresql://u:***@h/db")));
  EXPECT_EQ(settings->SecretOf("store-password").Reveal(), "canary");
}

TEST(HostPort, KnowsLoopback) {
  EXPECT_EQ(ParseHostPort("[::1]:5")->host, "::1");
  EXPECT_FALSE(ParseHostPort("::1:5").has_value());
  EXPECT_FALSE(ParseHostPort("host").has_value());
  EXPECT_FALSE(ParseHostPort(":5").has_value());
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1"})
    EXPECT_TRUE(IsLoopback(host)) << host;
  for (const char* host :
       {"0.0.0.0", "::", "10.0.0.1", "127.example.com", "localhost.example.com", "127.0.0.1.example.com"}) {
    EXPECT_FALSE(IsLoopback(host)) << host;
  }
}

}  // namespace
}  // namespace linchpin::kit
