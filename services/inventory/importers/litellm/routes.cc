#include "services/inventory/importers/litellm/routes.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linchpin::importers {
namespace {

using Kind = ImportNote::Kind;

constexpr size_t kMaxAlternatives = 64;  // of a dependency
constexpr size_t kMaxPatterns = 1000;    // groups with a wildcard that a fallback may mean

bool FitsWildcard(std::string_view pattern, std::string_view name) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const std::string_view end = pattern.substr(star + 1);
  return end.find('*') == std::string_view::npos && name.size() >= star + end.size() &&
         name.substr(0, star) == pattern.substr(0, star) && name.substr(name.size() - end.size()) == end;
}

// Finds the routes of one configuration.
class Router {
 public:
  Router(const LiteLlmConfig& config, const std::vector<size_t>& deployment_of, const std::string& file,
         std::vector<ImportNote>& notes)
      : config_(config), file_(file), notes_(notes) {
    for (size_t i = 0; i < config.entries.size(); ++i) {
      const LiteLlmEntry& entry = config.entries[i];
      auto [at, fresh] = groups_.try_emplace(entry.group);
      if (fresh) AddGroup(entry);
      if (members_.emplace(at->first, deployment_of[i]).second) at->second.push_back(deployment_of[i]);
    }
    for (const LiteLlmFallbacks& rule : config.fallbacks) rules_.emplace(rule.group, &rule);
    for (const LiteLlmAlias& alias : config.aliases) aliases_.emplace(alias.name, alias.group);
  }

  std::vector<Route> Run() {
    CheckRules();
    for (Route& route : order_) {
      const std::string group = GroupOf(route.name);
      Fill(route, group.empty() ? route.name : group);
    }
    for (const LiteLlmAlias& alias : config_.aliases) AddAlias(alias);
    return std::move(order_);
  }

 private:
  void Note(Kind kind, int line, std::string message) {
    notes_.push_back({kind, file_, line, std::move(message)});
  }

  void AddGroup(const LiteLlmEntry& entry) {
    order_.push_back({entry.group, entry.line, "", 0, {}, {}, {}});
    const bool pattern = entry.group.find('*') != std::string::npos;
    if (pattern && patterns_.size() < kMaxPatterns) patterns_.push_back(entry.group);
  }

  // The group that a name means: itself, what it stands for, or a group of any name; empty if there is none.
  std::string GroupOf(const std::string& name) const {
    const auto alias = aliases_.find(name);
    const std::string& target = alias == aliases_.end() ? name : alias->second;
    if (groups_.contains(target)) return target;
    // The longest pattern counts, as in LiteLLM.
    std::string best;
    for (const std::string& pattern : patterns_) {
      if (FitsWildcard(pattern, target) && pattern.size() > best.size()) best = pattern;
    }
    return best;
  }

  // Notes, once each, the rules that name groups which do not exist.
  void CheckRules() {
    for (const auto& [word, list] :
         {std::pair("fallbacks", &config_.fallbacks),
          std::pair("context_window_fallbacks", &config_.context_window_fallbacks),
          std::pair("content_policy_fallbacks", &config_.content_policy_fallbacks)}) {
      for (const LiteLlmFallbacks& rule : *list) {
        if (rule.group != "*" && GroupOf(rule.group).empty()) {
          Note(Kind::kSkipped, rule.line,
               absl::StrCat("`", word, "` are given for `", rule.group, "`, which is no group"));
        }
        CheckTargets(word, rule.targets);
      }
    }
    CheckTargets("default_fallbacks", config_.default_fallbacks);
  }

  void CheckTargets(const std::string& word, const std::vector<LiteLlmTarget>& targets) {
    for (const LiteLlmTarget& target : targets) {
      if (GroupOf(target.group).empty()) {
        Note(Kind::kSkipped, target.line,
             absl::StrCat("`", word, "` lead to `", target.group, "`, which is no group"));
      }
    }
  }

  // The names under which a group's rules may stand: its own, without prefix (`openai/gpt-4o` also has the
  // rules of `gpt-4o`), and that of the rule for all.
  static std::vector<std::string> RuleNames(const std::string& group) {
    return {group, group.substr(group.find('/') + 1), "*"};
  }

