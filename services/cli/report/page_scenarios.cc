// What scenarios do to consumers, and what a year may cost.
#include <algorithm>
#include <cmath>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/report/heat_map.h"
#include "services/cli/report/html.h"
#include "services/cli/report/line_chart.h"
#include "services/cli/report/page_parts.h"
#include "services/cli/report/page_text.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using Matrix = risk::ScenarioMatrix;

std::string ColumnText(const Matrix::Column& column, const risk::Report& report) {
  for (const risk::ReportEvent& event : report.events()) {
    if (event.impact().key() == column.name())
      return Cat({EventText(event), ", over ", Span(column.horizon())});
  }
  return Cat({column.display_name().empty() ? column.name() : column.display_name(), ", over ",
              Span(column.horizon())});
}

// The cell that loses most.
struct Worst {
  int row = -1;
  int column = -1;
  int32_t ppm = 0;
};

Worst WorstOf(const Matrix& matrix) {
  Worst worst;
  for (int r = 0; r < matrix.rows_size(); ++r) {
    for (int c = 0; c < matrix.rows(r).cells_size(); ++c) {
      const int32_t ppm = matrix.rows(r).cells(c).likely_ppm();
      if (ppm > worst.ppm) worst = {r, c, ppm};
    }
  }
  return worst;
}

std::string MatrixTitle(const Matrix& matrix, const std::vector<std::string>& columns) {
  const Worst worst = WorstOf(matrix);
  if (worst.row < 0) return "No scenario is known or likely to impair any of them";
  return Cat({matrix.rows(worst.row).consumer(), " loses most: ", PercentOfPpm(worst.ppm),
              " of its service if ", columns[static_cast<size_t>(worst.column)]});
}

// --- Losses --------------------------------------------------------------------------------------------

constexpr int32_t kOneInTen = 900'000;

double ValueAt(const risk::LossFigures& figures, int32_t level) {
  for (const auto& value : figures.values_at_risk()) {
    if (value.level_ppm() == level) return static_cast<double>(value.value_minor());
  }
  return 0;
}

// A logarithmic axis between two losses, in whole powers of ten.
class LogAxis {
 public:
  LogAxis(double least, double most)
      : from_(std::floor(std::log10(std::max(1.0, least)))),
        to_(std::ceil(std::log10(std::max(10.0, most)))) {
    if (to_ <= from_) to_ = from_ + 1;
  }
  double At(double loss) const { return loss <= 0 ? 0 : (std::log10(loss) - from_) / (to_ - from_); }
  std::vector<Tick> Ticks(std::string_view currency) const {
    const double step = std::max(1.0, std::ceil((to_ - from_) / 4));
    std::vector<Tick> ticks;
    for (double power = from_; power <= to_ + 1e-9; power += step)
      ticks.push_back({(power - from_) / (to_ - from_), ShortMoney(std::pow(10, power), currency)});
    return ticks;
  }

 private:
  double from_, to_;
};

Curve CurveOf(const char* style, const char* name, const risk::LossFigures& figures, const LogAxis& axis,
              double y_most) {
  Curve curve{style, name, {}, true};
  for (const auto& point : figures.exceedance()) {
    if (point.loss_minor() < 0) continue;
    curve.points.emplace_back(axis.At(static_cast<double>(point.loss_minor())),
                              point.exceeded_ratio() / y_most);
  }
  return curve;
}

double LeastLoss(const risk::LossFigures& figures) {
  for (const auto& point : figures.exceedance()) {
    if (point.loss_minor() > 0) return static_cast<double>(point.loss_minor());
  }
  return 1e12;
}

