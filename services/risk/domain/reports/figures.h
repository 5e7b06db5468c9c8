// The figures of the whole inventory that are exported as gauges.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_FIGURES_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_FIGURES_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/concentration/dimension.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// One figure in the three readings (K5): lower and upper hold whatever the open facts are, likely is the one
// to show where one is shown.
struct BoundedFigure {
  double lower = 0;
  double likely = 0;
  double upper = 0;
};

struct Figures {
  int64_t revision = 0;

  struct Hhi {
    engine::Dimension dimension;
    engine::Basis basis;
    BoundedFigure value;  // 0 to 10,000.
  };
  // One for each dimension and basis with weight; a basis whose figure is too large is left out.
  std::vector<Hhi> hhi;

  // A group that has a name: neither `none` nor the unknown.
  struct Group {
    std::string key;  // A resource name or a country.
    BoundedFigure ratio;
  };
  struct Shares {
    engine::Dimension dimension;
    BoundedFigure top_ratio;    // Of the group that is largest by each bound.
    double unknown_ratio;       // Neither proven nor likely. Above one half the likely figures say little.
    std::vector<Group> groups;  // The largest by likely share, then lower, then key; at most kGroupsMax.
  };
  static constexpr size_t kGroupsMax = 10;
  // By APPLICATIONS, one for each dimension; empty without any weight.
  std::vector<Shares> shares;

  // Share of weight by APPLICATIONS on foreign models; only where a home is named and there is weight.
  std::optional<BoundedFigure> foreign;

  // Applications by tier ("1" to "4", "unknown") that the exit of some single vendor takes to level 0, with
  // every alternative ready that ever is (S5, SUSTAINED): for certain, probably, and at most.
  struct Unmitigated {
    int64_t lower = 0;
    int64_t likely = 0;
    int64_t upper = 0;
  };
  std::map<std::string, Unmitigated> unmitigated;
};

// Errors: CANCELLED once `cancelled` returns true; RESOURCE_EXHAUSTED, LIMIT_REACHED.
// Cost: that of all bases and of a sweep over all vendors.
absl::StatusOr<Figures> ComputeFigures(Analysis& analysis, const std::vector<std::string>& home,
                                       const std::function<bool()>& cancelled);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_FIGURES_H_
