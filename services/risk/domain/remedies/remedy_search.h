// Picks remedies, one on top of the other: each time what lowers the score most for its cost.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_SEARCH_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_SEARCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/replica/view.h"
#include "services/risk/domain/remedies/candidate_maker.h"
#include "services/risk/domain/remedies/loss_fall.h"
#include "services/risk/domain/remedies/remedy_effect.h"
#include "services/risk/domain/scores/scorer.h"

namespace linchpin::risk {

struct RemedySearchOptions {
  std::vector<engine::ConsumerIndex> consumers = {};  // Whose score is to fall; empty: the portfolio's.
  size_t remedies_max = 10;
  std::optional<int64_t> budget_days = {};
  bool list_candidates = false;  // Do not pick.
  std::set<std::string> home = {};
  std::set<linchpin::risk::v1::RemedyKind> kinds = {};
  RemedyCosts costs = {};
  // The inventory with all that is offered besides (writing::Suppose); null if nothing is.
  std::shared_ptr<const replica::View> offered = {};
  std::set<std::string> without = {};  // Titles of candidates to leave out.
  LossDraws draws = {};                // With 0 trials nothing is drawn.
  // Told now and then; may be null.
  std::function<void(int64_t tried, int picked)> progress = {};
  std::function<bool()> cancelled = {};  // May be null.
};

struct RemedySearchResult {
  std::shared_ptr<const engine::Graph> graph;  // At the end, with everything that was proposed in it.
  PerReading before, after;
  std::optional<LossSums> loss_before;
  std::vector<PickedRemedy> picked;
  int64_t tried = 0;
  int64_t left_out = 0;  // Candidates that `without` names.
  int64_t needs = 0;
  int64_t needs_skipped = 0;
  std::vector<linchpin::risk::v1::Unremedied> unremedied;
  linchpin::risk::v1::RemedyEnd end = linchpin::risk::v1::REMEDY_END_NOTHING_LEFT;
};

// Looks at the 2,000 needs with the greatest stake. Tries up to 20,000 candidates, in rounds: after a pick
// only candidates whose consumers it affected are tried again. Errors: RESOURCE_EXHAUSTED, LIMIT_REACHED;
// FAILED_PRECONDITION, FIGURE_TOO_LARGE; CANCELLED.
absl::StatusOr<RemedySearchResult> SearchRemedies(std::shared_ptr<const replica::View> view,
                                                  Analysis& analysis, const Scored& scored,
                                                  const RemedySearchOptions& options);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_SEARCH_H_
