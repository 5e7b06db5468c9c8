#include "services/cli/print/table.h"

#include <sstream>

#include "gtest/gtest.h"
#include "services/cli/print/unified_diff.h"

namespace linchpin::cli {
namespace {

Table Example() {
  Table table({{"NAME", false, true}, {"COUNT", true}, {"NOTE"}});
  table.Add({"vendors/a", "5", ""});
  table.Add({"vendors/a-rather-long-name", "12345", "x"});
  return table;
}

TEST(Table, AlignsWithTwoSpacesAndNoTrailingOnes) {
  std::ostringstream out;
  Example().Print(out, true, false);
  EXPECT_EQ(out.str(),
            "NAME                        COUNT  NOTE\n"
            "vendors/a                       5\n"
            "vendors/a-rather-long-name  12345  x\n");
}

TEST(Table, CutsTheElasticColumnToTheWidth) {
  std::ostringstream out;
  Example().Print(out, false, false, 32);
  EXPECT_EQ(out.str(),
            "vendors/a                   5\n"
            "vendors/a-rather-lon..  12345  x\n");
}

TEST(Table, DropsColumnsBeforeItCuts) {
  Table table({{"NAME", false, true}, {"A", false, false, 1}, {"B", false, false, 2}});
  table.Add({"a-name-of-twenty-byte", "aaaaaaaa", "bbbbbbbb"});
  std::ostringstream wide, middle, narrow;
  table.Print(wide, false, false, 41);
  table.Print(middle, false, false, 40);
  table.Print(narrow, false, false, 18);
  EXPECT_EQ(wide.str(), "a-name-of-twenty-byte  aaaaaaaa  bbbbbbbb\n");
  EXPECT_EQ(middle.str(), "a-name-of-twenty-byte  aaaaaaaa\n");
  EXPECT_EQ(narrow.str(), "a-name-of-twenty..\n");
}

TEST(Table, GoesOnWithProseInFurtherLines) {
  Table table({{"A"}, {"WHAT", false, true}, {"B", true}});
  table.Add({"x", "a model of 20 letters/and-a-long-name-behind-it", "7"});
  std::ostringstream out;
  table.Print(out, true, false, 38, 2);
  EXPECT_EQ(out.str(),
            "  A  WHAT                            B\n"
            "  x  a model of 20                   7\n"
            "     letters/\n"
            "     and-a-long-name-behind-it\n");
}

TEST(Table, LeavesNoColumnOutForProseThatHasRoom) {
  Table table({{"RULE", false, false, 1}, {"WHAT", false, true}});
  table.Add({"r", std::string(70, 'a') + " " + std::string(10, 'b')});
  std::ostringstream wide, narrow;
  table.Print(wide, false, false, 75);
  table.Print(narrow, false, false, 60);
  EXPECT_EQ(wide.str(), "r  " + std::string(70, 'a') + "\n   bbbbbbbbbb\n");
  EXPECT_EQ(narrow.str(), std::string(60, 'a') + "\n" + std::string(10, 'a') + " bbbbbbbbbb\n");
}

TEST(Table, CountsColumnsAndDropsControlCharacters) {
  EXPECT_EQ(WidthOf("\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80"), 5u);
  EXPECT_EQ(Clean("a\x1b[31mb\n\xE2\x80\xAEx"), "a [31mb  x");
  EXPECT_EQ(Painted("x", Paint::kRed, true), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(Painted("x", Paint::kRed, false), "x");
}

TEST(Table, WritesCsvThatTerminalsDoNotObey) {
  Table table({{"NAME"}, {"N"}});
  table.Add({"Two\nlines \x1b[31mred\tTab \xc2\x9b", "1"});
  std::ostringstream out;
  table.PrintCsv(out, false);
  EXPECT_EQ(out.str(), "\"Two\nlines \\x1b[31mred\tTab \\x9b\",1\r\n");
}

TEST(Table, WritesCsvThatSpreadsheetsDoNotRun) {
  Table table({{"A B"}, {"C"}});
  table.Add({"x,\"y\"", "=cmd()"});
  std::ostringstream out;
  table.PrintCsv(out, true);
  EXPECT_EQ(out.str(), "a_b,c\r\n\"x,\"\"y\"\"\",'=cmd()\r\n");
}

TEST(UnifiedDiff, ShowsHunksWithContext) {
  EXPECT_EQ(UnifiedDiff("a", "x\n", "b", "x\n"), "");
  EXPECT_EQ(
      UnifiedDiff("a", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "b",
                  "1\nX\n3\n4\n5\n6\n7\n8\n9\n10\n11\nY\n"),
      "--- a\n+++ b\n@@ -1,5 +1,5 @@\n 1\n-2\n+X\n 3\n 4\n 5\n@@ -9,4 +9,4 @@\n 9\n 10\n 11\n-12\n+Y\n");
  EXPECT_EQ(UnifiedDiff("/dev/null", "", "b", "1\n2\n"), "--- /dev/null\n+++ b\n@@ -0,0 +1,2 @@\n+1\n+2\n");
}

}  // namespace
}  // namespace linchpin::cli
