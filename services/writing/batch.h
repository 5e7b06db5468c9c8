// Upserts and deletes of many documents as one write.
#ifndef LINCHPIN_SERVICES_WRITING_BATCH_H_
#define LINCHPIN_SERVICES_WRITING_BATCH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/repeated_field.h"
#include "services/writing/writes.h"

namespace linchpin::writing {

// Operations of one BatchWrite.
inline constexpr int kBatchOperationsMax = 10'000;

// One operation: an upsert, a delete, or, if it is neither, a violation. Views the message that it stands
// for.
struct BatchItem {
  const google::protobuf::Message* upsert = nullptr;  // The oneof that holds the document.
  const std::string* removed = nullptr;               // The name to delete.
  const std::string* etag = nullptr;                  // Of a delete. Never null.
  bool allow_missing = false;                         // Of a delete.
};

struct BatchOptions {
  int operations_max = kBatchOperationsMax;
  // The field of the request that holds the operations; violations name paths below it.
  std::string field = "operations";
  // What a delete must name.
  std::string names = "name of the inventory; use one such as `vendors/openai`";
  // Makes the token of a revision for the reply, a serialized BatchWriteResponse. Null: there is no reply.
  std::function<std::string(int64_t)> token_of = nullptr;
};

// As PlanBatch below. `resources` is the type of the oneof: a batch holds and deletes what has a field in it.
absl::StatusOr<WritePlan> PlanItems(const std::vector<BatchItem>& items,
                                    const google::protobuf::Descriptor& resources,
                                    const WriteSettings& settings, BatchOptions options);

// A plan as those of writes.h, of 1 to `operations_max` operations; it keeps none of them. `Operation` is
// BatchWriteRequest.Operation of the inventory, or has the same fields.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, with each violation: too many operations or none, a name twice, an
//   operation without a document or name, a document that is wrong by itself. Its decision returns NOT_FOUND
//   (RESOURCE_NOT_FOUND) for a delete of what is not there, ABORTED (ETAG_MISMATCH), FAILED_PRECONDITION
//   (REFERENCE_NOT_FOUND, CYCLE) and INVALID_ARGUMENT (FIELD_INVALID). What still refers to a deleted name is
//   found when the decision is committed.
// Cost: checks and serializes every document, a large batch on up to four threads.
template <typename Operation>
absl::StatusOr<WritePlan> PlanBatch(const google::protobuf::RepeatedPtrField<Operation>& operations,
                                    const WriteSettings& settings, BatchOptions options = {}) {
  std::vector<BatchItem> items;
  items.reserve(static_cast<size_t>(operations.size()));
  for (const Operation& operation : operations) {
    BatchItem& item = items.emplace_back();
    if (operation.has_upsert()) item.upsert = &operation.upsert();
    if (operation.action_case() == Operation::kDelete) item.removed = &operation.delete_();
    item.etag = &operation.etag();
    item.allow_missing = operation.allow_missing();
  }
  const auto& resources = *Operation::descriptor()->FindFieldByName("upsert")->message_type();
  return PlanItems(items, resources, settings, std::move(options));
}

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_BATCH_H_
