// The figures of concentration that history keeps.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONCENTRATION_FIGURES_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONCENTRATION_FIGURES_H_

#include <functional>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "linchpin/risk/v1/score_history.pb.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// One for each dimension, by applications; empty without any weight, and where a figure is too large.
// Errors: CANCELLED once `cancelled` returns true; RESOURCE_EXHAUSTED, LIMIT_REACHED.
absl::StatusOr<google::protobuf::RepeatedPtrField<linchpin::risk::v1::ConcentrationFigures>>
ConcentrationFiguresOf(Analysis& analysis, const std::function<bool()>& cancelled);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONCENTRATION_FIGURES_H_