  static const LiteLlmFallbacks* FindRule(const std::vector<LiteLlmFallbacks>& rules,
                                          const std::string& group) {
    for (const std::string& name : RuleNames(group)) {
      for (const LiteLlmFallbacks& rule : rules) {
        if (rule.group == name) return &rule;
      }
    }
    return nullptr;
  }

  const std::vector<LiteLlmTarget>& FallbacksOf(const std::string& group) const {
    for (const std::string& name : RuleNames(group)) {
      if (const auto found = rules_.find(name); found != rules_.end()) return found->second->targets;
    }
    return config_.default_fallbacks;
  }

  void Fill(Route& route, const std::string& group) {
    seen_.clear();
    path_.clear();
    Walk(route, group);
    route.replicas = groups_.at(group).size();
    for (const auto& [list, out] : {std::pair(&config_.context_window_fallbacks, &route.context_window),
                                    std::pair(&config_.content_policy_fallbacks, &route.content_policy)}) {
      if (const LiteLlmFallbacks* rule = FindRule(*list, group)) {
        for (const LiteLlmTarget& target : rule->targets) out->push_back(target.group);
      }
    }
  }

  // Depth is bounded by the number of groups, each entered once.
  void Walk(Route& route, const std::string& group) {
    seen_.insert(group);
    path_.push_back(group);
    for (const size_t deployment : groups_.at(group)) {
      if (std::find(route.deployments.begin(), route.deployments.end(), deployment) !=
          route.deployments.end())
        continue;
      if (route.deployments.size() == kMaxAlternatives) {
        if (!truncated_.insert(route.name).second) continue;
        Note(Kind::kSkipped, route.line,
             absl::StrCat("`", route.name, "` reaches more than ", kMaxAlternatives,
                          " deployments; the rest is left out"));
        continue;
      }
      route.deployments.push_back(deployment);
    }
    for (const LiteLlmTarget& target : FallbacksOf(group)) {
      const std::string next = GroupOf(target.group);
      if (next.empty()) continue;
      if (std::find(path_.begin(), path_.end(), next) != path_.end()) {
        NoteCycle(next, target.line);
      } else if (!seen_.contains(next) && path_.size() < kMaxAlternatives) {
        Walk(route, next);
      }
    }
    path_.pop_back();
  }

  void NoteCycle(const std::string& back_to, int line) {
    const auto begin = std::find(path_.begin(), path_.end(), back_to);
    std::set<std::string> members(begin, path_.end());
    if (members.size() < 2 || !cycles_.insert(members).second) return;
    Note(Kind::kInfo, line,
         absl::StrCat("fallbacks come back to where they start: ", absl::StrJoin(begin, path_.end(), " -> "),
                      " -> ", back_to, "; each group is tried once"));
  }

  void AddAlias(const LiteLlmAlias& alias) {
    const std::string group = GroupOf(alias.group);
    if (group.empty()) {
      Note(Kind::kSkipped, alias.line,
           absl::StrCat("the alias `", alias.name, "` stands for `", alias.group, "`, which is no group"));
      return;
    }
    if (groups_.contains(alias.name)) {
      Note(Kind::kInfo, alias.line,
           absl::StrCat("`", alias.name, "` is a group and an alias; the alias counts"));
      return;
    }
    Route route{alias.name, alias.line, group, 0, {}, {}, {}};
    Fill(route, group);
    order_.push_back(std::move(route));
  }

  const LiteLlmConfig& config_;
  const std::string& file_;
  std::vector<ImportNote>& notes_;
  std::map<std::string, std::vector<size_t>> groups_;
  std::set<std::pair<std::string, size_t>> members_;
  std::map<std::string, const LiteLlmFallbacks*> rules_;
  std::vector<std::string> patterns_;
  std::map<std::string, std::string> aliases_;
  std::vector<Route> order_;
  std::set<std::string> seen_;
  std::vector<std::string> path_;
  std::set<std::set<std::string>> cycles_;
  std::set<std::string> truncated_;
};

}  // namespace

std::vector<Route> RoutesOf(const LiteLlmConfig& config, const std::vector<size_t>& deployment_of,
                            const std::string& file, std::vector<ImportNote>& notes) {
  return Router(config, deployment_of, file, notes).Run();
}

}  // namespace linchpin::importers
