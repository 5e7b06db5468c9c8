#include "services/risk/domain/reports/concentration_figures.h"

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/engine/concentration/concentration.h"
#include "services/risk/domain/reports/concentration_report.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

// The largest that can be lost, on what is likely: what nobody operates is no concentration on somebody.
void SetTop(const engine::Concentration& figure, v1::ConcentrationFigures& message) {
  uint64_t most = 0;
  for (const engine::WeightedGroup& group : figure.groups) {
    if (group.key == engine::kNoneKey || group.likely_weight() <= most) continue;
    most = group.likely_weight();
    message.set_top_group(group.key);
  }
  message.set_top_share_ratio(engine::Fraction{most, figure.total}.ToDouble());
}

}  // namespace

absl::StatusOr<google::protobuf::RepeatedPtrField<v1::ConcentrationFigures>> ConcentrationFiguresOf(
    Analysis& analysis, const std::function<bool()>& cancelled) {
  google::protobuf::RepeatedPtrField<v1::ConcentrationFigures> list;
  const auto attribution = analysis.Attribution(engine::Basis::kApplications, false, cancelled);
  if (!attribution.ok()) {
    if (base::Is<base::reason::FigureTooLarge>(attribution.status())) return list;
    return attribution.status();
  }
  if ((*attribution)->total == 0) return list;
  for (engine::Dimension dimension : engine::kAllDimensions) {
    if (cancelled && cancelled()) return absl::CancelledError("stopped");
    const engine::Concentration figure = engine::Concentrate(analysis.Knowledge(), **attribution, dimension);
    const engine::Bounded hhi = *figure.Hhi();
    v1::ConcentrationFigures& message = *list.Add();
    message.set_dimension(ToProto(dimension));
    message.set_hhi(hhi.value.ToDouble());
    message.set_hhi_lower(hhi.lower.ToDouble());
    message.set_hhi_upper(hhi.upper.ToDouble());
    SetTop(figure, message);
    message.set_unknown_share_ratio(figure.Share(engine::kUnknownKey)->value.ToDouble());
  }
  return list;
}

}  // namespace linchpin::risk
