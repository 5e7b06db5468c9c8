#include "services/engine/structure/cut_sets.h"

#include <algorithm>
#include <utility>

#include "services/engine/structure/set_family.h"

namespace linchpin::engine {
namespace {

// Of one size, sets that are put in order at once; a size with more is counted and not listed.
constexpr uint64_t kSortedMax = 1'000'000;

// A family, and the variable at each place.
struct Family {
  SetFamilies families;
  DiagramNode root;
  std::vector<uint32_t> variable_at;

  std::vector<uint32_t> Members(const FailureFunction& function) const {
    std::vector<uint32_t> members;
    for (uint32_t variable : variable_at)
      members.push_back(static_cast<uint32_t>(function.variables()[variable].keys.size()));
    return members;
  }
};

class Lister {
 public:
  Lister(const FailureFunction& function, const CutSetOptions& options)
      : function_(function), options_(options) {
    cuts_.atom_count = function.atom_count();
    cuts_.obstacle = function.obstacle();
  }

  absl::StatusOr<CutSets> Run() {
    absl::Status status =
        function_.has_formula() && !options_.count_all ? ListFromFormula() : absl::OkStatus();
    if (!status.ok()) return status;
    if (cuts_.complete_to == options_.size_max) return std::move(cuts_);
    if (status = ListFromDiagram(); !status.ok()) return status;
    if (!cuts_.counted_all) status = function_.has_formula() ? FillFromFormula() : ListFromSearch();
    if (!status.ok()) return status;
    return std::move(cuts_);
  }

 private:
  DiagramLimits Nodes() const { return {options_.limits.nodes_max, options_.limits.evaluation.cancelled}; }

  absl::Status FillFromFormula() {
    return cuts_.complete_to.has_value() ? absl::OkStatus() : ListFromFormula();
  }

  // The largest size for which the sets keep within the nodes.
  absl::Status ListFromFormula() {
    const VariableOrder order =
        FindOrder(function_.formula(), function_.root(), static_cast<uint32_t>(function_.variables().size()),
                  OrderRule::kMostShared);
    for (uint32_t size = options_.size_max + 1; size-- > 0;) {
      Family found{SetFamilies(Nodes()), kNoNode, order.variable_at};
      found.root = found.families.FromFormula(function_.formula(), function_.root(), order.place_of, size);
      if (absl::IsCancelled(found.families.status())) return found.families.status();
      if (found.root == kNoNode) continue;
      Take(found, size);
      return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::Status ListFromDiagram() {
    auto built = BuildDiagram(function_, options_.limits);
    if (!built.ok()) return built.status();
    if (!built->has_value()) return absl::OkStatus();
    Family all{SetFamilies(Nodes()), kNoNode, (*built)->order.variable_at};
    all.root = all.families.FromDiagram((*built)->diagram, (*built)->root);
    if (absl::IsCancelled(all.families.status())) return all.families.status();
    if (all.root == kNoNode) return absl::OkStatus();
    std::vector<uint64_t> counts = all.families.CountBySize(all.root, all.Members(function_));
    all.root = all.families.AtMost(all.root, options_.size_max);
    if (all.root == kNoNode) return absl::OkStatus();
    Take(all, options_.size_max);
    cuts_.count_by_size = std::move(counts);
    cuts_.counted_all = true;
    return absl::OkStatus();
  }

  absl::Status ListFromSearch() {
    auto search = FailureSearch::Create(function_, options_.limits.evaluation);
    if (!search.ok()) return search.status();
    auto found = (*search)->FindSets(options_.size_max, options_.limits.search);
    if (!found.ok()) return found.status();
    if (!found->has_size_0) return absl::OkStatus();
    VariableOrder order;
    for (uint32_t v = 0; v < function_.variables().size(); ++v) order.variable_at.push_back(v);
    // No more nodes than the sets have members.
    Family family{SetFamilies({.cancelled = Nodes().cancelled}), kEndFalse, order.variable_at};
    for (const std::vector<uint32_t>& set : found->sets) {
      DiagramNode one = kEndTrue;
      for (uint32_t v : set)
        one = family.families.Product(one, family.families.Single(v), SetFamilies::kAnySize);
      family.root = family.families.Union(family.root, one);
    }
    if (family.root == kNoNode) return family.families.status();
    Take(family, found->complete_to);
    return absl::OkStatus();
  }

  // `family` has all sets of up to `size`.
  void Take(const Family& family, uint32_t size) {
    cuts_.complete_to = size;
    cuts_.count_by_size = family.families.CountBySize(family.root, family.Members(function_));
    cuts_.count_by_size.resize(size + 1, 0);
    cuts_.sets.clear();
    for (uint32_t of = 0; of <= size; ++of) {
      if (cuts_.count_by_size[of] == 0) continue;
      cuts_.list_is_cut |= cuts_.count_by_size[of] > kSortedMax || cuts_.sets.size() >= options_.sets_max;
      if (cuts_.list_is_cut) return;
      List(family, of);
    }
  }

  void List(const Family& family, uint32_t size) {
    std::vector<std::vector<std::string>> sets;
    family.families.ForEach(family.root, [&](const std::vector<uint32_t>& places) {
      std::vector<std::string> keys;
      if (places.size() == size) Expand(family, places, 0, keys, sets);
      return true;
    });
    const size_t room = std::min(options_.sets_max - cuts_.sets.size(), sets.size());
    std::partial_sort(sets.begin(), sets.begin() + static_cast<std::ptrdiff_t>(room), sets.end());
    cuts_.list_is_cut = room < sets.size();
    std::move(sets.begin(), sets.begin() + static_cast<std::ptrdiff_t>(room), std::back_inserter(cuts_.sets));
  }

  // Each variable by every one of its members.
  void Expand(const Family& family, const std::vector<uint32_t>& places, size_t at,
              std::vector<std::string>& keys, std::vector<std::vector<std::string>>& sets) const {
    if (at == places.size()) {
      sets.push_back(keys);
      std::sort(sets.back().begin(), sets.back().end());
      return;
    }
    for (const std::string& key : function_.variables()[family.variable_at[places[at]]].keys) {
      keys.push_back(key);
      Expand(family, places, at + 1, keys, sets);
      keys.pop_back();
    }
  }

  const FailureFunction& function_;
  const CutSetOptions& options_;
  CutSets cuts_;
};

}  // namespace

absl::StatusOr<CutSets> FindCutSets(const EvaluationPlan& plan, const FailureQuestion& question,
                                    const CutSetOptions& options) {
  if (options.size_max > kCutSetSizeMax) {
    return absl::InvalidArgumentError("cut sets are listed up to size " + std::to_string(kCutSetSizeMax) +
                                      "; count all sizes instead");
  }
  absl::StatusOr<FailureFunction> function =
      FailureFunction::Create(plan, question, options.limits.evaluation);
  if (!function.ok()) return function.status();
  return Lister(*function, options).Run();
}

}  // namespace linchpin::engine
