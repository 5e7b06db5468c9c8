// The packs of policies that somebody begins with.
#ifndef LINCHPIN_SERVICES_CLI_INIT_STARTER_PACKS_H_
#define LINCHPIN_SERVICES_CLI_INIT_STARTER_PACKS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/policy/packs/packs.h"

namespace linchpin::cli {

// A pack, and whether it fits an enterprise with this home. Which sector one belongs to is not known: what
// holds for some sector only is not proposed.
struct PackChoice {
  const linchpin::policy::ShippedPack* pack = nullptr;
  bool proposed = false;
  std::string why;  // "home is in the EU", "for financial entities in the EU"
};

// Every pack that ships, those that are proposed first; `home` are countries.
std::vector<PackChoice> PackChoices(const std::vector<std::string>& home);

// The packs that `answer` names by ids, separated by commas: empty means those proposed, `none` none at all.
// Each once, in the order of `choices`. Errors: NOT_FOUND with the nearest id.
absl::StatusOr<std::vector<const linchpin::policy::ShippedPack*>> ReadPackAnswer(
    std::string_view answer, const std::vector<PackChoice>& choices);

// The packs as documents for `apply`, each with an assignment to the whole inventory. What a pack of the
// Union calls home is the Union with `home`; any other takes `home` as it is.
absl::StatusOr<std::string> WriteStarterPolicies(
    const std::vector<const linchpin::policy::ShippedPack*>& packs, const std::vector<std::string>& home);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_INIT_STARTER_PACKS_H_
