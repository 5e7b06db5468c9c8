// The score of the portfolio: what it is made of, how it has moved, who is exposed most.
#include <algorithm>
#include <cmath>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/score_text.h"
#include "services/cli/report/bars.h"
#include "services/cli/report/html.h"
#include "services/cli/report/line_chart.h"
#include "services/cli/report/page_parts.h"
#include "services/cli/report/page_text.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int kScoresShown = 5;
constexpr int64_t kDay = 86'400;

// Bars of points, stretched to the largest.
class PointBars {
 public:
  void Add(const std::string& label, const risk::ScorePoints& points) {
    rows_.emplace_back(label, points);
    most_ = std::max({most_, points.proven(), points.likely(), points.not_excluded()});
  }
  std::string Draw(std::string_view title) const {
    std::vector<Bar> bars;
    for (const auto& [label, points] : rows_) {
      bars.push_back({label, Share(points.proven()), Share(points.likely()), Share(points.not_excluded()),
                      Points(points.likely())});
    }
    return BarChart(bars, title);
  }
  std::string Table(const std::string& head) const {
    std::vector<std::vector<std::string>> rows;
    for (const auto& [label, points] : rows_)
      rows.push_back(
          {label, Points(points.proven()), Points(points.likely()), Points(points.not_excluded())});
    return HtmlTable({head, "Proven", "Likely", "Not excluded"}, rows);
  }

 private:
  double Share(double points) const { return most_ > 0 ? points / most_ : 0; }

  std::vector<std::pair<std::string, risk::ScorePoints>> rows_;
  double most_ = 0;
};

std::string Parts(const risk::Report& report) {
  const risk::ExplainScoreResponse& portfolio = report.portfolio();
  if (portfolio.contributions().empty())
    return Paragraph("No single loss takes an application beyond the downtime that it tolerates.");
  PointBars bars;
  for (const risk::Contribution& contribution : portfolio.contributions())
    bars.Add(AtomWords(contribution.atom()), contribution.points());
  const int64_t left = portfolio.contribution_count() - portfolio.contributions_size();
  if (left > 0) bars.Add(Cat({"all ", Grouped(left), " others"}), portfolio.other());
  const risk::Contribution& first = portfolio.contributions(0);
  const std::string title =
      Cat({"Of the ", Points(Shown(portfolio.score())), " points, ", Points(first.points().likely()),
           " come from the loss of ", AtomWords(first.atom())});
  return Figure(title, bars.Draw(title), bars.Table("Loss"),
                "Points of the score; they add up to it. The longest bar is the largest part.");
}

// Ticks at the first, the middle and the last day.
std::vector<Tick> DayTicks(int64_t from, int64_t to) {
  std::vector<Tick> ticks;
  for (const double at : {0.0, 0.5, 1.0}) {
    google::protobuf::Timestamp time;
    time.set_seconds(from + static_cast<int64_t>(at * static_cast<double>(to - from)));
    ticks.push_back({at, DayText(time)});
  }
  return ticks;
}

std::string Trend(const risk::Report& report) {
  const auto& points = report.score_history();
  if (report.has_selection()) return "";  // History is of all.
  const int64_t from = points.empty() ? 0 : points.begin()->score_time().seconds(),
                to = points.empty() ? 0 : points.rbegin()->score_time().seconds();
  if (from / kDay == to / kDay) {
    return Paragraph(points.empty() ? "There is no history of the score yet."
                                    : Cat({"History began on ", DayText(points.begin()->score_time()),
                                           "; a trend takes two days."}),
                     "soft");
  }
  double most = 0;
  for (const risk::ScorePoint& point : points) most = std::max(most, point.score().not_excluded());
  const std::vector<double> steps = RoundSteps(most);
  LineChart chart{"day", "Score of the portfolio, 0 to 100", DayTicks(from, to), {}, {}};
  for (const double step : steps) chart.y_ticks.push_back({step / steps.back(), Fixed(step, 1)});
  chart.curves = {{"lp", "proven", {}, true}, {"lk", "likely", {}, true}, {"lo", "not excluded", {}, true}};
  std::vector<std::vector<std::string>> rows;
  for (const risk::ScorePoint& point : points) {
    const double x =
        static_cast<double>(point.score_time().seconds() - from) / static_cast<double>(to - from);
    const double values[] = {point.score().proven(), point.score().likely(), point.score().not_excluded()};
    for (size_t i = 0; i < chart.curves.size(); ++i)
      chart.curves[i].points.emplace_back(x, values[i] / steps.back());
    rows.push_back({DayText(point.score_time()), Points(values[0]), Points(values[1]), Points(values[2])});
  }
  const double move = points.rbegin()->score().likely() - points.begin()->score().likely();
  const std::string title = Cat({"Since ", DayText(points.begin()->score_time()), " the score has ",
                                 move >= 0.05    ? "risen by "
                                 : move <= -0.05 ? "fallen by "
                                                 : "moved by ",
                                 Points(std::abs(move)), " points"});
  return Figure(title, Drawn(chart, title), HtmlTable({"Day", "Proven", "Likely", "Not excluded"}, rows));
}

std::string Exposed(const risk::Report& report) {
  std::vector<Bar> bars;
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i < std::min(kScoresShown, report.scores().scores_size()); ++i) {
    const risk::Score& score = report.scores().scores(i);
    bars.push_back({score.name(), score.proven().score() / 100, score.likely().score() / 100,
                    score.not_excluded().score() / 100, Points(Shown(score))});
    rows.push_back({score.name(), Points(score.proven().score()), Points(score.likely().score()),
                    Points(score.not_excluded().score()), DriversText(score)});
  }
  if (bars.empty()) return "";
  const risk::Score& first = report.scores().scores(0);
  const std::string title =
      Cat({first.name(), " is exposed most",
           first.drivers().empty() ? "" : Cat({", to the loss of ", AtomWords(first.drivers(0).atom())})});
  const std::string note =
      Cat({"Chance in percent within a year; the ", std::to_string(bars.size()), " highest of ",
           Counted(report.scores().total_size(), "application", "applications"), "."});
  return Figure(title, BarChart(bars, title),
                HtmlTable({"Application", "Proven", "Likely", "Not excluded", "Driven by"}, rows), note);
}

}  // namespace

std::string ScorePart(const ReportData& data) {
  const risk::ScoreBasis& basis = data.risk.scores().basis();
  return Cat(
      {Paragraph(Cat({"The score is the chance in percent that within a year a supply cutoff takes an "
                      "application beyond the downtime that it tolerates, over ",
                      Counted(basis.application_count(), "application", "applications"),
                      " by criticality. It falls when a dependency gets a fallback that the same loss does "
                      "not take."})),
       Parts(data.risk), Trend(data.risk), Exposed(data.risk)});
}

}  // namespace linchpin::cli
