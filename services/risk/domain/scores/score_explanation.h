// The answer of ExplainScore.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_EXPLANATION_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_EXPLANATION_H_

#include <cstddef>
#include <functional>

#include "absl/status/status.h"
#include "linchpin/risk/v1/score.pb.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/score_report.h"

namespace linchpin::risk {

// Fills all of `response` but `basis`, with at most `max_contributions` contributions.
// Errors: RESOURCE_EXHAUSTED, LIMIT_REACHED; CANCELLED.
// Cost: of a consumer, one simulation for each contribution returned.
absl::Status ReportExplanation(Analysis& analysis, const Scored& scored, const ScoreSubject& subject,
                               size_t max_contributions, const std::function<bool()>& cancelled,
                               linchpin::risk::v1::ExplainScoreResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_SCORE_EXPLANATION_H_
