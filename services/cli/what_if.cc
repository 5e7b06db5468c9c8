#include "services/cli/what_if.h"

#include <set>
#include <string>
#include <utility>

#include "linchpin/inventory/v1/change_set.pb.h"
#include "services/base/text.h"
#include "services/cli/client/proposed_changes.h"
#include "services/cli/files.h"
#include "services/cli/import/partial.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;

constexpr char kProposed[] = "proposed";

class WhatIfClient final : public Client {
 public:
  WhatIfClient(std::unique_ptr<Client> client, Loaded loaded)
      : client_(std::move(client)), loaded_(std::move(loaded)) {
    std::vector<const resource::Document*> documents;
    for (const resource::Document& document : loaded_.documents) documents.push_back(&document);
    proposal_ = ProposedBy(documents);
  }

  absl::Status Call(const std::string& service, const std::string& method, const Message& request,
                    Message& response) override {
    const std::unique_ptr<Message> supposed = Suppose(request);
    if (supposed == nullptr) return client_->Call(service, method, request, response);
    return ExplainRefusal(loaded_, proposal_, client_->Call(service, method, *supposed, response));
  }

  absl::Status Stream(const std::string& service, const std::string& method, const Message& request,
                      Message& part, const std::function<void()>& on_part) override {
    const std::unique_ptr<Message> supposed = Suppose(request);
    if (supposed == nullptr) return client_->Stream(service, method, request, part, on_part);
    return ExplainRefusal(loaded_, proposal_, client_->Stream(service, method, *supposed, part, on_part));
  }

 private:
  // The request with the documents; null if it asks nothing that they could change.
  std::unique_ptr<Message> Suppose(const Message& request) const {
    const auto* field = request.GetDescriptor()->FindFieldByName(kProposed);
    if (field == nullptr) return nullptr;
    std::unique_ptr<Message> supposed(request.New());
    supposed->CopyFrom(request);
    auto& changes = static_cast<inventory::v1::ChangeSet&>(
        *supposed->GetReflection()->MutableMessage(supposed.get(), field));
    changes = OnTop(changes);
    return supposed;
  }

  // The documents, and on top of them what the request itself proposes: of one resource the latter.
  inventory::v1::ChangeSet OnTop(const inventory::v1::ChangeSet& own) const {
    std::set<std::string> written;
    for (const auto& operation : own.operations()) written.insert(NameOf(operation));
    inventory::v1::ChangeSet all = own;
    all.clear_operations();
    for (const auto& operation : proposal_.inventory.operations()) {
      if (!written.contains(NameOf(operation))) *all.add_operations() = operation;
    }
    all.mutable_operations()->MergeFrom(own.operations());
    return all;
  }

  static std::string NameOf(const inventory::v1::BatchWriteRequest::Operation& operation) {
    const auto& resource = operation.upsert();
    const auto* one =
        resource.GetReflection()->GetOneofFieldDescriptor(resource, resource.GetDescriptor()->oneof_decl(0));
    return one == nullptr ? "" : resource::NameOf(resource.GetReflection()->GetMessage(resource, one));
  }

  const std::unique_ptr<Client> client_;
  const Loaded loaded_;
  ProposedChanges proposal_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> MakeWhatIfClient(std::unique_ptr<Client> client,
                                                         const std::vector<std::string>& paths,
                                                         std::istream& in) {
  absl::StatusOr<Loaded> loaded = LoadFiles(paths, in, /*partial=*/true);
  if (!loaded.ok()) return loaded.status();
  for (const resource::Document& document : loaded->documents) {
    if (document.kind->area == resource::Area::kInventory) continue;
    return UsageError(Cat({PlaceOf(*loaded, document, ""), ": `", document.name(),
                           "` is not a resource of the inventory; --what-if takes those only"}));
  }
  if (absl::Status status = CompleteDocuments(*client, *loaded); !status.ok()) return status;
  if (loaded->documents.size() > kProposedOperationsMax) {
    return UsageError(Cat({"--what-if takes up to ", std::to_string(kProposedOperationsMax),
                           " resources; the files have ", std::to_string(loaded->documents.size())}));
  }
  return std::make_unique<WhatIfClient>(std::move(client), *std::move(loaded));
}

Flag WhatIfFlag() {
  return {
      "what-if",
      0,
      "FILE",
      "Answer for the inventory as it would stand with the resources of this file or folder, merged as by "
      "`apply --merge`. Writes nothing. Repeatable.",
      "",
      {}};
}

}  // namespace linchpin::cli
