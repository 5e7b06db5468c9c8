#include "services/cli/report/lanes.h"

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/report/html.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr int kTicksMax = 7;

std::string Row(const Lane& lane) {
  std::string svg = Cat({"<span class=\"l\"><bdi>", Escaped(lane.label),
                         "</bdi></span><svg height=\"18\" aria-hidden=\"true\"><line class=\"base\" x1=\"0\" "
                         "y1=\"9\" x2=\"100%\" y2=\"9\"/>"});
  for (const Stretch& stretch : lane.stretches) {
    svg += Cat({"<rect class=\"", stretch.style, "\" x=\"", Number(stretch.from * 100),
                "%\" y=\"2\" width=\"", Number((stretch.to - stretch.from) * 100), "%\" height=\"14\"/>"});
  }
  return svg + "</svg>\n";
}

// Whole days, or whole hours of less than two days.
std::string Axis(int64_t horizon_seconds) {
  const int64_t unit = horizon_seconds >= 2 * 86'400 ? 86'400 : 3600;
  int64_t step = unit;
  while (horizon_seconds / step > kTicksMax) step += unit;
  std::string ticks;
  for (int64_t at = 0; at <= horizon_seconds; at += step) {
    ticks += Cat({"<span style=\"left:",
                  Number(100.0 * static_cast<double>(at) / static_cast<double>(horizon_seconds)), "%\">",
                  at == 0 ? "0" : Span(at), "</span>"});
  }
  return Cat({"<div class=\"x\">", ticks, "</div>"});
}

}  // namespace

std::string Lanes(const std::vector<Lane>& lanes, int64_t horizon_seconds, std::string_view summary) {
  std::string rows;
  for (const Lane& lane : lanes) rows += Row(lane);
  return Cat({"<div class=\"lanes\" role=\"group\" aria-label=\"", Escaped(summary), "\">\n", rows,
              Axis(horizon_seconds), "</div>\n"});
}

}  // namespace linchpin::cli
