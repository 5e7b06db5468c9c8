#include "services/inventory/importers/litellm/groups.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::importers {
namespace {

using Kind = ImportNote::Kind;

constexpr size_t kMaxPatterns = 1000;  // groups with a wildcard that a name may mean

bool FitsWildcard(std::string_view pattern, std::string_view name) {
  const size_t star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const std::string_view end = pattern.substr(star + 1);
  return end.find('*') == std::string_view::npos && name.size() >= star + end.size() &&
         name.substr(0, star) == pattern.substr(0, star) && name.substr(name.size() - end.size()) == end;
}

// A deployment in a group, of one or more entries.
struct Member {
  const LiteLlmEntry* entry;  // the first
  size_t deployment;
  std::optional<int> order;
  std::optional<double> weight;

  int FileLine() const { return order.value_or(std::numeric_limits<int>::max()); }
};

// A group on its way.
struct Gathered {
  Group group;
  std::vector<Member> members;
  std::unordered_map<size_t, size_t> places;  // of deployments among the members
};

void AddMember(const LiteLlmEntry& entry, size_t deployment, Gathered& group) {
  const auto [at, fresh] = group.places.emplace(deployment, group.members.size());
  if (fresh) {
    group.members.push_back({&entry, deployment, entry.order, entry.weight});
    return;
  }
  Member& same = group.members[at->second];
  if (entry.order && entry.order.value() < same.FileLine()) same.order = entry.order;
  if (entry.weight) same.weight = same.weight.value_or(0) + entry.weight.value();
}

// Orders the deployments of groups.
class Orderer {
 public:
  Orderer(bool weights_count, std::vector<ImportNote>& notes)
      : weights_count_(weights_count), notes_(notes) {}

  void Order(Gathered& gathered) {
    std::vector<Member>& members = gathered.members;
    std::stable_sort(members.begin(), members.end(),
                     [](const Member& a, const Member& b) { return a.FileLine() < b.FileLine(); });
    for (auto begin = members.begin(); begin != members.end();) {
      const auto end = std::find_if(
          begin, members.end(), [&](const Member& member) { return member.FileLine() != begin->FileLine(); });
      OrderOneRank({begin, end}, gathered.group);
      begin = end;
    }
  }

 private:
  // Those among which the router chooses by weight, if it does.
  void OrderOneRank(std::vector<Member> rank, Group& group) {
    const bool any =
        std::any_of(rank.begin(), rank.end(), [](const Member& m) { return m.weight.has_value(); });
    const bool weighted = any && rank.size() > 1 && weights_count_ && rank[0].weight.has_value();
    if (any && rank.size() > 1 && !weighted) NoteUnread(rank[0], group);
    if (weighted) {
      std::stable_sort(rank.begin(), rank.end(), [](const Member& a, const Member& b) {
        return a.weight.value_or(0) > b.weight.value_or(0);
      });
    }
    const bool is_primary = group.steps.empty();
    for (const Member& member : rank) {
      const double weight = weighted ? member.weight.value_or(0) : 0;
      group.steps.push_back({member.deployment, is_primary ? weight : 0, weighted && weight == 0});
      if (group.steps.back().spare) NoteSpare(member, group);
    }
  }

  void NoteUnread(const Member& first, const Group& group) {
    const char* why =
        weights_count_ ? "the first deployment has none" : "its routing strategy is not `simple-shuffle`";
    AddNote(Kind::kInfo, first.entry->at,
            absl::StrCat("the router does not read the weights of `", group.name, "`: ", why), notes_);
  }

  void NoteSpare(const Member& member, const Group& group) {
    AddNote(Kind::kInfo, member.entry->at,
            absl::StrCat("`", member.entry->model, "` has weight 0 in `", group.name,
                         "`: the router never chooses it while another answers, so it counts as a spare "
                         "whose switch time is unknown"),
            notes_);
  }

  const bool weights_count_;
  std::vector<ImportNote>& notes_;
};

}  // namespace

