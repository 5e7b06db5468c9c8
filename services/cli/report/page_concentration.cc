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

std::string AskFirst(const risk::Concentration& figure) {
  for (const auto& group : figure.groups()) {
    if (group.key() == "unknown")
      return base::JoinNames({group.unknown_through().begin(), group.unknown_through().end()}, kAskedNamed);
  }
  return "";
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
    const double unknown = figure.unknown_share_ratio(), stated = 1 - unknown;
    if (figure.total_weight() == 0) continue;
    if (unknown > most) {
      most = unknown;
      most_of = DimensionText(figure.dimension());
    }
    bars.push_back({DimensionText(figure.dimension()), stated, 0, unknown, Percent(stated)});
    rows.push_back(
        {DimensionText(figure.dimension()), Percent(stated), Percent(0), Percent(unknown), AskFirst(figure)});
  }
  if (bars.empty()) return Paragraph("There is no fact to judge yet.");
  const std::string title =
      most <= 0
          ? "Every fact that these figures rest on is stated, or follows from what is"
          : Cat({"Least is known of the ", most_of, ": it is unknown for ", Percent(most), " of the weight"});
  return Figure(title, PartBars(bars, "stated", "likely", "unknown", title),
                HtmlTable({"Fact", "Stated", "Likely", "Unknown", "Ask first about"}, rows),
                "Share of the weight of applications.");
}

}  // namespace linchpin::cli
