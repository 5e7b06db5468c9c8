// The policies that ship with the program, as documents.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_PACKS_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_PACKS_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
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

// NOT_FOUND with the nearest id.
absl::StatusOr<const linchpin::policy::ShippedPack*> RequirePack(std::string_view id);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_PACKS_H_
