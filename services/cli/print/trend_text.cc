#include "services/cli/print/trend_text.h"

#include <algorithm>
#include <cmath>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {

namespace risk = linchpin::risk::v1;
using base::Cat;

std::string IndexTrendText(const google::protobuf::RepeatedPtrField<risk::ConcentrationPoint>& points,
                           double now) {
  constexpr int64_t kDay = 86'400, kSpan = 30 * kDay;
  if (points.empty()) return "";
  const int64_t newest = points.rbegin()->score_time().seconds();
  const auto from = std::find_if(points.begin(), points.end(), [newest](const auto& point) {
    return point.score_time().seconds() >= newest - kSpan;
  });
  if (from->score_time().seconds() / kDay == newest / kDay) return "";
  const std::string since = resource::FormatTime(from->score_time()).substr(0, sizeof("2026-01-01") - 1);
  const auto move = std::llround(now - from->figures().hhi());
  if (move == 0) return Cat({"as on ", since});
  return Cat({Grouped(std::abs(move)), move > 0 ? " up" : " down", " since ", since});
}

}  // namespace linchpin::cli
