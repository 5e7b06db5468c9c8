#include "services/engine/structure/cut_sets.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "services/engine/structure/set_count.h"
#include "services/engine/structure/set_family.h"
#include "services/engine/structure/word_search.h"

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

// Calls back with the variables of every set.
using ForEachSet = std::function<void(const std::function<void(const std::vector<uint32_t>&)>& visit)>;

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

  absl::Status ListFromFormula() {
    WordSearch search(function_);
    if (!search.IsCheap(options_.size_max)) return ListFromFamilies();
    const auto sets = search.FindSets(options_.size_max, options_.limits.evaluation.cancelled);
    if (!sets.ok()) return sets.status();
    TakeSets(*sets, options_.size_max);
    return absl::OkStatus();
  }

  // The largest size for which the sets keep within the nodes.
  absl::Status ListFromFamilies() {
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
    TakeSets(found->sets, found->complete_to);
    return absl::OkStatus();
  }

  // `family` has all sets of up to `size`.
  void Take(const Family& family, uint32_t size) {
    Take(size, family.families.CountBySize(family.root, family.Members(function_)), [&](const auto& visit) {
      family.families.ForEach(family.root, [&](const std::vector<uint32_t>& places) {
        std::vector<uint32_t> variables;
        for (uint32_t place : places) variables.push_back(family.variable_at[place]);
        visit(variables);
        return true;
      });
    });
  }

  // `sets` are all of up to `size`.
  void TakeSets(const std::vector<std::vector<uint32_t>>& sets, uint32_t size) {
    std::vector<uint64_t> count(size + 1, 0);
    for (const std::vector<uint32_t>& set : sets) {
      uint64_t ways = 1;
      for (uint32_t variable : set) ways = TimesUpTo(ways, function_.variables()[variable].keys.size());
      count[set.size()] = AddUpTo(count[set.size()], ways);
    }
    Take(size, std::move(count), [&](const auto& visit) {
      for (const std::vector<uint32_t>& set : sets) visit(set);
    });
  }

  void Take(uint32_t size, std::vector<uint64_t> count_by_size, const ForEachSet& for_each) {
    cuts_.complete_to = size;
    cuts_.count_by_size = std::move(count_by_size);
    cuts_.count_by_size.resize(size + 1, 0);
    cuts_.sets.clear();
    for (uint32_t of = 0; of <= size; ++of) {
      if (cuts_.count_by_size[of] == 0) continue;
      cuts_.list_is_cut |= cuts_.count_by_size[of] > kSortedMax || cuts_.sets.size() >= options_.sets_max;
      if (cuts_.list_is_cut) return;
      List(for_each, of);
    }
  }

  void List(const ForEachSet& for_each, uint32_t size) {
    std::vector<std::vector<std::string>> sets;
    for_each([&](const std::vector<uint32_t>& variables) {
      std::vector<std::string> keys;
      if (variables.size() == size) Expand(variables, 0, keys, sets);
    });
    const size_t room = std::min(options_.sets_max - cuts_.sets.size(), sets.size());
    std::partial_sort(sets.begin(), sets.begin() + static_cast<std::ptrdiff_t>(room), sets.end());
    cuts_.list_is_cut = room < sets.size();
    std::move(sets.begin(), sets.begin() + static_cast<std::ptrdiff_t>(room), std::back_inserter(cuts_.sets));
  }

  // Each variable by every one of its members.
  void Expand(const std::vector<uint32_t>& variables, size_t at, std::vector<std::string>& keys,
              std::vector<std::vector<std::string>>& sets) const {
    if (at == variables.size()) {
      sets.push_back(keys);
      std::sort(sets.back().begin(), sets.back().end());
      return;
    }
    for (const std::string& key : function_.variables()[variables[at]].keys) {
      keys.push_back(key);
      Expand(variables, at + 1, keys, sets);
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