std::string LossTable(const risk::LossResult& losses) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const char* name, const risk::LossFigures& figures) {
    const auto money = [&](double minor) { return Money(std::llround(minor), losses.currency()); };
    rows.push_back({name, money(figures.mean_minor()), money(2 * figures.standard_error_minor()),
                    Percent(figures.probability_of_loss_ratio()), money(ValueAt(figures, 900'000)),
                    money(ValueAt(figures, 950'000)), money(ValueAt(figures, 990'000))});
  };
  add("proven", losses.proven());
  add("likely", losses.likely());
  add("not excluded", losses.not_excluded());
  return HtmlTable({"Reading", "Mean of a year", "Give or take", "Years with a loss", "1 year in 10 above",
                    "1 in 20 above", "1 in 100 above"},
                   rows);
}

std::string CausesText(const risk::LossResult& losses) {
  std::vector<std::string> causes;
  for (const risk::LossCause& cause : losses.causes()) {
    if (causes.size() < 3 && cause.loss_share_ratio() >= 0.005)
      causes.push_back(Cat({AtomWords(cause.key()), " ", Percent(cause.loss_share_ratio())}));
  }
  return causes.empty() ? "" : Cat({" Largest parts of it: ", base::JoinNames(causes), "."});
}

std::string Curves(const risk::LossResult& losses) {
  const double least =
      std::min({LeastLoss(losses.proven()), LeastLoss(losses.likely()), LeastLoss(losses.not_excluded())});
  const double most = static_cast<double>(std::max(
      {losses.proven().max_minor(), losses.likely().max_minor(), losses.not_excluded().max_minor()}));
  const LogAxis axis(least, most);
  const double ratio =
      std::max({losses.proven().probability_of_loss_ratio(), losses.likely().probability_of_loss_ratio(),
                losses.not_excluded().probability_of_loss_ratio()});
  const std::vector<double> steps = RoundSteps(ratio * 100);
  LineChart chart{"loss of a year, logarithmic",
                  "Share of years that lose more, in percent",
                  axis.Ticks(losses.currency()),
                  {},
                  {}};
  for (const double step : steps) chart.y_ticks.push_back({step / steps.back(), Cat({Fixed(step, 1), "%"})});
  const double y_most = steps.back() / 100;
  chart.curves = {CurveOf("lp", "proven", losses.proven(), axis, y_most),
                  CurveOf("lk", "likely", losses.likely(), axis, y_most),
                  CurveOf("lo", "not excluded", losses.not_excluded(), axis, y_most)};
  const std::string title = Cat({"A year costs ", ShortMoney(losses.likely().mean_minor(), losses.currency()),
                                 " on average, and one year in ten more than ",
                                 ShortMoney(ValueAt(losses.likely(), kOneInTen), losses.currency())});
  const std::string note =
      Cat({Grouped(losses.trials()), " years drawn. ",
           Counted(losses.priced_consumers(), "consumer has", "consumers have"), " a price, ",
           Grouped(losses.unpriced_consumers()), " count as 0.", CausesText(losses)});
  return Figure(title, Drawn(chart, title), LossTable(losses), note);
}

}  // namespace

std::string ScenariosPart(const ReportData& data) {
  const Matrix& matrix = data.risk.matrix();
  if (matrix.rows().empty() || matrix.columns().empty())
    return Paragraph("No scenario applies to what is stated.");
  std::vector<std::string> columns;
  for (const Matrix::Column& column : matrix.columns()) columns.push_back(ColumnText(column, data.risk));
  std::vector<HeatRow> rows;
  for (const Matrix::Row& row : matrix.rows()) {
    HeatRow& heat = rows.emplace_back();
    heat.label = row.consumer().substr(row.consumer().rfind('/') + 1);
    for (const Matrix::Cell& cell : row.cells())
      heat.cells.push_back({cell.likely_ppm() / 1e6, cell.not_excluded_ppm() / 1e6, cell.beyond_tolerance()});
  }
  const std::string title = MatrixTitle(matrix, columns);
  const std::string note =
      Cat({"Percent of the service lost over the time of the scenario, likely; ≤: not excluded; !: stopped "
           "for longer than it tolerates. ",
           std::to_string(matrix.rows_size()), " of ",
           matrix.applications() ? Counted(matrix.row_count(), "application", "applications")
                                 : Counted(matrix.row_count(), "business service", "business services"),
           ", those that lose most",
           matrix.omitted_column_count() > 0
               ? Cat({"; ", Counted(matrix.omitted_column_count(), "scenario more is", "scenarios more are"),
                      " not shown."})
               : "."});
  return Figure(title,
                HeatMap(matrix.applications() ? "Application" : "Business service", columns, rows, title), "",
                note);
}

std::string LossesPart(const ReportData& data) {
  const risk::LossResult& losses = data.risk.losses();
  if (losses.priced_consumers() == 0) {
    return Paragraph(
        "No application or business service states what an hour without it costs, so no loss in money can be "
        "told. State `continuity.lossPerHourMinor`, that of tier 1 first.");
  }
  if (losses.not_excluded().max_minor() == 0)
    return Paragraph(
        Cat({"None of ", Grouped(losses.trials()), " years drawn lost anything that has a price."}));
  return Curves(losses);
}

}  // namespace linchpin::cli
