// The policies that ship with the program, as documents.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_PACKS_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_PACKS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/policy/v1/assignment.pb.h"
#include "linchpin/policy/v1/jurisdiction_set.pb.h"
#include "linchpin/policy/v1/policy.pb.h"
#include "services/policy/packs/packs.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// What a pack, or the files of a suite, hold.
struct PackDocuments {
  std::vector<linchpin::policy::v1::Policy> policies;
  std::vector<linchpin::policy::v1::JurisdictionSet> sets;
};

// Adds the policies and sets among the documents.
void TakeDocuments(const std::vector<resource::Document>& documents, PackDocuments& taken);

// The documents of a pack. INVALID_ARGUMENT only for a bug in its data, which a test looks for.
absl::StatusOr<PackDocuments> DocumentsOf(const linchpin::policy::ShippedPack& pack);

// Whether a pack wants to be told where home is.
bool AsksForHome(const linchpin::policy::v1::Policy& pack);

// The assignment of a pack to the whole inventory, of the pack's id if `id` is empty. `home` holds countries
// and full names of jurisdiction sets (HomeTerms). Errors: usage, if `home` is missing or not asked for.
absl::StatusOr<linchpin::policy::v1::Assignment> AssignmentOf(const linchpin::policy::v1::Policy& pack,
                                                              std::string_view id, const std::string& owner,
                                                              const std::vector<std::string>& home);

// NOT_FOUND with the nearest id.
absl::StatusOr<const linchpin::policy::ShippedPack*> RequirePack(std::string_view id);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_PACKS_H_
