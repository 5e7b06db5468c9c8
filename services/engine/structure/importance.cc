#include "services/engine/structure/importance.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "services/engine/graph/message.h"
#include "services/engine/structure/chance_bounds.h"
#include "services/engine/structure/conditional.h"
#include "services/engine/structure/cut_sets.h"
#include "services/engine/structure/set_family.h"

namespace linchpin::engine {
namespace {

// Of the cut sets that bound what could not be found out.
constexpr uint32_t kBoundingSize = 2;
// What the diagrams of Fussell-Vesely get of the nodes: they cost the most and have bounds to fall back on.
constexpr uint32_t kPartsShare = 4;

// What is known of one variable: of all atoms that are alike.
struct VariableChances {
  Bounded if_true;
  Bounded if_false;
  Bounded difference;
  std::optional<double>
      has_part;  // P(the rest of a minimal cut set with it occurs), where it could be found.
};

struct FunctionChances {
  Bounded plain;
  std::vector<VariableChances> variables;
};

Bounded Over(const Bounded& part, const Bounded& whole) {
  return {part.lower / whole.upper,
          whole.lower > 0 ? part.upper / whole.lower : std::numeric_limits<double>::infinity()};
}
Bounded Times(double factor, const Bounded& value) { return {factor * value.lower, factor * value.upper}; }
Bounded AtMostOne(const Bounded& value) { return {std::min(1.0, value.lower), std::min(1.0, value.upper)}; }

class Finder {
 public:
  Finder(const FailureFunction& function, const ImportanceOptions& options)
      : function_(function), options_(options) {
    result_.obstacle = function.obstacle();
  }

  absl::StatusOr<Importance> Run() {
    if (absl::Status status = ReadChances(); !status.ok()) return status;
    auto built = BuildDiagram(function_, options_.limits);
    if (!built.ok()) return built.status();
    FunctionChances chances;
    absl::Status status = absl::OkStatus();
    if (built->has_value()) {
      status = Exactly(**built, chances);
    } else if (function_.has_formula()) {
      ConditionalBounds bounds = BoundByGates(function_, chance_, options_.limits);
      const auto by_sets = BoundBySmallSets(function_, chance_, options_.limits);
      Take(by_sets.has_value() ? Tighter(bounds, *by_sets) : bounds, chances);
      result_.bound = Importance::Bound::kDiagram;
    } else {
      status = BySearch(chances);
    }
    if (!status.ok()) return status;
    Conclude(chances);
    return std::move(result_);
  }

 private:
  absl::Status ReadChances() {
    for (const AtomGroup& variable : function_.variables()) {
      double none = 1;
      for (const std::string& key : variable.keys) {
        const double p = options_.chance(key);
        if (!(p >= 0 && p <= 1))
          return absl::InvalidArgumentError(
              Join({"the chance of ", key, " is ", std::to_string(p), "; it must lie between 0 and 1"}));
        none *= 1 - p;
      }
      chance_.push_back(variable.keys.size() == 1 ? options_.chance(variable.keys[0]) : 1 - none);
    }
    return absl::OkStatus();
  }

  absl::Status Exactly(FailureDiagram& built, FunctionChances& chances) {
    std::vector<double> by_place;
    for (uint32_t variable : built.order.variable_at) by_place.push_back(chance_[variable]);
    const ConditionalChances found = FindConditionals(built.diagram, built.root, by_place);
    chances.plain = Bounded::Exactly(found.plain);
    for (uint32_t variable = 0; variable < chance_.size(); ++variable) {
      const uint32_t place = built.order.place_of[variable];
      chances.variables.push_back({Bounded::Exactly(found.if_true[place]),
                                   Bounded::Exactly(found.if_false[place]),
                                   Bounded::Exactly(found.difference[place]), std::nullopt});
    }
    return FindParts(built, by_place, chances);
  }

  // By the minimal cut sets, the most critical variables first: beyond the limits the bounds of Conclude
  // stand.
  absl::Status FindParts(FailureDiagram& built, const std::vector<double>& by_place,
                         FunctionChances& chances) {
    const DiagramLimits nodes{options_.limits.nodes_max, options_.limits.evaluation.cancelled};
    SetFamilies families(nodes);
    DecisionDiagram parts({nodes.nodes_max / kPartsShare, nodes.cancelled});
    const DiagramNode all = families.FromDiagram(built.diagram, built.root);
    for (uint32_t variable : ByCriticality(chances)) {
      const DiagramNode rest = families.Containing(all, built.order.place_of[variable]);
      const DiagramNode occurs = SetFamilies::ToDiagram(families, rest, parts);
      if (occurs == kNoNode) break;
      chances.variables[variable].has_part = parts.Probability(occurs, by_place);
    }
    return absl::IsCancelled(families.status()) ? families.status()
           : absl::IsCancelled(parts.status())  ? parts.status()
                                                : absl::OkStatus();
  }

  std::vector<uint32_t> ByCriticality(const FunctionChances& chances) const {
    std::vector<uint32_t> variables(chance_.size());
    std::iota(variables.begin(), variables.end(), 0);
    const auto weight = [&](uint32_t v) { return chance_[v] * chances.variables[v].difference.lower; };
    std::stable_sort(variables.begin(), variables.end(),
                     [&](uint32_t a, uint32_t b) { return weight(a) > weight(b); });
    return variables;
  }

