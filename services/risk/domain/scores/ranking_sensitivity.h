// At what rate of a hazard a ranking would change.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_RANKING_SENSITIVITY_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_RANKING_SENSITIVITY_H_

#include <cstdint>
#include <span>

#include "google/protobuf/repeated_ptr_field.h"
#include "linchpin/risk/v1/score.pb.h"
#include "services/engine/score/score_board.h"

namespace linchpin::risk {

// For each class that takes one of the consumers down: the nearest rates at which two of them change places,
// on proven facts. `ranked` are index values of consumers, highest score first. Scores rise with lambda, and
// lambda is linear in each rate, so the first two to change places are neighbours.
// Cost: the terms of these consumers.
void AddRankingSensitivities(
    const engine::ScoreBoard& board, std::span<const uint32_t> ranked,
    google::protobuf::RepeatedPtrField<linchpin::risk::v1::RankingSensitivity>& added);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_RANKING_SENSITIVITY_H_
