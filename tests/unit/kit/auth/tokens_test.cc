#include "services/kit/auth/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::kit {
namespace {

using ::testing::HasSubstr;

std::string Entry(const std::string& name, const std::string& token, const std::string& more = "") {
  return "  - {name: " + name + ", role: editor, sha256: " + HashToken(token) + more + "}\n";
}

TEST(HashToken, IsSha256) {
  EXPECT_EQ(HashToken("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(MakeToken, IsLongAndNeverTheSame) {
  const std::string one = MakeToken().Reveal();
  EXPECT_GE(one.size(), 46u);
  EXPECT_NE(one, MakeToken().Reveal());
}

TEST(TokenTable, FindsTheNameOfAToken) {
  const auto table =
      TokenTable::Parse("tokens:\n" + Entry("a", "first") + Entry("a", "second") + Entry("b", "third"));
  ASSERT_THAT(table, IsOk());
  const absl::Time now = absl::Now();
  EXPECT_EQ(table->FindToken("first", now)->name, "a");
  EXPECT_EQ(table->FindToken("second", now)->name, "a");
  EXPECT_EQ(table->FindToken("third", now)->role, Role::kEditor);
  for (const std::string& wrong :
       {std::string(), std::string("fourth"), std::string("firs"), std::string(1 << 20, 'x')}) {
    EXPECT_THAT(table->FindToken(wrong, now), HasReason("TOKEN_INVALID"));
  }
}

TEST(TokenTable, ExpiresToTheSecond) {
  const auto table = TokenTable::Parse("tokens:\n" + Entry("a", "t", ", expires: \"2026-01-01T00:00:00Z\""));
  ASSERT_THAT(table, IsOk());
  const absl::Time end = absl::FromUnixSeconds(1767225600);
  EXPECT_THAT(table->FindToken("t", end - absl::Seconds(1)), IsOk());
  EXPECT_THAT(table->FindToken("t", end), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST(TokenTable, WrongFilesAreRefusedByLine) {
  const struct {
    std::string text;
    const char* expected;
  } kCases[] = {
      {"tokens: 5", "tokens must be a list"},
      {"token: []", "unknown key token"},
      {"- a", "expected `tokens:`"},
      {"tokens: [5]", "an entry must have keys"},
      {"tokens:\n  - {name: a, role: viewer, sha256: xyz}", "line 2: a: sha256 must be 64"},
      {"tokens:\n  - {name: a, role: root, sha256: x}", "a: role must be"},
      {"tokens:\n  - {role: viewer, sha256: x}", "name must have"},
      {"tokens:\n  - {name: a, role: viewer, token: secret}", "unknown key token"},
      {"tokens:\n" + Entry("a", "t") + Entry("b", "t"), "line 3: b: duplicate sha256"},
      {"tokens:\n" + Entry("a", "t", ", expires: tomorrow"), "expires must be a time"},
      {"certificates:\n  - {name: a, role: viewer}", "subject is missing"},
      {"tokens: [", "line "},
      {"tokens:\n  - {name: [a], role: viewer}", "name needs a plain value"},
  };
  for (const auto& c : kCases) {
    const auto table = TokenTable::Parse(c.text);
    EXPECT_THAT(table, StatusIs(absl::StatusCode::kInvalidArgument)) << c.text;
    EXPECT_THAT(std::string(table.status().message()), HasSubstr(c.expected));
  }
  std::string many = "tokens:\n";
  for (int i = 0; i <= TokenTable::kEntriesMax; ++i) many += Entry("a", std::to_string(i));
  EXPECT_THAT(std::string(TokenTable::Parse(many).status().message()), HasSubstr("more than 1000"));
}

class AuthenticatorTest : public testing::Test {
 protected:
  std::unique_ptr<FileAuthenticator> Create(bool certificates_required) {
    FileAuthenticator::Options options;
    options.certificates_required = certificates_required;
    return FileAuthenticator::Create(options, log_, metrics_).value();
  }
  static absl::StatusOr<Principal> Ask(const FileAuthenticator& authenticator,
                                       const std::string& authorization,
                                       const std::vector<std::string>& names = {}) {
    return authenticator.Authenticate(
        {.authorization = authorization, .certificate_names = [&] { return names; }});
  }

  Log log_{LogLevel::kError, [](std::string_view) {}};
  Metrics metrics_{"", ""};
};

TEST_F(AuthenticatorTest, WithoutAFileEverybodyIsAnAnonymousAdmin) {
  const auto authenticator = Create(false);
  EXPECT_EQ(Ask(*authenticator, "")->name, "anonymous");
  EXPECT_EQ(Ask(*authenticator, "Bearer whatever")->role, Role::kAdmin);
}

TEST_F(AuthenticatorTest, WithCertificatesAloneTheCallerHasTheFirstName) {
  const auto authenticator = Create(true);
  EXPECT_EQ(Ask(*authenticator, "", {"cn", "san"})->name, "cn");
  EXPECT_THAT(Ask(*authenticator, "", {}), StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(AuthenticatorTest, ItsOwnTokenIsBelieved) {
  const auto authenticator = Create(true);
  EXPECT_EQ(Ask(*authenticator, "bearer " + authenticator->own_token().Reveal())->name, "linchpind");
  EXPECT_THAT(Ask(*authenticator, "Basic " + authenticator->own_token().Reveal()), ::testing::Not(IsOk()));
  EXPECT_THAT(Ask(*authenticator, "Bearer"), ::testing::Not(IsOk()));
}

}  // namespace
}  // namespace linchpin::kit
