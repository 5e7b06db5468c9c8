// The groups of one configuration, and the fallbacks of each name that a router may be called with.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_GROUPS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_GROUPS_H_

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/import.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/inventory/importers/litellm/routes.h"

namespace linchpin::importers {

// Entries under one `model_name`.
struct Group {
  std::string name;
  FileLine at;
  std::vector<RouteStep> steps;  // its own deployments, in the order in which they are tried
};

// Groups in file order, each with its deployments in the order of RoutesOf. Notes deployments that the router
// does not choose, and weights that it does not read.
std::vector<Group> GroupsOf(const LiteLlmConfig& config, const std::vector<size_t>& deployment_of,
                            std::vector<ImportNote>& notes);

// What a name means to the router.
//
// Ownership: refers to config, groups and catalogue, which outlive it.
class CallNames {
 public:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  CallNames(const LiteLlmConfig& config, const std::vector<Group>& groups,
            const catalogue::Catalogue& catalogue);

  // The index of the group that a name leads to: its own, that of the alias, or the longest pattern that fits
  // it; kNone if there is none. An alias of an alias leads nowhere, as in the router.
  size_t GroupOf(const std::string& name) const;

  bool IsGroup(const std::string& name) const { return groups_.contains(name); }
  bool IsAlias(const std::string& name) const { return aliases_.contains(name); }

  // The targets that the router tries for a call of `name`: those given for it, those for it without the
  // prefix of a provider (`openai/gpt-4o` has those of `gpt-4o`), the default ones, those of `*`. Null: none.
  const std::vector<LiteLlmTarget>* FallbacksOf(const std::string& name) const;

  // CallNames of the groups that a list for special requests gives for `name`.
  std::vector<std::string> Listed(const std::vector<LiteLlmFallbacks>& list, const std::string& name) const;

  // Whether fallbacks given for `name` are those of any group or alias.
  bool MeansAny(const std::string& name) const;

 private:
  using Rules = std::unordered_map<std::string, const std::vector<LiteLlmTarget>*>;

  static Rules RulesOf(const std::vector<LiteLlmFallbacks>& list);
  // The name without the prefix of a provider; empty if it has none.
  std::string Stripped(const std::string& name) const;
  const std::vector<LiteLlmTarget>* FindIn(const Rules& rules, const std::string& name) const;

  const LiteLlmRouting& routing_;
  const catalogue::Catalogue& catalogue_;
  std::unordered_map<std::string, size_t> groups_;
  std::vector<std::string> patterns_;
  std::unordered_map<std::string, std::string> aliases_;
  std::unordered_map<std::string, bool> stripped_;  // groups without the prefix of a provider
  Rules rules_, context_window_, content_policy_;
};

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_GROUPS_H_