  absl::Status BySearch(FunctionChances& chances) {
    auto search = FailureSearch::Create(function_, options_.limits.evaluation);
    if (!search.ok()) return search.status();
    const auto found = (*search)->FindSets(kBoundingSize, options_.limits.search);
    if (!found.ok()) return found.status();
    Take(BoundByCutSets(found->sets, found->complete_to, chance_, options_.limits), chances);
    result_.bound = Importance::Bound::kSearch;
    return absl::OkStatus();
  }

  static void Take(const ConditionalBounds& bounds, FunctionChances& chances) {
    chances.plain = bounds.plain;
    for (size_t v = 0; v < bounds.if_true.size(); ++v) {
      const Bounded &t = bounds.if_true[v], &f = bounds.if_false[v];
      chances.variables.push_back(
          {t, f, {std::max(0.0, t.lower - f.upper), t.upper - f.lower}, std::nullopt});
    }
  }

  void Conclude(const FunctionChances& chances) {
    result_.failure = chances.plain;
    for (size_t v = 0; v < chance_.size(); ++v) {
      for (const std::string& key : function_.variables()[v].keys)
        result_.atoms.push_back(
            OfAtom(key, chances.plain, chances.variables[v], function_.variables()[v].keys));
    }
    // In single precision, so that what differs by rounding alone is in the order of keys.
    const auto rank = [](const AtomImportance& atom) {
      return std::make_tuple(-static_cast<float>(atom.criticality.lower),
                             -static_cast<float>(atom.criticality.upper), std::string_view(atom.key));
    };
    std::sort(result_.atoms.begin(), result_.atoms.end(),
              [&rank](const AtomImportance& a, const AtomImportance& b) { return rank(a) < rank(b); });
  }

  AtomImportance OfAtom(const std::string& key, const Bounded& q, const VariableChances& variable,
                        const std::vector<std::string>& alike) {
    AtomImportance atom;
    atom.key = key;
    atom.chance = options_.chance(key);
    double no_other = 1;  // Atoms that are alike stand in for one another.
    for (const std::string& other : alike) no_other *= other == key ? 1 : 1 - options_.chance(other);
    atom.birnbaum = Times(no_other, variable.difference);
    atom.achievement = atom.reduction = Bounded::Exactly(1);
    if (q.upper <= 0) return atom;
    const Bounded without =
        alike.size() == 1
            ? variable.if_false
            : Bounded{(1 - no_other) * variable.if_true.lower + no_other * variable.if_false.lower,
                      (1 - no_other) * variable.if_true.upper + no_other * variable.if_false.upper};
    atom.criticality = AtMostOne(Over(Times(atom.chance, atom.birnbaum), q));
    atom.achievement = Over(variable.if_true, q);
    atom.reduction =
        without.upper > 0 ? Over(q, without) : Bounded::Exactly(std::numeric_limits<double>::infinity());
    atom.diagnostic = AtMostOne(Times(atom.chance, atom.achievement));
    // An atom that decides has a part in a minimal cut set that occurs; one that has a part occurs in a
    // failure.
    atom.fussell_vesely = {atom.criticality.lower, atom.diagnostic.upper};
    if (variable.has_part.has_value()) {
      atom.fussell_vesely = AtMostOne(Over(Bounded::Exactly(atom.chance * *variable.has_part), q));
    } else if (result_.bound == Importance::Bound::kNone) {
      result_.bound = Importance::Bound::kCutSets;
    }
    return atom;
  }

  const FailureFunction& function_;
  const ImportanceOptions& options_;
  Importance result_;
  std::vector<double> chance_;  // By variable: that any of its atoms occurs.
};

}  // namespace

absl::StatusOr<std::function<double(std::string_view)>> WithBetaFactors(
    std::function<double(std::string_view)> chance, const std::vector<BetaFactor>& factors) {
  std::map<std::string, double, std::less<>> changed;
  for (const BetaFactor& factor : factors) {
    const CommonCause& cause = factor.cause;
    if (!(factor.beta >= 0 && factor.beta <= 1))
      return absl::InvalidArgumentError(Join({"the beta of ", cause.key, " must lie between 0 and 1"}));
    if (cause.members.empty()) return absl::InvalidArgumentError(Join({cause.key, " has no members"}));
    const double p = chance(cause.members[0]);
    for (const std::string& member : cause.members) {
      if (chance(member) != p)
        return absl::InvalidArgumentError(
            Join({"the members of ", cause.key, " must have one chance; ", member, " has ",
                  std::to_string(chance(member)), ", ", cause.members[0], " ", std::to_string(p)}));
      if (!changed.emplace(member, (1 - factor.beta) * p).second)
        return absl::InvalidArgumentError(Join({member, " is named by a common cause twice"}));
    }
    if (!changed.emplace(cause.key, factor.beta * p).second)
      return absl::InvalidArgumentError(Join({"two common causes have the key ", cause.key}));
  }
  return [chance = std::move(chance), changed = std::move(changed)](std::string_view key) {
    const auto found = changed.find(key);
    return found != changed.end() ? found->second : chance(key);
  };
}

absl::StatusOr<Importance> FindImportance(const EvaluationPlan& plan, const FailureQuestion& question,
                                          const ImportanceOptions& options) {
  absl::StatusOr<FailureFunction> function =
      FailureFunction::Create(plan, question, options.limits.evaluation);
  if (!function.ok()) return function.status();
  absl::StatusOr<Importance> found = Finder(*function, options).Run();
  if (!found.ok() || found->failure.exact() || options.trials == 0) return found;
  const auto sample = SampleFailures(
      *function,
      {.chance = options.chance, .trials = options.trials, .seed = options.seed, .limits = options.limits});
  if (!sample.ok()) return sample.status();
  found->sample = *sample;
  return found;
}

}  // namespace linchpin::engine
