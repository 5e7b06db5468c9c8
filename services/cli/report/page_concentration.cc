// Concentration by dimension, foreign origin, and how well the facts are known.
#include <algorithm>
#include <cmath>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/trend_text.h"
#include "services/cli/report/bars.h"
#include "services/cli/report/html.h"
#include "services/cli/report/page_parts.h"
#include "services/cli/report/page_text.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int kAskedNamed = 3;

// "; 120 up since 2026-11-01".
std::string MovedText(const risk::Report& report, const risk::Concentration& figure) {
  for (const risk::ConcentrationSeries& series : report.concentration_history()) {
    if (series.dimension() != figure.dimension()) continue;
    const std::string trend = IndexTrendText(series.points(), figure.hhi());
    return trend.empty() ? "" : Cat({", ", trend});
  }
  return "";
}

std::string TitleOf(const risk::Report& report, const risk::Concentration& figure) {
  std::string largest = "nothing is known";
  for (const auto& group : figure.groups()) {
    if (group.key() == "unknown" || group.key() == "none") continue;
    largest = Cat({group.key(), " carries ",
                   FromTo(Percent(group.share_lower_ratio()), Percent(group.share_upper_ratio()))});
    break;
  }
  return Cat({"By ", DimensionText(figure.dimension()), ": ", largest, " of ",
              Counted(figure.population(), "application", "applications"), "; Herfindahl-Hirschman index ",
              FromTo(Grouped(std::llround(figure.hhi_lower())), Grouped(std::llround(figure.hhi_upper()))),
              " of 10,000", MovedText(report, figure)});
}

std::string FigureOf(const risk::Report& report, const risk::Concentration& figure) {
  std::vector<Bar> bars;
  std::vector<std::vector<std::string>> rows;
  for (const auto& group : figure.groups()) {
    const bool unknown = group.key() == "unknown";
    bars.push_back({group.key(), unknown ? 0 : group.share_lower_ratio(), unknown ? 0 : group.share_ratio(),
                    unknown ? group.share_ratio() : group.share_upper_ratio(), Percent(group.share_ratio())});
    rows.push_back({group.key(), Percent(group.share_ratio()), Percent(group.share_lower_ratio()),
                    Percent(group.share_upper_ratio())});
  }
  if (bars.empty()) return "";
  const std::string title = TitleOf(report, figure);
  const std::string note = figure.group_count() > figure.groups_size()
                               ? Cat({"The largest ", std::to_string(figure.groups_size()), " of ",
                                      Grouped(figure.group_count()), " groups."})
                               : "";
  return Figure(title, BarChart(bars, title), HtmlTable({"Group", "Share", "At least", "At most"}, rows),
                note);
}

std::string Foreign(const risk::Report& report) {
  const risk::ForeignShare& foreign = report.concentration().foreign();
  if (foreign.home().empty()) return "";
  return Paragraph(
      Cat({"Foreign to ", base::JoinNames({foreign.home().begin(), foreign.home().end()}, 12), ": ",
           FromTo(Percent(foreign.foreign_share_lower_ratio()), Percent(foreign.foreign_share_upper_ratio())),
           " of the weight rests on models of foreign origin or made from such."}));
}

// "host of deployments/a (and 3 more)".
std::string FactText(const risk::Question& question) {
  std::string field = question.field();
  std::replace(field.begin(), field.end(), '_', ' ');
  return Cat({field, " of ", question.resource(),
              question.also_count() > 0 ? Cat({" (and ", Grouped(question.also_count()), " more)"}) : ""});
}

// What to ask first.
std::string Questions(const risk::ListOpenQuestionsResponse& response) {
  if (response.questions().empty()) return "";
  std::vector<Bar> bars;
  std::vector<std::vector<std::string>> rows;
  double together = 0;
  for (const risk::Question& question : response.questions()) {
    const double share = question.gap_share_ratio();
    together += share;
    bars.push_back({FactText(question), share, share, share, Percent(share)});
    rows.push_back(
        {FactText(question), Percent(share), Grouped(question.consumer_count()),
         Grouped(question.decided_consumer_count()),
         base::JoinNames({question.likely_values().begin(), question.likely_values().end()}, kAskedNamed)});
  }
  const std::string title = Cat({"Ask first for the ", FactText(response.questions(0)), ": it carries ",
                                 Percent(response.questions(0).gap_share_ratio()), " of all that is open"});
  const std::string note = Cat({"Share of what lies between proven and not excluded, over all losses; these ",
                                std::to_string(response.questions_size()), " of ",
                                Counted(response.question_count(), "open question", "open questions"),
                                " carry ", Percent(together), "."});
  return Figure(
      title, ShareBars(bars, title),
      HtmlTable({"Fact", "Share of what is open", "Consumers", "Decided by it alone", "Probably"}, rows),
      note);
}

}  // namespace

std::string ConcentrationPart(const ReportData& data) {
  std::string body = Foreign(data.risk);
  for (const risk::Concentration& figure : data.risk.concentration().concentrations())
    body += FigureOf(data.risk, figure);
  return body.empty() ? Paragraph("No weight rests on anything yet.") : body;
}

std::string QualityPart(const ReportData& data) {
  std::vector<PartBar> bars;
  std::vector<std::vector<std::string>> rows;
  double most = -1;
  std::string most_of;
  for (const risk::Concentration& figure : data.risk.concentration().concentrations()) {
    const double unknown = figure.unknown_share_ratio(), stated = 1 - figure.open_share_ratio(),
                 likely = figure.open_share_ratio() - unknown;
    if (figure.total_weight() == 0) continue;
    if (unknown > most) {
      most = unknown;
      most_of = DimensionText(figure.dimension());
    }
    bars.push_back({DimensionText(figure.dimension()), stated, likely, unknown, Percent(stated)});
    rows.push_back({DimensionText(figure.dimension()), Percent(stated), Percent(likely), Percent(unknown)});
  }
  const std::string questions = Questions(data.risk.questions());
  if (bars.empty()) return questions.empty() ? Paragraph("There is no fact to judge yet.") : questions;
  const std::string title =
      most <= 0
          ? "Every fact that these figures rest on is stated, or follows from what is"
          : Cat({"Least is known of the ", most_of, ": it is unknown for ", Percent(most), " of the weight"});
  return Figure(title, PartBars(bars, "stated", "likely", "unknown", title),
                HtmlTable({"Fact", "Stated", "Likely", "Unknown"}, rows),
                "Share of the weight of applications.") +
         questions;
}

}  // namespace linchpin::cli
