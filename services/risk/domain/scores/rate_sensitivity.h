// How a score follows the rate of each class of hazards.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_RATE_SENSITIVITY_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_RATE_SENSITIVITY_H_

#include "google/protobuf/repeated_ptr_field.h"
#include "linchpin/risk/v1/score.pb.h"
#include "services/engine/score/score_board.h"
#include "services/risk/domain/scores/score_report.h"

namespace linchpin::risk {

// One for each class that takes the subject down in some reading, for atoms that take their rate from it; in
// the order of the enum. Nothing for a vendor. Cost: of the portfolio, a walk over the terms of all
// applications.
void AddRateSensitivities(const engine::ScoreBoard& board, const ScoreSubject& subject,
                          google::protobuf::RepeatedPtrField<linchpin::risk::v1::RateSensitivity>& added);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_RATE_SENSITIVITY_H_
