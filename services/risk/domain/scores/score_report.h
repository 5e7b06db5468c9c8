// The answers of ListScores and GetScore.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_REPORT_H_

#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/score.pb.h"
#include "services/risk/domain/scores/hazard_set.h"
#include "services/risk/domain/scores/scorer.h"

namespace linchpin::risk {

// What a score is about.
struct ScoreSubject {
  enum class Kind { kPortfolio, kVendor, kConsumer } kind = Kind::kPortfolio;
  uint32_t index = 0;  // Of the vendor or the consumer.
};

// Reads `name` of a request.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, for a name that has no score; NOT_FOUND, TARGET_NOT_FOUND, for one
//   that is not in the inventory.
absl::StatusOr<ScoreSubject> SubjectOf(const engine::Graph& graph, std::string_view name);

// Everything of a score.
linchpin::risk::v1::Score ScoreOf(const Scored& scored, const ScoreSubject& subject);

// The formula and the hazards; not `inventory` or `application_count`.
void Describe(const HazardSet& hazards, linchpin::risk::v1::ScoreBasis& basis);

// All but `inventory`.
void Describe(const Scored& scored, linchpin::risk::v1::ScoreBasis& basis);

// One page of a ranking, from place `first` on; the first page of a ranking of consumers also has the
// sensitivities.
// Fills all of `response` but `basis` and `next_page_token`. Returns whether there is more.
bool ReportScores(const Scored& scored, linchpin::risk::v1::ScoreKind kind, size_t first, size_t count,
                  linchpin::risk::v1::ListScoresResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_REPORT_H_
