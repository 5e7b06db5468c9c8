// Rules of kind `fallback`: has every primary enough alternatives that differ from it, in all dimensions at
// once, and have been tested?
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_FALLBACK_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_FALLBACK_RULE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "linchpin/inventory/v1/dependency.pb.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/binding/target_values.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Evaluates one rule for one subject after another.
//
// At most one violation for a subject, without discriminators; near misses tell what disqualified each
// candidate. A route is looked through: where a dependency's first alternative is one, the route's own later
// alternatives stand in first, then those of the dependency. A subject without dependencies (of those that
// are asked) is NO_DATA, and so is one that would pass but for a primary that depends on no deployment. An
// alternative without a record of a test has not been tested: that is known, and not a data gap.
//
// Ownership: keeps references to world, workspace and rule.
// Thread safety: none.
class FallbackEvaluator {
 public:
  FallbackEvaluator(const World& world, Workspace& workspace, const BoundRule& rule);

  // `subject` exists and is of the kind that the rule selects.
  SubjectResult Evaluate(std::string_view subject, bool explain);

 private:
  struct DependencyVerdict {
    engine::Truth enough = engine::Truth::kTrue;
    bool likely = false;  // Proven facts leave that open.
    LikelyFacts facts;    // The likely facts that decide it then.
    int certain = 0;
    MissingFacts missing;
    std::optional<absl::Time> due;
    std::optional<absl::Time> enough_until;  // When tests that it needs expire.
    std::vector<v1::Explanation::NearMiss> near_misses;
  };
  // Whether one candidate will do; `reason` says why not.
  struct CandidateVerdict {
    engine::Truth will_do = engine::Truth::kTrue;
    engine::Truth proven = engine::Truth::kTrue;  // The same on proven facts.
    LikelyFacts facts;                            // The likely facts that decide it where those do not.
    MissingFacts missing;
    std::string reason;
    absl::Time until = absl::InfiniteFuture();  // When its test expires.
  };
  // An alternative that may stand in for a primary.
  struct Candidate {
    engine::Target target;
    DependencyPlace place;     // The dependency, or the route that is its first alternative.
    uint32_t alternative = 0;  // Its number there.
  };
  struct Failures;
  struct Tally;

  engine::GroupView GroupAt(DependencyPlace place) const;
  // In order of preference.
  std::vector<Candidate> CandidatesOf(DependencyPlace place) const;
  // The alternative as its document states it; null if there is none.
  const inventory::v1::Dependency::Alternative* Read(const Candidate& candidate);
  // The name of that document.
  std::string DocumentOf(const Candidate& candidate) const;
  DependencyVerdict JudgeDependency(DependencyPlace place, bool explain);
  CandidateVerdict JudgeDifference(engine::Target primary, engine::Target candidate, bool explain);
  CandidateVerdict JudgeCandidate(engine::Target primary, const Candidate& candidate, bool explain,
                                  DependencyVerdict& verdict);
  // Whether enough candidates will do, and how that is known.
  void Decide(const std::vector<CandidateVerdict>& candidates, DependencyVerdict& verdict) const;
  void JudgeTest(const inventory::v1::Dependency::Alternative& stated, const Candidate& candidate,
                 CandidateVerdict& verdict, std::optional<absl::Time>& due) const;
  // Until when enough of the certain candidates, which end then, remain.
  std::optional<absl::Time> EnoughUntil(std::vector<absl::Time> ends) const;
  void Count(DependencyPlace place, bool explain, Tally& tally);
  SubjectResult Conclude(Tally tally, bool explain) const;
  Violation Explain(Failures failures, bool likely) const;

  const World& world_;
  const BoundRule& rule_;
  const FallbackSpec& spec_;
  std::vector<TargetDimension*> dimensions_;  // As in the rule.
  StatedAlternatives& stated_;
  inventory::v1::Dependency::Alternative of_route_;  // What Read returned last, of a route.
};

// The engine's dimension of the API's one.
engine::Dimension EngineDimension(common::v1::Dimension dimension);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_FALLBACK_RULE_H_
