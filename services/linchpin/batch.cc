#include "services/linchpin/batch.h"

#include <algorithm>

#include "google/protobuf/empty.pb.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/linchpin/api.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using google::protobuf::Message;
using resource::Document;
using Documents = std::vector<const Document*>;

constexpr size_t kOperationsMax = 10'000;
constexpr size_t kBatchBytesMax = 12 << 20;  // a message holds 16 MiB

// Cuts the inventory's documents into batches.
std::vector<Documents> Batches(const Documents& documents) {
  std::vector<Documents> batches;
  size_t bytes = 0;
  for (const Document* document : documents) {
    if (document->kind->area != resource::Area::kInventory) continue;
    const size_t size = document->resource->ByteSizeLong() + 16;
    if (batches.empty() || batches.back().size() == kOperationsMax || bytes + size > kBatchBytesMax) {
      batches.emplace_back();
      bytes = 0;
    }
    batches.back().push_back(document);
    bytes += size;
  }
  return batches;
}

// The member of the oneof that carries the kind.
void SetResource(const Message& message, inventory::Resource& target) {
  const auto* kind = resource::FindKindOf(message.GetDescriptor());
  const auto* field = target.GetDescriptor()->FindFieldByName(kind->singular);
  target.GetReflection()->MutableMessage(&target, field)->CopyFrom(message);
}

std::string ActionName(inventory::BatchWriteResponse::Action action, bool removal) {
  switch (action) {
    case inventory::BatchWriteResponse::ACTION_CREATED:
      return "created";
    case inventory::BatchWriteResponse::ACTION_UPDATED:
      return "updated";
    case inventory::BatchWriteResponse::ACTION_UNCHANGED:
      return removal ? "absent" : "unchanged";
    case inventory::BatchWriteResponse::ACTION_DELETED:
      return "deleted";
    default:
      return "done";
  }
}

absl::Status WriteBatch(Client& client, const Documents& batch, const WriteJob& job, WriteResult& result) {
  inventory::BatchWriteRequest request;
  request.set_validate_only(job.validate_only);
  for (const Document* document : batch) {
    auto& operation = *request.add_operations();
    if (job.remove) {
      operation.set_delete_(document->name());
      operation.set_allow_missing(job.allow_missing);
    } else {
      SetResource(*document->resource, *operation.mutable_upsert());
    }
  }
  inventory::BatchWriteResponse response;
  if (absl::Status status = client.Call(kInventory, "BatchWrite", request, response); !status.ok())
    return status;
  for (const auto& outcome : response.results())
    job.on_outcome({outcome.name(), ActionName(outcome.action())});
  result.revision = response.revision();
  result.revision_token = response.revision_token();
  return absl::OkStatus();
}

int64_t RevisionOf(const Message& resource) {
  return resource.GetReflection()->GetInt64(resource, resource.GetDescriptor()->FindFieldByName("revision"));
}

absl::Status WriteSingle(Client& client, const Document& document, const WriteJob& job) {
  if (job.remove) {
    DeleteOptions options;
    options.allow_missing = job.allow_missing;
    options.validate_only = job.validate_only;
    absl::StatusOr<bool> deleted = DeleteResource(client, document.name(), options);
    if (deleted.ok()) job.on_outcome({document.name(), *deleted ? "deleted" : "absent"});
    return deleted.status();
  }
  auto before = GetResource(client, document.name());
  if (!before.ok() && before.status().code() != absl::StatusCode::kNotFound) return before.status();
  auto after = PutResource(client, *document.resource, job.validate_only);
  if (!after.ok()) return after.status();
  bool same = before.ok() && RevisionOf(**before) == RevisionOf(**after);
  if (job.validate_only && before.ok()) {
    // A rehearsal gets no revision: compare what would be stored.
    resource::ClearOutputOnly(**before);
    resource::ClearOutputOnly(**after);
    same = (*before)->SerializeAsString() == (*after)->SerializeAsString();
  }
  job.on_outcome({document.name(), !before.ok() ? "created" : same ? "unchanged" : "updated"});
  return absl::OkStatus();
}

}  // namespace

size_t BatchCount(const Documents& documents) { return Batches(documents).size(); }

WriteResult WriteDocuments(Client& client, const WriteJob& job) {
  WriteResult result;
  size_t done = 0;
  auto write_singles = [&] {
    Documents singles;
    for (const Document* document : job.documents) {
      if (document->kind->area == resource::Area::kPolicy) singles.push_back(document);
    }
    if (job.remove) std::reverse(singles.begin(), singles.end());
    for (const Document* document : singles) {
      result.refusal = {WriteSingle(client, *document, job), {}, document};
      if (!result.refusal.status.ok()) return;
    }
  };
  if (job.remove) write_singles();
  if (!result.refusal.status.ok()) return result;
  std::vector<Documents> batches = Batches(job.documents);
  if (job.remove) std::reverse(batches.begin(), batches.end());
  for (const Documents& batch : batches) {
    result.refusal = {WriteBatch(client, batch, job, result), batch, nullptr};
    if (!result.refusal.status.ok()) return result;
    ++result.batches;
    done += batch.size();
    if (job.on_progress) job.on_progress(done, job.documents.size());
  }
  result.refusal = {};
  if (!job.remove) write_singles();
  return result;
}

}  // namespace linchpin::cli
