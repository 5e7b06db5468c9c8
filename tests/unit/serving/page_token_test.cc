#include "services/serving/page_token.h"

#include <gtest/gtest.h>

#include "services/base/error.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::serving {
namespace {

TEST(PageTokens, OpenWhatAnotherReplicaSealed) {
  const PageTokens one("history", "secret"), two("history", "secret");
  for (const std::string& name : {std::string("vendors/a"), std::string(200, 'x'), std::string()}) {
    EXPECT_EQ(*two.Open("query", one.Seal("query", name)), name);
  }
}

TEST(PageTokens, RefuseEveryOtherQueryHistoryAndSecret) {
  const PageTokens tokens("history", "secret");
  const std::string token = tokens.Seal("query", "vendors/a");
  EXPECT_THAT(tokens.Open("other", token), ::testing::Not(IsOk()));
  const absl::Status history = PageTokens("other", "secret").Open("query", token).status();
  EXPECT_THAT(history, Fails(absl::StatusCode::kOutOfRange, "HISTORY_CHANGED"));
  EXPECT_THAT(PageTokens("other", "secret").Open("other", token), HasReason("PAGE_TOKEN_INVALID"));
  EXPECT_THAT(PageTokens("history", "other").Open("query", token), ::testing::Not(IsOk()));
  const absl::Status status = tokens.Open("other", token).status();
  EXPECT_THAT(status, Fails(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST(PageTokens, RefuseATokenChangedAnywhere) {
  const PageTokens tokens("history", "secret");
  const std::string token = tokens.Seal("query", "vendors/abc");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'Q' : 'A';
    EXPECT_THAT(tokens.Open("query", changed), ::testing::Not(IsOk())) << i;
    EXPECT_THAT(tokens.Open("query", token.substr(0, i)), ::testing::Not(IsOk())) << i;
  }
  EXPECT_THAT(tokens.Open("query", std::string(5000, 'A')), ::testing::Not(IsOk()));
  EXPECT_THAT(tokens.Open("query", "no base64 !"), ::testing::Not(IsOk()));
}

TEST(PageTokens, DoNotShowWhatIsInside) {
  const PageTokens tokens("history", "secret");
  EXPECT_NE(tokens.Seal("query", "vendors/a"), tokens.Seal("query", "vendors/a"));
}

}  // namespace
}  // namespace linchpin::serving
