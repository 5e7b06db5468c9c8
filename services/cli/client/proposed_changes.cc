#include "services/cli/client/proposed_changes.h"

#include "services/base/error.h"
#include "services/cli/client/errors.h"
#include "services/cli/client/refusal.h"

namespace linchpin::cli {
namespace {

using google::protobuf::Message;
using resource::Document;

constexpr std::string_view kProposed = "proposed.";
constexpr std::string_view kPolicies = "policies[";

// Sets the member of the oneof `target` that carries the kind. False if it has none.
bool SetResource(const Document& document, Message& target) {
  const auto* field = target.GetDescriptor()->FindFieldByName(document.kind->singular);
  if (field == nullptr || field->message_type() != document.kind->descriptor) return false;
  target.GetReflection()->MutableMessage(&target, field)->CopyFrom(*document.resource);
  return true;
}

bool IsOfPolicies(const absl::Status& refusal) {
  const auto details = base::DetailsOf(refusal);
  return details && !details->violations.empty() && details->violations[0].field.starts_with(kPolicies);
}

}  // namespace

ProposedChanges ProposedBy(const std::vector<const Document*>& documents) {
  ProposedChanges proposal;
  for (const Document* document : documents) {
    if (document->kind->area == resource::Area::kInventory) {
      SetResource(*document, *proposal.inventory.add_operations()->mutable_upsert());
      proposal.inventory_documents.push_back(document);
      continue;
    }
    linchpin::policy::v1::PolicyOperation operation;
    if (!SetResource(*document, *operation.mutable_upsert())) {
      proposal.others.push_back(document);
      continue;
    }
    proposal.policies.Add(std::move(operation));
    proposal.policy_documents.push_back(document);
  }
  return proposal;
}

absl::Status ExplainRefusal(const Loaded& loaded, const ProposedChanges& proposal,
                            const absl::Status& refusal) {
  const bool of_policies = IsOfPolicies(refusal);
  // Both are called as those of a batch are.
  const absl::Status renamed = RenameFields(refusal, [](const std::string& field) {
    if (field.starts_with(kProposed)) return field.substr(kProposed.size());
    return field.starts_with(kPolicies) ? "operations[" + field.substr(kPolicies.size()) : field;
  });
  return ExplainRefusal(
      loaded,
      Refusal{renamed, of_policies ? proposal.policy_documents : proposal.inventory_documents, nullptr});
}

}  // namespace linchpin::cli
