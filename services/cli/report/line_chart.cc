#include "services/cli/report/line_chart.h"

#include <algorithm>
#include <cmath>

#include "services/base/text.h"
#include "services/cli/report/html.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr double kWidth = 1000, kHeight = 300;  // Of the plane, which stretches.

std::string Place(double x, double y) {
  return Cat(
      {Number(std::clamp(x, 0.0, 1.0) * kWidth), " ", Number((1 - std::clamp(y, 0.0, 1.0)) * kHeight)});
}

std::string Path(const Curve& curve) {
  std::string path;
  for (size_t i = 0; i < curve.points.size(); ++i) {
    const auto& [x, y] = curve.points[i];
    if (i > 0 && curve.steps) path += Cat({"L", Place(x, curve.points[i - 1].second)});
    path += Cat({i == 0 ? "M" : "L", Place(x, y)});
  }
  return path;
}

std::string Line(const char* style, double x1, double y1, double x2, double y2) {
  return Cat({"<line class=\"", style, "\" x1=\"", Number(x1), "\" y1=\"", Number(y1), "\" x2=\"", Number(x2),
              "\" y2=\"", Number(y2), "\"/>"});
}

std::string Plane(const LineChart& chart, std::string_view summary) {
  std::string svg = Cat({"<svg role=\"img\" aria-label=\"", Escaped(summary), "\" viewBox=\"0 0 ",
                         Number(kWidth), " ", Number(kHeight), "\" preserveAspectRatio=\"none\">"});
  for (const Tick& tick : chart.y_ticks)
    svg += Line("grid", 0, (1 - tick.at) * kHeight, kWidth, (1 - tick.at) * kHeight);
  for (const Tick& tick : chart.x_ticks) svg += Line("grid", tick.at * kWidth, 0, tick.at * kWidth, kHeight);
  svg += Line("axis", 0, kHeight, kWidth, kHeight);
  svg += Line("axis", 0, 0, 0, kHeight);
  for (const Curve& curve : chart.curves)
    svg += Cat({"<path class=\"line ", curve.style, "\" d=\"", Path(curve), "\"/>"});
  return svg + "</svg>";
}

}  // namespace

std::string Drawn(const LineChart& chart, std::string_view summary) {
  std::vector<LegendEntry> legend;
  for (const Curve& curve : chart.curves) legend.push_back({Cat({"line ", curve.style}), curve.name});
  std::string y, x;
  for (const Tick& tick : chart.y_ticks)
    y += Cat({"<span style=\"top:", Number((1 - tick.at) * 100), "%\">", Escaped(tick.text), "</span>"});
  for (const Tick& tick : chart.x_ticks)
    x += Cat({"<span style=\"left:", Number(tick.at * 100), "%\">", Escaped(tick.text), "</span>"});
  return Cat({Legend(legend), Paragraph(Cat({chart.y_title, ", against ", chart.x_title}), "soft small"),
              "<div class=\"plot\"><div class=\"y\">", y, "</div>", Plane(chart, summary),
              "<div class=\"x\">", x, "</div></div>\n"});
}

std::vector<double> RoundSteps(double max) {
  if (max <= 0) return {0, 1};
  const double raw = max / 4, magnitude = std::pow(10, std::floor(std::log10(raw)));
  double step = 10 * magnitude;
  for (const double nice : {1.0, 2.0, 2.5, 5.0}) {
    if (nice * magnitude >= raw) {
      step = nice * magnitude;
      break;
    }
  }
  std::vector<double> values;
  for (int i = 0; values.empty() || values.back() < max; ++i) values.push_back(i * step);
  return values;
}

}  // namespace linchpin::cli
