#include "services/resource/scalars.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "linchpin/inventory/v1/deployment.pb.h"

namespace linchpin::resource {
namespace {

TEST(ParseDuration, TakesOneUnit) {
  for (const auto& [text, seconds] :
       std::vector<std::pair<const char*, int64_t>>{{"0s", 0},
                                                    {"90s", 90},
                                                    {"15m", 900},
                                                    {"4h", 14400},
                                                    {"30d", 2592000},
                                                    {"2w", 1209600},
                                                    {"-5s", -5},
                                                    {"3652500d", 315576000000}}) {
    ASSERT_TRUE(ParseDuration(text)) << text;
    EXPECT_EQ(ParseDuration(text)->seconds(), seconds) << text;
  }
  EXPECT_EQ(ParseDuration("1.5s")->nanos(), 500000000);
  for (const char* text : {"", "s", "4", "4 h", "4H", "1h30m", "1.5h", "--1s", "3652501d",
                           "99999999999999999999s", "1.s", "+1s", "1y"}) {
    EXPECT_FALSE(ParseDuration(text)) << text;
  }
}

TEST(ParseTime, TakesRfc3339WithAnOffset) {
  for (const auto& [text, seconds] :
       std::vector<std::pair<const char*, int64_t>>{{"1970-01-01T00:00:00Z", 0},
                                                    {"2026-10-02T09:00:00Z", 1790931600},
                                                    {"2026-10-02T11:00:00+02:00", 1790931600},
                                                    {"2024-02-29T00:00:00z", 1709164800},
                                                    {"0001-01-01T00:00:00Z", -62135596800},
                                                    {"9999-12-31T23:59:59Z", 253402300799}}) {
    ASSERT_TRUE(ParseTime(text)) << text;
    EXPECT_EQ(ParseTime(text)->seconds(), seconds) << text;
  }
  EXPECT_EQ(ParseTime("1970-01-01T00:00:00.25Z")->nanos(), 250000000);
  for (const char* text :
       {"2026-10-02", "2026-10-02T09:00:00", "2026-10-02 09:00:00Z", "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "2026-10-02T24:00:00Z", "2026-10-02T09:00:60Z", "2026-10-02T09:00:00.Z",
        "2026-10-02T09:00:00+2:00", "9999-12-31T23:59:59-01:00", "x"}) {
    EXPECT_FALSE(ParseTime(text)) << text;
  }
}

TEST(FormatNumber, IsShortestAndNeverWhole) {
  EXPECT_EQ(FormatNumber(0.4), "0.4");
  EXPECT_EQ(FormatNumber(3), "3.0");
  EXPECT_EQ(FormatNumber(1e21), "1e+21");
}

TEST(EnumNames, DropThePrefixOfTheEnum) {
  const auto& type = *linchpin::inventory::v1::Deployment::HostingMode_descriptor();
  EXPECT_EQ(EnumShortName(*type.FindValueByName("HOSTING_MODE_SELF_HOSTED")), "SELF_HOSTED");
  EXPECT_EQ(FindEnumValue(type, "SELF_HOSTED"), FindEnumValue(type, "HOSTING_MODE_SELF_HOSTED"));
  EXPECT_EQ(FindEnumValue(type, "self_hosted"), nullptr);
}

}  // namespace
}  // namespace linchpin::resource
