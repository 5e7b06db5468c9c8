#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/report/html.h"
#include "services/cli/report/report_data.h"
#include "services/cli/report/report_page.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::HasSubstr;
using testing::Not;

// One vendor whose exit stops 2 of 3 applications.
ReportData Data() {
  ReportData data;
  data.date = "2026-11-30";
  auto& atom = *data.sweep.add_atoms();
  atom.set_key("vendor:big");
  atom.mutable_sustained()->mutable_best()->set_index_ppm(400'000);
  atom.mutable_sustained()->mutable_best()->set_impacted(2);
  atom.add_consumers("applications/<b>bold</b>");
  risk::SimulateCutoffResponse& worst = data.worst.emplace();
  worst.mutable_horizon()->set_seconds(7 * 86'400);
  worst.set_application_count(3);
  worst.set_business_service_count(1);
  worst.mutable_best()->set_stopped_applications(2);
  worst.mutable_best()->set_impacted_applications(2);
  worst.mutable_likely()->set_impacted_applications(2);
  worst.mutable_worst()->set_impacted_applications(3);
  worst.mutable_best()->set_peak_index_ppm(500'000);
  data.scores.mutable_portfolio()->mutable_likely()->set_score(12.3);
  data.scores.mutable_basis()->set_application_count(3);
  return data;
}

TEST(BoardSentence, HasItsDenominatorAndItsRange) {
  EXPECT_EQ(BoardSentence(Data()),
            "If vendors/big exits, 2 of 3 applications and 0 of 1 business service stop within 7d; 50.0% of "
            "the service, by "
            "criticality, is lost at the worst moment. A hit cannot be excluded for 1 more application.");
}

TEST(BoardSentence, SaysWhenNothingIsCertain) {
  ReportData data = Data();
  data.worst.reset();
  EXPECT_THAT(BoardSentence(data), HasSubstr("certainly stops any of 3 applications."));
}

TEST(ReportPage, EscapesWhatItTells) {
  const std::string page = ReportPage(Data());
  EXPECT_THAT(page, HasSubstr("applications/&lt;b&gt;bold&lt;/b&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<b>bold")));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("<b>12.3</b> of 100"));
  EXPECT_EQ(page, ReportPage(Data()));
}

TEST(BarChart, TellsReadingsApartWithoutColour) {
  const std::string chart = BarChart({{"a \"b\"", 0.25, 0.5, 1, "25%"}}, "a summary");
  EXPECT_THAT(chart, HasSubstr("aria-label=\"a summary\""));
  EXPECT_THAT(chart, HasSubstr("a &quot;b&quot;"));
  EXPECT_THAT(chart, HasSubstr("class=\"p\" x=\"250.0\""));
  EXPECT_THAT(chart, HasSubstr("class=\"l\" x=\"332.5\""));
  EXPECT_THAT(chart, HasSubstr("class=\"o\" x=\"415.0\""));
}

TEST(CutoffOfAtom, ReadsEveryClassAndNothingElse) {
  EXPECT_EQ(CutoffOfAtom("vendor:openai")->target(), "vendors/openai");
  EXPECT_EQ(CutoffOfAtom("host:x")->type(), risk::Cutoff::TYPE_CLOUD_FAILURE);
  EXPECT_EQ(CutoffOfAtom("weights:CN")->country(), "CN");
  EXPECT_EQ(CutoffOfAtom("services:US")->type(), risk::Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF);
  EXPECT_FALSE(CutoffOfAtom("nothing").has_value());
}

}  // namespace
}  // namespace linchpin::cli
