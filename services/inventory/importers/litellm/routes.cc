#include "services/inventory/importers/litellm/routes.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/text.h"
#include "services/inventory/importers/litellm/call_numbers.h"
#include "services/inventory/importers/litellm/cycles.h"
#include "services/inventory/importers/litellm/groups.h"

namespace linchpin::importers {
namespace {

using Kind = ImportNote::Kind;

constexpr size_t kMaxSteps = 64;      // alternatives of a dependency
constexpr size_t kCutNamesShown = 5;  // of routes that end early

// Walks the routes of one configuration.
class Walker {
 public:
  Walker(const std::vector<Group>& groups, int fallbacks_max, CallNumbers& numbers)
      : groups_(groups), fallbacks_max_(fallbacks_max), numbers_(numbers) {}

  // What a walk came to.
  struct Walk {
    std::vector<RouteStep> steps;
    bool full = false;  // more than kMaxSteps
    bool cut = false;   // something lies beyond the last step that the router takes
  };

  Walk Run(const std::string& name) {
    walk_ = {};
    reached_.clear();
    listed_.clear();
    beyond_.clear();
    Visit(numbers_.Of(name), 0);
    for (const auto& [list, number] : beyond_) {
      for (const size_t target : numbers_.Next(number)) walk_.cut = walk_.cut || IsNew(target);
    }
    return std::move(walk_);
  }

 private:
  // Each name is entered again only at a smaller depth, so that a walk ends. Depth is bounded by the router's
  // steps.
  void Visit(size_t number, int depth) {
    const size_t group = numbers_[number].group;
    if (group == CallNames::kNone || walk_.full) return;
    const auto [at, fresh] = reached_.emplace(number, depth);
    if (!fresh && at->second <= depth) return;
    at->second = depth;
    for (const RouteStep& step : groups_[group].steps) List(step, depth);
    if (depth >= fallbacks_max_) {
      beyond_.emplace(numbers_[number].targets, number);
      return;
    }
    // A copy: visits may grow the table of lists.
    const std::vector<size_t> next = numbers_.Next(number);
    int steps = depth;
    for (const size_t target : next) {
      if (walk_.full) return;
      if (target != number) Visit(target, ++steps);
    }
  }

  void List(const RouteStep& step, int depth) {
    if (!listed_.insert(step.deployment).second) return;
    if (walk_.steps.size() == kMaxSteps) {
      walk_.full = true;
      return;
    }
    walk_.steps.push_back(step);
    if (depth > 0) walk_.steps.back().weight = 0;
  }

  bool IsNew(size_t number) const {
    const size_t group = numbers_[number].group;
    if (group == CallNames::kNone) return false;
    const auto& steps = groups_[group].steps;
    return std::any_of(steps.begin(), steps.end(),
                       [&](const RouteStep& step) { return !listed_.contains(step.deployment); });
  }

  const std::vector<Group>& groups_;
  const int fallbacks_max_;
  CallNumbers& numbers_;
  Walk walk_;
  std::unordered_map<size_t, int> reached_;  // name -> least depth
  std::set<size_t> listed_;
  std::map<const std::vector<LiteLlmTarget>*, size_t> beyond_;  // lists that are not tried, with who has them
};

// Finds the routes of one configuration.
class Router {
 public:
  Router(const LiteLlmConfig& config, const std::vector<size_t>& deployment_of,
         const catalogue::Catalogue& catalogue, std::vector<ImportNote>& notes)
      : routing_(config.routing),
        notes_(notes),
        groups_(GroupsOf(config, deployment_of, notes)),
        names_(config, groups_, catalogue),
        numbers_(names_),
        walker_(groups_, config.routing.fallbacks_max, numbers_) {}

  std::vector<RoutePlan> Run() {
    CheckRules();
    for (const Group& group : groups_) Add(group.name, group.at, "");
    for (const LiteLlmAlias& alias : routing_.aliases) AddAlias(alias);
    std::vector<size_t> roots;
    for (const RoutePlan& route : routes_) roots.push_back(numbers_.Of(route.name));
    NoteCycles(roots, numbers_, notes_);
    NoteCut();
    return std::move(routes_);
  }

