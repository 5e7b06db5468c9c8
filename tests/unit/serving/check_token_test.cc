#include "services/serving/check_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/base/sha256.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::serving {
namespace {

CheckedChange Sample() {
  return {.history_id = "7d3f0c",
          .revision = 41,
          .change_digest = base::Sha256("change"),
          .policy_set_digest = base::Sha256("policies"),
          .verdict = "WARN",
          .expire_time = absl::FromUnixSeconds(1'770'000'600)};
}

kit::SigningKeys::List Keys(std::initializer_list<char> letters) {
  kit::SigningKeys::List keys;
  for (const char letter : letters) keys.emplace_back(std::string(32, letter));
  return keys;
}

TEST(CheckToken, SaysWhatWasPutIntoIt) {
  const auto keys = Keys({'a'});
  const std::string token = MakeCheckToken(Sample(), keys[0]);
  EXPECT_LT(token.size(), 400u);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  const auto opened = OpenCheckToken(token, keys);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(*opened, Sample());
}

TEST(CheckToken, IsBelievedByWhoeverHasTheKeyAmongOthers) {
  const std::string token = MakeCheckToken(Sample(), Keys({'b'})[0]);
  EXPECT_THAT(OpenCheckToken(token, Keys({'a', 'b'})), IsOk());
  EXPECT_THAT(OpenCheckToken(token, Keys({'a', 'c'})), HasReason("CHECK_TOKEN_INVALID"));
}

// Every bit of the text counts, those that base64 leaves unused, too.
TEST(CheckToken, IsInvalidWithOneBitChanged) {
  const auto keys = Keys({'a'});
  const std::string token = MakeCheckToken(Sample(), keys[0]);
  for (size_t i = 0; i < token.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string other = token;
      other[i] = static_cast<char>(other[i] ^ (1 << bit));
      ASSERT_THAT(OpenCheckToken(other, keys), HasReason("CHECK_TOKEN_INVALID")) << i << " " << bit;
    }
  }
}

TEST(CheckToken, IsInvalidCutOrLengthenedOrNoneAtAll) {
  const auto keys = Keys({'a'});
  const std::string token = MakeCheckToken(Sample(), keys[0]);
  for (const std::string& other :
       {std::string("x"), token.substr(1), token.substr(0, token.size() - 1), token + "A", " " + token,
        std::string(1 << 16, 'A'), std::string("not base64 !")}) {
    EXPECT_THAT(OpenCheckToken(other, keys), HasReason("CHECK_TOKEN_INVALID")) << other.substr(0, 50);
  }
}

}  // namespace
}  // namespace linchpin::serving
