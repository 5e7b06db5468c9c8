#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/cli/report/bars.h"
#include "services/cli/report/heat_map.h"
#include "services/cli/report/html.h"
#include "services/cli/report/lanes.h"
#include "services/cli/report/line_chart.h"
#include "services/cli/report/page_text.h"
#include "services/cli/report/pdf.h"
#include "services/cli/report/report_data.h"
#include "services/cli/report/report_page.h"
#include "services/cli/report/sankey.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// One vendor whose exit stops 2 of 3 applications for certain, and may stop the third.
ReportData Data() {
  ReportData data;
  risk::Report& report = data.risk;
  report.mutable_report_time()->set_seconds(1'796'040'000);  // 2026-11-30.
  report.set_application_count(3);
  report.set_business_service_count(1);
  risk::ReportEvent& event = *report.add_events();
  event.mutable_impact()->set_key("vendor:big");
  event.mutable_impact()->mutable_sustained()->mutable_proven()->set_index_ppm(400'000);
  event.mutable_impact()->mutable_sustained()->mutable_likely()->set_index_ppm(400'000);
  event.mutable_impact()->mutable_sustained()->mutable_not_excluded()->set_index_ppm(700'000);
  event.mutable_impact()->add_consumers("applications/<b>bold</b>");
  risk::Cutoff& cutoff = *event.mutable_scenario()->add_cutoffs();
  cutoff.set_type(risk::Cutoff::TYPE_VENDOR_EXIT);
  cutoff.set_target("vendors/big");
  risk::SimulateCutoffResponse& outcome = *event.mutable_outcome();
  outcome.mutable_horizon()->set_seconds(7 * 86'400);
  outcome.set_application_count(3);
  outcome.set_business_service_count(1);
  outcome.mutable_proven()->set_stopped_applications(2);
  outcome.mutable_not_excluded()->set_stopped_applications(3);
  outcome.mutable_proven()->set_peak_index_ppm(500'000);
  outcome.mutable_not_excluded()->set_peak_index_ppm(500'000);
  report.mutable_scores()->mutable_portfolio()->mutable_likely()->set_score(12.3);
  report.mutable_scores()->mutable_portfolio()->mutable_proven()->set_score(10);
  report.mutable_scores()->mutable_portfolio()->mutable_not_excluded()->set_score(40);
  report.mutable_scores()->mutable_basis()->set_application_count(3);
  return data;
}

TEST(BoardSentence, HasItsDenominatorItsRangeAndItsDate) {
  EXPECT_EQ(BoardSentence(Data()),
            "On 2026-11-30: if vendors/big exits, 2 to 3 of 3 applications and 0 of 1 business service stop "
            "within 7d, "
            "and 50.0% of the service, by criticality, is lost at the worst moment.");
}

TEST(BoardSentence, SaysWhenNothingIsHit) {
  ReportData data = Data();
  data.risk.clear_events();
  EXPECT_THAT(BoardSentence(data), HasSubstr("hits any of 3 applications"));
}

TEST(ReportPage, EscapesWhatItTells) {
  const std::string page = ReportPage(Data());
  EXPECT_THAT(page, HasSubstr("applications/&lt;b&gt;bold&lt;/b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<b>bold")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("<b>12.3</b><span>risk score of 100 (10.0 to 40.0)"));
  EXPECT_EQ(page, ReportPage(Data()));
}

TEST(ReportPage, SaysWhomItCounts) {
  ReportData data = Data();
  risk::ConsumerSelection& selection = *data.risk.mutable_selection();
  selection.set_description("tier 1");
  selection.set_application_count(3);
  selection.set_undecided_count(1);
  selection.add_undecided_consumers("applications/open");
  EXPECT_THAT(
      ReportPage(data),
      HasSubstr("Counted: tier 1: 3 applications and 0 business services; of 1 more (applications/open) an "
                "absent field leaves it open"));
}

TEST(Escaped, LeavesNoMarkThatTurnsTheText) {
  EXPECT_EQ(Escaped("a\u202eb\u2066c <&>'\""), "abc &lt;&amp;&gt;&#39;&quot;");
}

TEST(BarChart, TellsReadingsApartWithoutColour) {
  const std::string chart = BarChart({{"a \"b\"", 0.25, 0.5, 1, "25%"}}, "a summary");
  EXPECT_THAT(chart, HasSubstr("aria-label=\"a summary\""));
  EXPECT_THAT(chart, HasSubstr("a &quot;b&quot;"));
  EXPECT_THAT(chart, HasSubstr("class=\"p\" x=\"0%\" y=\"2\" width=\"25%\""));
  EXPECT_THAT(chart, HasSubstr("class=\"k\" x=\"25%\" y=\"2\" width=\"25%\""));
  EXPECT_THAT(chart, HasSubstr("class=\"o\" x=\"50%\" y=\"2\" width=\"50%\""));
}

TEST(BarChart, StaysWithinItsFrame) {
  EXPECT_THAT(BarChart({{"a", 2, -1, 0.5, ""}}, ""),
              HasSubstr("class=\"p\" x=\"0%\" y=\"2\" width=\"100%\""));
}

FlowPicture Flow() {
  FlowPicture flow;
  flow.layers = {"Loss", "Applications"};
  flow.nodes = {{"gone", "n", 0}, {"first", "s", 1}, {std::string(80, 'x') + "end", "r", 1}};
  flow.links = {{0, 1, 3}, {0, 2, 1}};
  return flow;
}

TEST(Sankey, DrawsEachFlowAsWideAsItIs) {
  const std::string svg = Sankey(Flow(), "a summary");
  // Four applications are 220 pixels high: the node of three is 165, that of one 55.
  EXPECT_THAT(svg, HasSubstr("class=\"n\" x=\"0\" y=\"22\" width=\"10\" height=\"220\""));
  EXPECT_THAT(svg, HasSubstr("class=\"s\" x=\"328\" y=\"22\" width=\"10\" height=\"165\""));
  EXPECT_THAT(svg, HasSubstr("class=\"r\" x=\"328\" y=\"191\" width=\"10\" height=\"55\""));
  EXPECT_THAT(
      svg, HasSubstr("class=\"flow s\" d=\"M10 22C169 22 169 22 328 22L328 187C169 187 169 187 10 187Z\""));
}

TEST(Sankey, KeepsTheEndOfALongName) {
  const std::string svg = Sankey(Flow(), "");
  EXPECT_THAT(svg, HasSubstr("xxxend</text>"));
  EXPECT_THAT(svg, HasSubstr(">…xxx"));
  EXPECT_THAT(svg, Not(HasSubstr(std::string(60, 'x'))));
}

TEST(HeatMap, TellsTheNumberWithTheColour) {
  const std::string table = HeatMap("Service", {"first scenario", "second"},
                                    {{"pay", {{0.5, 0.5, true}, {0.004, 0.2, false}}}}, "caption");
  EXPECT_THAT(table, HasSubstr("<td class=\"h3 beyond\">50!</td>"));
  EXPECT_THAT(table, HasSubstr("<td class=\"h1\">&lt;1<small>≤20</small></td>"));
  EXPECT_THAT(table, HasSubstr("<li><bdi>second</bdi></li>"));
}

TEST(Lanes, MarkWholeDays) {
  const std::string lanes = Lanes({{"a", {{0, 0.5, "s"}}}}, 7 * 86'400, "");
  EXPECT_THAT(lanes, HasSubstr("class=\"s\" x=\"0%\" y=\"2\" width=\"50%\""));
  EXPECT_THAT(lanes, HasSubstr("left:14.29%\">1d</span>"));
  EXPECT_THAT(lanes, HasSubstr("left:100%\">7d</span>"));
}

TEST(LineChart, HoldsAStepUpToTheNextPoint) {
  LineChart chart{"day", "score", {}, {}, {{"lp", "proven", {{0, 0.5}, {1, 1}}, true}}};
  EXPECT_THAT(Drawn(chart, ""), HasSubstr("class=\"line lp\" d=\"M0 150L1000 150L1000 0\""));
}

TEST(RoundSteps, EndAtOrAboveTheMost) {
  EXPECT_THAT(RoundSteps(0), ElementsAre(0, 1));
  EXPECT_THAT(RoundSteps(7.2), ElementsAre(0, 2, 4, 6, 8));
  EXPECT_THAT(RoundSteps(100), ElementsAre(0, 25, 50, 75, 100));
  for (double most = 0.001; most < 1e6; most *= 1.37) {
    const std::vector<double> steps = RoundSteps(most);
    EXPECT_GE(steps.back(), most);
    EXPECT_GE(steps.size(), 3u) << most;
    EXPECT_LE(steps.size(), 6u) << most;
  }
}

TEST(ShortMoney, HasThreeDigits) {
  EXPECT_EQ(ShortMoney(0, "EUR"), "EUR 0");
  EXPECT_EQ(ShortMoney(123'456'789, "EUR"), "EUR 1.23 m");
  EXPECT_EQ(ShortMoney(99'996'00, "EUR"), "EUR 100 k");
  EXPECT_EQ(ShortMoney(1500, "JPY"), "JPY 1.50 k");
}

// A folder with a program called `chromium`, made of a script.
class PdfTest : public ::testing::Test {
 protected:
  PdfTest() {
    std::string name = (std::filesystem::temp_directory_path() / "linchpin-pdf-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~PdfTest() override { std::filesystem::remove_all(folder_); }
  void Install(const std::string& script) const {
    const std::string path = folder_ + "/chromium";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    chmod(path.c_str(), 0755);
  }
  std::string folder_;
};

constexpr char kFindFile[] = "for a in \"$@\"; do case $a in --print-to-pdf=*) file=${a#*=};; esac; done\n";

TEST_F(PdfTest, IsWhatTheBrowserPrints) {
  Install(std::string(kFindFile) + "for page; do :; done; echo \"%PDF of $(cat ${page#file://})\" > $file");
  const auto pdf = PrintToPdf("<p>page</p>", "/nowhere:" + folder_);
  ASSERT_TRUE(pdf.ok()) << pdf.status();
  EXPECT_EQ(*pdf, "%PDF of <p>page</p>\n");
}

TEST_F(PdfTest, NeedsABrowser) {
  const auto pdf = PrintToPdf("", folder_);
  EXPECT_EQ(base::ReasonOf(pdf.status()), "NO_BROWSER");
  EXPECT_THAT(std::string(pdf.status().message()), HasSubstr("install it, or write the page with `-o html`"));
}

TEST_F(PdfTest, IsRefusedWhereTheBrowserFails) {
  Install("exit 1");
  EXPECT_EQ(base::ReasonOf(PrintToPdf("", folder_).status()), "FILE_NOT_WRITABLE");
  Install(std::string(kFindFile) + "echo no PDF > $file");
  EXPECT_EQ(base::ReasonOf(PrintToPdf("", folder_).status()), "FILE_NOT_WRITABLE");
}

TEST_F(PdfTest, StopsABrowserThatHangs) {
  Install("sleep 600 & wait");
  EXPECT_EQ(base::ReasonOf(PrintToPdf("", folder_, absl::Milliseconds(100)).status()), "FILE_NOT_WRITABLE");
}

}  // namespace
}  // namespace linchpin::cli
