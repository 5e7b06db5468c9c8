#include "services/kit/auth/signing_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "services/base/sha256.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "tests/support/status_matchers.h"

namespace linchpin::kit {
namespace {

using ::testing::HasSubstr;

const std::string kOne(SigningKeys::kKeyBytesMin, 'a');
const std::string kTwo(SigningKeys::kKeyBytesMin, 'b');

TEST(SigningKeys, AreReadOneALineTheFirstSigns) {
  const auto keys = SigningKeys::Parse("# the new one\n" + kOne + " \r\n\n" + kTwo);
  ASSERT_THAT(keys, IsOk());
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ(keys->at(0).Reveal(), kOne);
  EXPECT_EQ(keys->at(1).Reveal(), kTwo);
}

TEST(SigningKeys, WrongFilesAreRefusedByLineWithoutTheKey) {
  std::string five;
  for (const char c : {'a', 'b', 'c', 'd', 'e'}) five += std::string(40, c) + "\n";
  const std::pair<std::string, const char*> cases[] = {
      {"", "holds no key"},
      {"# only a comment\n", "holds no key"},
      {kOne + "\n" + kOne.substr(1), "line 2: the key has 31 characters; give it 32 to 1024"},
      {std::string(1025, 'x'), "line 1: the key has 1025 characters"},
      {kOne + "\n\n" + kOne, "line 3: the key is listed twice"},
      {five, "line 5: more than 4 keys"},
  };
  for (const auto& [text, expected] : cases) {
    const auto keys = SigningKeys::Parse(text);
    ASSERT_FALSE(keys.ok()) << text;
    EXPECT_THAT(std::string(keys.status().message()), HasSubstr(expected));
    EXPECT_EQ(std::string(keys.status().message()).find("aaaa"), std::string::npos);
  }
  EXPECT_THAT(SigningKeys::Parse(std::string(1024, 'x')), IsOk());
}

TEST(SigningKeys, ASignatureIsThatOfOneOfTheKeys) {
  const auto keys = SigningKeys::Parse(kOne + "\n" + kTwo);
  const std::string by_old = Sign(keys->at(1), "text");
  EXPECT_TRUE(IsSignedBy(*keys, "text", by_old));
  EXPECT_TRUE(IsSignedBy(*keys, "text", Sign(keys->at(0), "text")));
  EXPECT_FALSE(IsSignedBy(*keys, "texts", by_old));
  EXPECT_FALSE(IsSignedBy(*keys, "text", by_old.substr(1)));
  EXPECT_FALSE(IsSignedBy(*keys, "text", Sign(Secret(std::string(32, 'c')), "text")));
}

// RFC 4231, test case 2.
TEST(SigningKeys, SignsWithHmacSha256) {
  const std::string signature = Sign(Secret("Jefe"), "what do ya want for nothing?");
  EXPECT_EQ(base::Hex(signature), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(SigningKeys, AChangedFileIsReadAgainAndAWrongOneIsNot) {
  const auto folder = std::filesystem::temp_directory_path() / ("keys" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const std::string path = folder / "keys";
  const auto write = [&](const std::string& text) {
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
  };
  write(kOne + "\n");
  Log log(LogLevel::kError, [](std::string_view) {});
  Metrics metrics("test", "");
  const auto keys = SigningKeys::Open(path, log, metrics, absl::Milliseconds(10));
  ASSERT_THAT(keys, IsOk());
  write(kTwo + "\n" + kOne + "\n");
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while ((*keys)->Current()->size() != 2 && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_EQ((*keys)->Current()->front().Reveal(), kTwo);
  write("short\n");
  while (metrics.Scrape().find("linchpin_admission_keys_reload_failed 1") == std::string::npos &&
         absl::Now() < end) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  EXPECT_THAT(metrics.Scrape(), HasSubstr("linchpin_admission_keys_reload_failed 1"));
  EXPECT_EQ((*keys)->Current()->front().Reveal(), kTwo) << "the keys before stay in force";
  std::filesystem::remove_all(folder);
  EXPECT_FALSE(SigningKeys::Open(path, log, metrics).ok());
}

TEST(SigningKeys, RandomOnesAreNeverTheSame) {
  EXPECT_NE(SigningKeys::Random()->Current()->front().Reveal(),
            SigningKeys::Random()->Current()->front().Reveal());
}

}  // namespace
}  // namespace linchpin::kit
