#include "services/risk/domain/reports/figures.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/engine/concentration/concentration.h"
#include "services/engine/concentration/foreign.h"
#include "services/engine/simulation/sweep.h"
#include "services/risk/domain/reports/engine_error.h"

namespace linchpin::risk {
namespace {

using engine::Basis;

BoundedFigure FigureOf(const engine::Bounded& bounded) {
  return {bounded.lower.ToDouble(), bounded.value.ToDouble(), bounded.upper.ToDouble()};
}

// Of the groups that can be lost: what nobody operates is no concentration on somebody.
std::vector<Figures::Group> NamedGroups(const engine::Concentration& figure) {
  std::vector<Figures::Group> groups;
  for (const engine::WeightedGroup& group : figure.groups) {
    if (group.key != engine::kNoneKey) groups.push_back({group.key, FigureOf(*figure.Share(group.key))});
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Figures::Group& a, const Figures::Group& b) {
    return std::tie(b.ratio.likely, b.ratio.lower, a.key) < std::tie(a.ratio.likely, a.ratio.lower, b.key);
  });
  return groups;
}

void AddShares(const engine::Concentration& figure, Figures& figures) {
  Figures::Shares shares{figure.dimension, {}, 0, NamedGroups(figure)};
  // All open weight may be of one group that the inventory does not name.
  shares.top_ratio.upper = engine::Fraction{figure.other_weight, figure.total}.ToDouble();
  for (const Figures::Group& group : shares.groups) {
    shares.top_ratio.lower = std::max(shares.top_ratio.lower, group.ratio.lower);
    shares.top_ratio.likely = std::max(shares.top_ratio.likely, group.ratio.likely);
    shares.top_ratio.upper = std::max(shares.top_ratio.upper, group.ratio.upper);
  }
  shares.unknown_ratio = figure.Share(engine::kUnknownKey)->value.ToDouble();
  if (shares.groups.size() > Figures::kGroupsMax) shares.groups.resize(Figures::kGroupsMax);
  figures.shares.push_back(std::move(shares));
}

void AddForeign(const engine::Knowledge& knowledge, const engine::Attribution& attribution,
                const std::vector<std::string>& home, Figures& figures) {
  std::vector<engine::Country> countries;
  for (const std::string& code : home) {
    if (auto country = engine::Country::Parse(code)) countries.push_back(*country);
  }
  if (countries.empty()) return;
  const engine::ForeignWeight weight = engine::WeighForeign(knowledge, attribution, countries);
  const engine::Uint128 foreign = weight.foreign, total = attribution.total;
  figures.foreign = FigureOf(
      {{foreign + weight.likely_foreign, total}, {foreign, total}, {foreign + weight.unknown, total}});
}

absl::Status AddBasis(Analysis& analysis, Basis basis, const std::vector<std::string>& home,
                      const std::function<bool()>& cancelled, Figures& figures) {
  const auto attribution = analysis.Attribution(basis, false, cancelled);
  if (!attribution.ok()) {
    return base::Is<base::reason::FigureTooLarge>(attribution.status()) ? absl::OkStatus()
                                                                        : attribution.status();
  }
  if ((*attribution)->total == 0) return absl::OkStatus();
  for (engine::Dimension dimension : engine::kAllDimensions) {
    const engine::Concentration figure = engine::Concentrate(analysis.Knowledge(), **attribution, dimension);
    figures.hhi.push_back({dimension, basis, FigureOf(*figure.Hhi())});
    if (basis == Basis::kApplications) AddShares(figure, figures);
  }
  if (basis == Basis::kApplications) AddForeign(analysis.Knowledge(), **attribution, home, figures);
  return absl::OkStatus();
}

absl::Status AddUnmitigated(Analysis& analysis, const std::function<bool()>& cancelled, Figures& figures) {
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  const engine::ConsumerTable& consumers = analysis.graph().consumers();
  std::vector<bool> is_proven(consumers.slots(), false), is_likely(is_proven), in_any(is_proven);
  engine::SweepOptions options;
  options.limits.cancelled = cancelled;
  options.failed = [&](engine::Reading reading, engine::ConsumerIndex consumer) {
    in_any[consumer.value] = true;
    if (reading == engine::Reading::kProven) is_proven[consumer.value] = true;
    if (reading != engine::Reading::kNotExcluded) is_likely[consumer.value] = true;
  };
  const auto outcomes = engine::Sweep(**plan, analysis.Atoms(engine::AtomClass::kVendor), options);
  if (!outcomes.ok()) return FromEngine(outcomes.status());
  for (const char* tier : {"1", "2", "3", "4", "unknown"}) figures.unmitigated[tier] = {};
  for (engine::ConsumerIndex index : consumers) {
    const engine::ConsumerRecord& record = consumers[index].record();
    if (!(*plan)->counted().IsApplication(index) || !in_any[index.value]) continue;
    Figures::Unmitigated& count =
        figures.unmitigated[record.tier == 0 ? "unknown" : std::to_string(record.tier)];
    count.lower += is_proven[index.value];
    count.likely += is_likely[index.value];
    ++count.upper;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Figures> ComputeFigures(Analysis& analysis, const std::vector<std::string>& home,
                                       const std::function<bool()>& cancelled) {
  Figures figures;
  for (Basis basis :
       {Basis::kApplications, Basis::kCriticality, Basis::kRequests, Basis::kTokens, Basis::kSpend}) {
    if (cancelled && cancelled()) return absl::CancelledError("stopped");
    if (absl::Status status = AddBasis(analysis, basis, home, cancelled, figures); !status.ok())
      return status;
  }
  if (absl::Status status = AddUnmitigated(analysis, cancelled, figures); !status.ok()) return status;
  return figures;
}

}  // namespace linchpin::risk
