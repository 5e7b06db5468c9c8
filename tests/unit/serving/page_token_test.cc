#include "services/serving/page_token.h"

#include <gtest/gtest.h>

#include "services/base/error.h"

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
  EXPECT_FALSE(tokens.Open("other", token).ok());
  const absl::Status history = PageTokens("other", "secret").Open("query", token).status();
  EXPECT_EQ(history.code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(base::ReasonOf(history), "HISTORY_CHANGED");
  EXPECT_EQ(base::ReasonOf(PageTokens("other", "secret").Open("other", token).status()),
            "PAGE_TOKEN_INVALID");
  EXPECT_FALSE(PageTokens("history", "other").Open("query", token).ok());
  const absl::Status status = tokens.Open("other", token).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::ReasonOf(status), "PAGE_TOKEN_INVALID");
}

TEST(PageTokens, RefuseATokenChangedAnywhere) {
  const PageTokens tokens("history", "secret");
  const std::string token = tokens.Seal("query", "vendors/abc");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'Q' : 'A';
    EXPECT_FALSE(tokens.Open("query", changed).ok()) << i;
    EXPECT_FALSE(tokens.Open("query", token.substr(0, i)).ok()) << i;
  }
  EXPECT_FALSE(tokens.Open("query", std::string(5000, 'A')).ok());
  EXPECT_FALSE(tokens.Open("query", "no base64 !").ok());
}

TEST(PageTokens, DoNotShowWhatIsInside) {
  const PageTokens tokens("history", "secret");
  EXPECT_NE(tokens.Seal("query", "vendors/a"), tokens.Seal("query", "vendors/a"));
}

}  // namespace
}  // namespace linchpin::serving
