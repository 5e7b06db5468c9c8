#include "services/cli/client/batch.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "google/protobuf/empty.pb.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/cli/client/api.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
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

// One request: what it is about, and in a rehearsal also what of earlier batches that refers to.
struct Batch {
  Documents documents;
  std::set<const Document*> repeated;  // those that an earlier batch was about
};

// Cuts a rehearsal into batches. The server knows only what is stored, not what an earlier batch would have
// written; so each batch repeats what its documents refer to, and what that refers to.
class Rehearsal {
 public:
  explicit Rehearsal(const Documents& documents) {
    for (const Document* document : documents) {
      if (document->kind->area == resource::Area::kInventory) by_name_.emplace(document->name(), document);
    }
    for (const Document* document : documents) {
      if (document->kind->area == resource::Area::kInventory) Take(document);
    }
  }

  std::vector<Batch> batches;

 private:
  static size_t SizeOf(const Document* document) { return document->resource->ByteSizeLong() + 16; }

  // What the batch lacks for `document`, what is referred to first.
  void Collect(const Document* document, std::set<const Document*>& seen, Documents& needed) const {
    if (present_.count(document) > 0 || !seen.insert(document).second) return;
    for (const resource::Reference& reference : resource::References(*document->resource)) {
      const auto target = by_name_.find(reference.target);
      if (target != by_name_.end()) Collect(target->second, seen, needed);
    }
    needed.push_back(document);
  }

  void Take(const Document* document) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      std::set<const Document*> seen;
      Documents needed;
      Collect(document, seen, needed);
      size_t bytes = bytes_;
      for (const Document* one : needed) bytes += SizeOf(one);
      const bool fits = present_.size() + needed.size() <= kOperationsMax && bytes <= kBatchBytesMax;
      if (batches.empty() || (!fits && attempt == 0)) {
        batches.emplace_back();
        present_.clear();
        bytes_ = 0;
        continue;
      }
      Add(needed, bytes);
      return;
    }
  }

  void Add(const Documents& needed, size_t bytes) {
    for (const Document* one : needed) {
      batches.back().documents.push_back(one);
      if (!rehearsed_.insert(one).second) batches.back().repeated.insert(one);
      present_.insert(one);
    }
    bytes_ = bytes;
  }

  std::unordered_map<std::string, const Document*> by_name_;
  std::set<const Document*> present_;    // in the last batch
  std::set<const Document*> rehearsed_;  // in any
  size_t bytes_ = 0;
};

