// By how much measures of concentration have grown from one end of a window to the other, with the bounds
// that unknown facts leave.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_GROWTH_FIGURES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_GROWTH_FIGURES_H_

#include <string>
#include <vector>

#include "services/engine/concentration/concentration.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/bound_policy.h"

namespace linchpin::policy {

// The measure at one end. `knowledge` is that of its concentration.
struct WindowEnd {
  const engine::Knowledge& knowledge;
  const engine::Concentration& concentration;
};

struct GrowthFigure {
  std::string group;  // What it is of; empty: of all.
  // On what is likely: the measure then and now, and the difference.
  double past = 0;
  double now = 0;
  double value = 0;
  // Of the difference.
  double lower = 0;
  double upper = 0;
  engine::Verdict verdict = engine::Verdict::kNo;  // Has it grown by more than the limit?
};

// The figures that have grown by more than the limit, or may have; of a measure that is one figure, that
// figure in any case. Neither end is without weight, and both were made with the same `read`.
//
// An unknown fact that is there at both ends is one fact: whatever its value is, it is so at both. So what is
// unknown and does not change its weight moves nothing. Items of the two ends are the same if their resources
// have one name.
//
// SHARE and TOP_K_SHARE are compared exactly, and so is HHI where nothing is unknown. Where something is, the
// bounds of TOP_K_SHARE and HHI may be wider than they need be, and never narrower. Cost: linear in groups
// and items; for a group whose verdict depends on items, a look at each; for HHI the square of the number of
// items, up to 1,000 of them, beyond which its bounds are wider.
std::vector<GrowthFigure> GrowthFiguresOf(const WindowEnd& past, const WindowEnd& now,
                                          const ConcentrationSpec& spec, engine::FactsRead read);

// The group whose share has grown most on what is likely; ties go to the first bytewise. Empty if none has.
std::string GroupThatGrewMost(const engine::Concentration& past, const engine::Concentration& now);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_GROWTH_FIGURES_H_
