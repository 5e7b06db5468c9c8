#include "services/cli/report/bars.h"

#include <algorithm>

#include "services/base/text.h"
#include "services/cli/report/html.h"

namespace linchpin::cli {
namespace {

using base::Cat;

// In percent of the width.
std::string Rectangle(const char* style, double from, double to) {
  if (to <= from) return "";
  return Cat({"<rect class=\"", style, "\" x=\"", Number(from * 100), "%\" y=\"2\" width=\"",
              Number((to - from) * 100), "%\" height=\"14\"/>"});
}

std::string Row(const std::string& label, const std::string& value, double a, double b, double c) {
  const double first = std::clamp(a, 0.0, 1.0), second = std::clamp(b, first, 1.0),
               third = std::clamp(c, second, 1.0);
  return Cat({"<span class=\"l\"><bdi>", Escaped(label),
              "</bdi></span><svg height=\"18\" aria-hidden=\"true\">",
              "<line class=\"base\" x1=\"0\" y1=\"17\" x2=\"100%\" y2=\"17\"/>", Rectangle("p", 0, first),
              Rectangle("k", first, second), Rectangle("o", second, third), "</svg><span class=\"v\">",
              Escaped(value), "</span>\n"});
}

std::string Framed(std::string_view summary, const std::string& legend, const std::string& rows) {
  return Cat({legend, "<div class=\"bars\" role=\"group\" aria-label=\"", Escaped(summary), "\">\n", rows,
              "</div>\n"});
}

}  // namespace

std::string BarChart(const std::vector<Bar>& bars, std::string_view summary) {
  std::string rows;
  for (const Bar& bar : bars) rows += Row(bar.label, bar.value, bar.proven, bar.likely, bar.not_excluded);
  return Framed(summary, Legend({{"p", "proven"}, {"k", "likely"}, {"o", "not excluded"}}), rows);
}

std::string ShareBars(const std::vector<Bar>& bars, std::string_view summary) {
  std::string rows;
  for (const Bar& bar : bars) rows += Row(bar.label, bar.value, bar.proven, bar.proven, bar.proven);
  return Framed(summary, "", rows);
}

std::string PartBars(const std::vector<PartBar>& bars, const std::string& filled, const std::string& hatched,
                     const std::string& outlined, std::string_view summary) {
  std::string rows;
  for (const PartBar& bar : bars) {
    rows += Row(bar.label, bar.value, bar.filled, bar.filled + bar.hatched,
                bar.filled + bar.hatched + bar.outlined);
  }
  return Framed(summary, Legend({{"p", filled}, {"k", hatched}, {"o", outlined}}), rows);
}

}  // namespace linchpin::cli