 private:
  // Notes, once each, the rules that name groups which do not exist.
  void CheckRules() {
    for (const auto& [word, list] :
         {std::pair("fallbacks", &routing_.fallbacks),
          std::pair("context_window_fallbacks", &routing_.context_window_fallbacks),
          std::pair("content_policy_fallbacks", &routing_.content_policy_fallbacks)}) {
      for (const LiteLlmFallbacks& rule : *list) {
        if (!names_.MeansAny(rule.group)) {
          AddNote(Kind::kSkipped, rule.at,
                  absl::StrCat("`", word, "` are given for `", rule.group, "`, which is not a group"),
                  notes_);
        }
        CheckTargets(word, rule.targets);
      }
    }
    CheckTargets("default_fallbacks", routing_.default_fallbacks);
  }

  void CheckTargets(const std::string& word, const std::vector<LiteLlmTarget>& targets) {
    for (const LiteLlmTarget& target : targets) {
      if (names_.GroupOf(target.group) != CallNames::kNone) continue;
      AddNote(Kind::kSkipped, target.at,
              absl::StrCat("`", word, "` lead to `", target.group, "`, which is not a group"), notes_);
    }
  }

  void Add(const std::string& name, const FileLine& at, const std::string& alias_of) {
    RoutePlan route{name, at, alias_of, 0, {}, {}, {}};
    Walker::Walk walk = walker_.Run(name);
    route.replicas = std::min(groups_[names_.GroupOf(name)].steps.size(), walk.steps.size());
    route.steps = std::move(walk.steps);
    route.context_window = names_.Listed(routing_.context_window_fallbacks, name);
    route.content_policy = names_.Listed(routing_.content_policy_fallbacks, name);
    if (walk.cut) cut_.push_back("`" + name + "`");
    if (walk.cut && cut_.size() == 1) cut_at_ = at;
    if (walk.full) {
      AddNote(
          Kind::kSkipped, at,
          absl::StrCat("`", name, "` reaches more than ", kMaxSteps, " deployments; the rest is left out"),
          notes_);
    }
    routes_.push_back(std::move(route));
  }

  void AddAlias(const LiteLlmAlias& alias) {
    const size_t group = names_.GroupOf(alias.name);
    if (group == CallNames::kNone) {
      return AddNote(
          Kind::kSkipped, alias.at,
          absl::StrCat("the alias `", alias.name, "` stands for `", alias.group, "`, which is not a group",
                       names_.IsAlias(alias.group) ? " but another alias" : ""),
          notes_);
    }
    if (names_.IsGroup(alias.name)) {
      return AddNote(Kind::kInfo, alias.at,
                     absl::StrCat("`", alias.name, "` is a group and an alias; the alias counts"), notes_);
    }
    Add(alias.name, alias.at, groups_[group].name);
    NoteLostFallbacks(alias, groups_[group].name);
  }

  // The router does not look up an alias before it looks up fallbacks.
  void NoteLostFallbacks(const LiteLlmAlias& alias, const std::string& group) {
    const auto* const of_group = names_.FallbacksOf(group);
    if (of_group == nullptr || of_group == names_.FallbacksOf(alias.name) || of_group->empty()) return;
    AddNote(Kind::kInfo, alias.at,
            absl::StrCat("the alias `", alias.name, "` has none of the fallbacks of `", group,
                         "`: the router looks fallbacks up by the name that was called"),
            notes_);
  }

  void NoteCut() {
    if (cut_.empty()) return;
    AddNote(Kind::kInfo, cut_at_,
            absl::StrCat("the router takes at most ", routing_.fallbacks_max,
                         " fallbacks in a chain (`max_fallbacks`); what comes later is not in the route of ",
                         base::JoinNames(cut_, kCutNamesShown)),
            notes_);
  }

  const LiteLlmRouting& routing_;
  std::vector<ImportNote>& notes_;
  const std::vector<Group> groups_;
  const CallNames names_;
  CallNumbers numbers_;
  Walker walker_;
  std::vector<RoutePlan> routes_;
  std::vector<std::string> cut_;
  FileLine cut_at_;
};

}  // namespace

std::vector<RoutePlan> RoutesOf(const LiteLlmConfig& config, const std::vector<size_t>& deployment_of,
                                const catalogue::Catalogue& catalogue, std::vector<ImportNote>& notes) {
  return Router(config, deployment_of, catalogue, notes).Run();
}

}  // namespace linchpin::importers
