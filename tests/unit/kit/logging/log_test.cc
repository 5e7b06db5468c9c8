#include "services/kit/logging/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <type_traits>
#include <vector>

#include "services/kit/config/secret.h"

namespace linchpin::kit {
namespace {

std::string Line(std::string_view message, std::vector<LogField> fields = {}) {
  return FormatLogLine("T", LogLevel::kInfo, message, fields);
}

TEST(Log, WritesOneObjectALine) {
  EXPECT_EQ(Line("hello", {{"a", "b"}, {"n", 5}, {"x", 0.5}, {"t", true}}),
            R"({"ts":"T","level":"info","msg":"hello","a":"b","n":5,"x":0.5,"t":true})");
}

TEST(Log, NoValueCanForgeALine) {
  const struct {
    std::string value;
    std::string expected;
  } kCases[] = {
      {"a\nb", "a\\u000ab"},
      {"a\"b\\", "a\\\"b\\\\"},
      {"\x1b[31m", "\\u001b[31m"},
      {"\x7f", "\\u007f"},
      {"\xc2\x85", "\\u0085"},
      {"\xe2\x80\xa8", "\\u2028"},
      {"\xe2\x80\xae", "\\u202e"},
      {"\xff\xfe", "\\ufffd\\ufffd"},
      {"\xc0\xaf", "\\ufffd\\ufffd"},
      {"\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},
      {"\xe2\x82\xac", "\xe2\x82\xac"},
      {std::string("a\0b", 3), "a\\u0000b"},
      {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
  };
  for (const auto& c : kCases)
    EXPECT_EQ(Line(c.value), R"({"ts":"T","level":"info","msg":")" + c.expected + "\"}");
}

TEST(Log, LengthIsBounded) {
  EXPECT_LT(Line(std::string(1 << 20, 'x')).size(), 5000u);
  const std::string value(4000, 'x');
  std::vector<LogField> many;
  for (int i = 0; i < 100; ++i) many.emplace_back("k", value);
  const std::string line = Line("m", many);
  EXPECT_LT(line.size(), 17000u);
  EXPECT_TRUE(line.ends_with(",\"cut\":true}"));
}

TEST(Log, DropsWhatIsBelowItsLevel) {
  std::vector<std::string> lines;
  Log log(LogLevel::kWarning, [&](std::string_view line) { lines.emplace_back(line); });
  log.Info("quiet");
  log.Error("loud");
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], ::testing::HasSubstr("\"loud\""));
  EXPECT_TRUE(lines[0].ends_with("}\n"));
}

template <typename T>
concept Streams = requires(std::ostream& out, const T& value) {
  out << value;
};

TEST(Secret, CannotBePrintedOrLogged) {
  static_assert(Streams<std::string>);
  static_assert(!Streams<Secret>);
  static_assert(!std::is_constructible_v<LogField, const char*, Secret>);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  EXPECT_EQ(Secret("x").Reveal(), "x");
}

}  // namespace
}  // namespace linchpin::kit
