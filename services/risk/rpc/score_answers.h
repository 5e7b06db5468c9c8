// The answers of RiskService about scores, without gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_SCORE_ANSWERS_H_
#define LINCHPIN_SERVICES_RISK_RPC_SCORE_ANSWERS_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "linchpin/risk/v1/concentration_history.pb.h"
#include "linchpin/risk/v1/score.pb.h"
#include "linchpin/risk/v1/score_history.pb.h"
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/scorer.h"
#include "services/risk/rpc/hazard_feed.h"
#include "services/serving/snapshots.h"

namespace linchpin::risk {

struct ScoreOptions {
  // See serving::PageTokens.
  std::string page_token_secret;
};

// Ownership: keeps references to the source and the caches, which must outlive it.
// Thread safety: all members may run at once. Each waits for `min_revision` and then computes: call them
// where a thread may be held.
class ScoreAnswers {
 public:
  // `records` is the view of the store of Risk.
  ScoreAnswers(const serving::Snapshots& snapshots, replica::ViewSource& records, AnalysisCache& cache,
               Scorer& scorer, HazardFeed& hazards, ScoreOptions options);

  absl::Status ListScores(kit::Call& call, const linchpin::risk::v1::ListScoresRequest& request,
                          linchpin::risk::v1::ListScoresResponse& response);
  absl::Status GetScore(kit::Call& call, const linchpin::risk::v1::GetScoreRequest& request,
                        linchpin::risk::v1::GetScoreResponse& response);
  // Does not wait for a revision.
  absl::Status ListScoreHistory(kit::Call& call, const linchpin::risk::v1::ListScoreHistoryRequest& request,
                                linchpin::risk::v1::ListScoreHistoryResponse& response);
  // Does not wait for a revision.
  absl::Status ListConcentrationHistory(kit::Call& call,
                                        const linchpin::risk::v1::ListConcentrationHistoryRequest& request,
                                        linchpin::risk::v1::ListConcentrationHistoryResponse& response);
  absl::Status ExplainScore(kit::Call& call, const linchpin::risk::v1::ExplainScoreRequest& request,
                            linchpin::risk::v1::ExplainScoreResponse& response);

 private:
  // The records of the history. UNAVAILABLE, NOT_READY.
  absl::StatusOr<std::shared_ptr<const replica::View>> Records() const;
  // What an answer is made from.
  struct Basis {
    std::shared_ptr<Analysis> analysis;
    std::shared_ptr<const Scored> scored;
  };
  template <typename Request>
  absl::StatusOr<Basis> Begin(kit::Call& call, const Request& request, linchpin::risk::v1::ScoreBasis& basis);

  const serving::Snapshots snapshots_;
  replica::ViewSource& records_;
  AnalysisCache& cache_;
  Scorer& scorer_;
  HazardFeed& hazards_;
  const ScoreOptions options_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_SCORE_ANSWERS_H_
