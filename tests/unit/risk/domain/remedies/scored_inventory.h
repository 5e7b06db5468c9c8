// An inventory, its scores, and what can be asked of remedies about it.
#ifndef LINCHPIN_TESTS_UNIT_RISK_DOMAIN_REMEDIES_SCORED_INVENTORY_H_
#define LINCHPIN_TESTS_UNIT_RISK_DOMAIN_REMEDIES_SCORED_INVENTORY_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/risk/domain/remedies/draft_inventory.h"
#include "services/risk/domain/remedies/remedy_report.h"
#include "services/risk/domain/reports/loss_report.h"
#include "tests/unit/risk/domain/remedies/enterprise.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {

inline const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 11, 30, 12), absl::UTCTimeZone());
inline constexpr int64_t kTrials = 400;

class ScoredInventory {
 public:
  explicit ScoredInventory(const Documents& documents, const std::vector<std::string>& home = {})
      : view_(ViewOf(documents, 5)),
        hazards_(MakeHazardSet(nullptr, RetirementTimesOf(*view_), kNow, home)),
        analysis_(view_->shared_graph()) {
    auto scored = scorer_.Of(analysis_, hazards_, nullptr);
    EXPECT_TRUE(scored.ok()) << scored.status();
    scored_ = *scored;
  }

  absl::Status Ask(const linchpin::risk::v1::SuggestRemediesRequest& request,
                   linchpin::risk::v1::RemedyResult& result, RemedyHooks hooks = {}) {
    return ReportRemedies(view_, analysis_, *scored_, request, hooks, result);
  }
  linchpin::risk::v1::RemedyResult Suggest(linchpin::risk::v1::SuggestRemediesRequest request = {}) {
    if (request.trials() == 0) request.set_trials(kTrials);
    linchpin::risk::v1::RemedyResult result;
    const absl::Status status = Ask(request, result);
    EXPECT_TRUE(status.ok()) << status;
    return result;
  }
  double Score(engine::Reading reading) const { return scored_->board().Portfolio(reading).score; }
  double ScoreOf(const std::string& consumer, engine::Reading reading) const {
    return scored_->board().ScoreOf(reading, *scored_->graph().consumers().Find(consumer));
  }
  linchpin::risk::v1::LossResult Losses() {
    linchpin::risk::v1::EstimateLossesRequest request;
    request.set_trials(kTrials);
    linchpin::risk::v1::LossResult result;
    const absl::Status status = ReportLosses(analysis_, hazards_, request, {}, result);
    EXPECT_TRUE(status.ok()) << status;
    return result;
  }

 private:
  std::shared_ptr<const replica::View> view_;
  HazardSet hazards_;
  Analysis analysis_;
  Scorer scorer_;
  std::shared_ptr<const Scored> scored_;
};

inline void Apply(const linchpin::risk::v1::Remedy& remedy, Documents& documents) {
  for (const linchpin::risk::v1::RemedyDocument& document : remedy.documents())
    Put(*MessageIn(document.resource()), documents);
}

inline void ExpectScores(const linchpin::risk::v1::ScorePoints& promised, const ScoredInventory& applied,
                         const std::string& what) {
  EXPECT_DOUBLE_EQ(promised.proven(), applied.Score(engine::Reading::kProven)) << what;
  EXPECT_DOUBLE_EQ(promised.likely(), applied.Score(engine::Reading::kLikely)) << what;
  EXPECT_DOUBLE_EQ(promised.not_excluded(), applied.Score(engine::Reading::kNotExcluded)) << what;
}

inline std::map<std::string, linchpin::risk::v1::Remedy> ByTitle(
    const linchpin::risk::v1::RemedyResult& result) {
  std::map<std::string, linchpin::risk::v1::Remedy> remedies;
  for (const linchpin::risk::v1::Remedy& remedy : result.remedies()) remedies[remedy.title()] = remedy;
  return remedies;
}

inline linchpin::risk::v1::SuggestRemediesRequest Candidates() {
  linchpin::risk::v1::SuggestRemediesRequest request;
  request.set_list_candidates(true);
  request.set_max_remedies(100);
  request.add_home("FR");
  return request;
}

}  // namespace linchpin::risk

#endif  // LINCHPIN_TESTS_UNIT_RISK_DOMAIN_REMEDIES_SCORED_INVENTORY_H_