std::vector<Group> GroupsOf(const LiteLlmConfig& config, const std::vector<size_t>& deployment_of,
                            std::vector<ImportNote>& notes) {
  std::vector<Gathered> gathered;
  std::unordered_map<std::string, size_t> places;
  for (size_t i = 0; i < config.entries.size(); ++i) {
    const LiteLlmEntry& entry = config.entries[i];
    const auto [at, fresh] = places.emplace(entry.group, gathered.size());
    if (fresh) gathered.push_back({{entry.group, entry.at, {}}, {}, {}});
    AddMember(entry, deployment_of[i], gathered[at->second]);
  }
  Orderer orderer(config.routing.weights_count, notes);
  std::vector<Group> groups;
  for (Gathered& one : gathered) {
    orderer.Order(one);
    groups.push_back(std::move(one.group));
  }
  return groups;
}

CallNames::CallNames(const LiteLlmConfig& config, const std::vector<Group>& groups,
                     const catalogue::Catalogue& catalogue)
    : routing_(config.routing),
      catalogue_(catalogue),
      rules_(RulesOf(config.routing.fallbacks)),
      context_window_(RulesOf(config.routing.context_window_fallbacks)),
      content_policy_(RulesOf(config.routing.content_policy_fallbacks)) {
  for (size_t i = 0; i < groups.size(); ++i) {
    groups_.emplace(groups[i].name, i);
    const bool pattern = groups[i].name.find('*') != std::string::npos;
    if (pattern && patterns_.size() < kMaxPatterns) patterns_.push_back(groups[i].name);
    if (std::string bare = Stripped(groups[i].name); !bare.empty()) stripped_[std::move(bare)] = true;
  }
  for (const LiteLlmAlias& alias : routing_.aliases) aliases_.emplace(alias.name, alias.group);
}

CallNames::Rules CallNames::RulesOf(const std::vector<LiteLlmFallbacks>& list) {
  Rules rules;
  for (const LiteLlmFallbacks& one : list) rules.emplace(one.group, &one.targets);
  return rules;
}

size_t CallNames::GroupOf(const std::string& name) const {
  const auto alias = aliases_.find(name);
  const std::string& target = alias == aliases_.end() ? name : alias->second;
  if (const auto found = groups_.find(target); found != groups_.end()) return found->second;
  const std::string* best = nullptr;
  for (const std::string& pattern : patterns_) {
    if (FitsWildcard(pattern, target) && (best == nullptr || pattern.size() > best->size())) best = &pattern;
  }
  return best == nullptr ? kNone : groups_.at(*best);
}

std::string CallNames::Stripped(const std::string& name) const {
  const size_t slash = name.find('/');
  if (slash == std::string::npos || catalogue_.FindForm(name.substr(0, slash)) == nullptr) return {};
  return name.substr(slash + 1);
}

const std::vector<LiteLlmTarget>* CallNames::FindIn(const Rules& rules, const std::string& name) const {
  if (const auto found = rules.find(name); found != rules.end()) return found->second;
  if (rules.empty()) return nullptr;
  const auto found = rules.find(Stripped(name));
  return found == rules.end() ? nullptr : found->second;
}

const std::vector<LiteLlmTarget>* CallNames::FallbacksOf(const std::string& name) const {
  if (const auto* targets = FindIn(rules_, name)) return targets;
  // The router appends the default ones as the last rule for `*`, and the last of these counts.
  if (!routing_.default_fallbacks.empty()) return &routing_.default_fallbacks;
  const auto all = rules_.find("*");
  return all == rules_.end() ? nullptr : all->second;
}

std::vector<std::string> CallNames::Listed(const std::vector<LiteLlmFallbacks>& list,
                                           const std::string& name) const {
  const Rules& rules = &list == &routing_.context_window_fallbacks ? context_window_ : content_policy_;
  const std::vector<LiteLlmTarget>* targets = FindIn(rules, name);
  if (targets == nullptr) {
    if (const auto all = rules.find("*"); all != rules.end()) targets = all->second;
  }
  std::vector<std::string> names;
  if (targets == nullptr) return names;
  for (const LiteLlmTarget& target : *targets) names.push_back(target.group);
  return names;
}

bool CallNames::MeansAny(const std::string& name) const {
  return name == "*" || GroupOf(name) != kNone || stripped_.contains(name);
}

}  // namespace linchpin::importers
