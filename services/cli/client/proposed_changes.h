// Documents of files as a change set that nobody has written.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_PROPOSED_CHANGES_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_PROPOSED_CHANGES_H_

#include <vector>

#include "absl/status/status.h"
#include "linchpin/inventory/v1/change_set.pb.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "services/cli/files.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// Upserts, with the documents that they are made from, by index of the operation.
struct ProposedChanges {
  linchpin::inventory::v1::ChangeSet inventory;
  std::vector<const resource::Document*> inventory_documents;
  google::protobuf::RepeatedPtrField<linchpin::policy::v1::PolicyOperation> policies;
  std::vector<const resource::Document*> policy_documents;
  std::vector<const resource::Document*> others;  // Of other services.
};

// The documents must outlive it.
ProposedChanges ProposedBy(const std::vector<const resource::Document*>& documents);

// A refusal of these operations, told with the file, line and column that it comes from.
absl::Status ExplainRefusal(const Loaded& loaded, const ProposedChanges& proposal,
                            const absl::Status& refusal);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_PROPOSED_CHANGES_H_