// The requests of a job, in order. A removal goes from what refers to what is referred to.
std::vector<Batch> BatchesOf(const WriteJob& job) {
  if (job.validate_only && !job.remove && Batches(job.documents).size() > 1)
    return Rehearsal(job.documents).batches;
  std::vector<Batch> batches;
  for (Documents& documents : Batches(job.documents)) batches.push_back({std::move(documents), {}});
  if (job.remove) std::reverse(batches.begin(), batches.end());
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

absl::Status WriteBatch(Client& client, const Batch& batch, const WriteJob& job, WriteResult& result) {
  inventory::BatchWriteRequest request;
  request.set_validate_only(job.validate_only);
  if (job.expected_revision)
    request.set_expected_revision(result.revision > 0 ? result.revision : *job.expected_revision);
  for (const Document* document : job.written_before)
    SetResource(*document->resource, *request.add_operations()->mutable_upsert());
  for (const Document* document : batch.documents) {
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
  const int before = static_cast<int>(job.written_before.size());
  for (int i = before; i < response.results_size(); ++i) {
    const auto& outcome = response.results(i);
    const auto at = static_cast<size_t>(i - before);
    if (at < batch.documents.size() && batch.repeated.count(batch.documents[at]) > 0) continue;
    job.on_outcome({outcome.name(), ActionName(outcome.action(), job.remove)});
  }
  result.revision = response.revision();
  result.revision_token = response.revision_token();
  return absl::OkStatus();
}

bool IsOfPolicy(const Document& document) {
  return document.kind->area == resource::Area::kPolicy && document.kind->kind != "Finding";
}

// What a rehearsal comes to for one document: compared with what is stored.
absl::StatusOr<std::string> RehearsedAction(Client& client, const Document& document) {
  auto before = GetResource(client, document.name());
  if (before.status().code() == absl::StatusCode::kNotFound) return std::string("created");
  if (!before.ok()) return before.status();
  const std::unique_ptr<Message> after(document.resource->New());
  after->CopyFrom(*document.resource);
  resource::ClearOutputOnly(**before);
  resource::ClearOutputOnly(*after);
  const bool same = (*before)->SerializeAsString() == after->SerializeAsString();
  return std::string(same ? "unchanged" : "updated");
}

policy::EvaluatePoliciesRequest ChangeOf(const Documents& documents) {
  policy::EvaluatePoliciesRequest request;
  policy::PolicyChange& change = *request.mutable_change();
  for (const Document* document : documents) {
    if (document->kind->kind == "Policy") {
      change.add_policies()->CopyFrom(*document->resource);
    } else if (document->kind->kind == "Assignment") {
      change.add_assignments()->CopyFrom(*document->resource);
    } else {
      change.add_jurisdiction_sets()->CopyFrom(*document->resource);
    }
  }
  return request;
}

absl::Status RehearsePolicies(Client& client, const Documents& documents, const WriteJob& job) {
  std::vector<Outcome> outcomes;
  for (const Document* document : documents) {
    const absl::StatusOr<std::string> action = RehearsedAction(client, *document);
    if (!action.ok()) return action.status();
    outcomes.push_back({document->name(), *action});
  }
  const auto result = EvaluatePolicies(client, ChangeOf(documents), nullptr);
  if (!result.ok()) return result.status();
  for (const Outcome& outcome : outcomes) job.on_outcome(outcome);
  if (job.on_rehearsed) job.on_rehearsed(*result);
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

absl::StatusOr<policy::EvaluationResult> EvaluatePolicies(
    Client& client, const policy::EvaluatePoliciesRequest& request,
    const std::function<void(const policy::EvaluationProgress&)>& on_progress) {
  policy::EvaluatePoliciesResponse part;
  policy::EvaluationResult result;
  const absl::Status status = client.Stream(kPolicy, "EvaluatePolicies", request, part, [&] {
    if (part.has_result()) result.MergeFrom(part.result());
    if (on_progress && part.has_progress()) on_progress(part.progress());
  });
  if (!status.ok()) return status;
  return result;
}

size_t BatchCount(const Documents& documents) { return Batches(documents).size(); }

WriteResult WriteDocuments(Client& client, const WriteJob& job) {
  WriteResult result;
  size_t done = 0;
  auto write_singles = [&] {
    Documents singles;
    for (const Document* document : job.documents) {
      if (document->kind->area != resource::Area::kInventory) singles.push_back(document);
    }
    if (job.remove) std::reverse(singles.begin(), singles.end());
    if (job.validate_only && !job.remove) {
      const auto others = std::stable_partition(singles.begin(), singles.end(),
                                                [](const Document* one) { return IsOfPolicy(*one); });
      const Documents together(singles.begin(), others);
      singles.erase(singles.begin(), others);
      if (!together.empty()) result.refusal = {RehearsePolicies(client, together, job), together, nullptr};
      if (!result.refusal.status.ok()) return;
    }
    for (const Document* document : singles) {
      result.refusal = {WriteSingle(client, *document, job), {}, document};
      if (!result.refusal.status.ok()) return;
    }
  };
  if (job.remove) write_singles();
  if (!result.refusal.status.ok()) return result;
  for (const Batch& batch : BatchesOf(job)) {
    result.refusal = {WriteBatch(client, batch, job, result), batch.documents, nullptr};
    if (!result.refusal.status.ok()) return result;
    ++result.batches;
    done += batch.documents.size() - batch.repeated.size();
    if (job.on_progress) job.on_progress(done, job.documents.size());
  }
  result.refusal = {};
  if (!job.remove) write_singles();
  return result;
}

}  // namespace linchpin::cli
