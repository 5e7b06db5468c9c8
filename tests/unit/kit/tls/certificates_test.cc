#include "services/kit/tls/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "services/kit/tls/certificate_check.h"
#include "tests/support/certificates.h"
#include "tests/support/status_matchers.h"

namespace linchpin::kit {
namespace {

using testing_support::Authority;
using testing_support::Certificate;

TEST(CheckCertificates, TakesWhatFitsAndNothingElse) {
  Authority authority;
  const Certificate one = authority.Issue("one");
  const Certificate two = authority.Issue("two");
  const absl::Time now = absl::Now();
  EXPECT_EQ(CheckCertificates(one.chain + authority.root(), one.key, authority.root(), now),
            absl::OkStatus());
  EXPECT_EQ(CheckCertificates("", "", authority.root(), now), absl::OkStatus());
  const struct {
    std::string chain, key, roots;
    absl::Time time;
    const char* expected;
  } kCases[] = {
      {one.chain, two.key, "", now, "does not belong"},
      {one.chain, "", "", now, "no private key"},
      {"", one.key, "", now, "no certificate"},
      {"text", one.key, "", now, "no certificate"},
      {one.chain, one.key.substr(0, 80), "", now, "no private key"},
      {one.chain.substr(0, one.chain.size() - 40), one.key, "", now, "damaged or not complete"},
      {one.chain + two.chain.substr(0, 100), one.key, "", now, "damaged or not complete"},
      {one.chain, one.key, "text", now, "among the roots"},
      {one.chain, one.key, "", now + absl::Hours(100), "has expired"},
      {one.chain, one.key, "", now - absl::Hours(100), "not valid yet"},
  };
  for (const auto& c : kCases) {
    const absl::Status status = CheckCertificates(c.chain, c.key, c.roots, c.time);
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr(c.expected));
  }
}

TEST(CertificateEnd, IsThatOfTheFirst) {
  Authority authority;
  const absl::Time end = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) + 3600);
  EXPECT_EQ(CertificateEnd(authority.Issue("a", end).chain + authority.root()).value(), end);
  EXPECT_THAT(CertificateEnd(""), ::testing::Not(IsOk()));
}

}  // namespace
}  // namespace linchpin::kit
