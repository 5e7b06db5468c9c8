// Resources to the services: the inventory's in batches, the others one by one.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_BATCH_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_BATCH_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/cli/client/client.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// What happened to one resource: "created", "updated", "unchanged", "deleted", "absent" (there was nothing
// to delete).
struct Outcome {
  std::string name;
  std::string action;
};

// A refusal, with the document that an operation of the failed batch was made from.
struct Refusal {
  absl::Status status;
  std::vector<const resource::Document*> batch;  // by index of the operation; empty for kinds written singly
  const resource::Document* single = nullptr;
};

// What is to be written.
struct WriteJob {
  std::vector<const resource::Document*> documents;  // in the order in which they may be written
  bool validate_only = false;
  bool remove = false;         // delete them instead; last first
  bool allow_missing = false;  // of a removal
  // Write only if the inventory is at this revision, and nobody has written between two batches; else
  // ABORTED, REVISION_MISMATCH. Of the inventory alone.
  std::optional<int64_t> expected_revision;
  // Of a rehearsed removal of one batch: what would be written before it, rehearsed in the same request and
  // without outcomes. Indexes of a refusal count these, too.
  std::vector<const resource::Document*> written_before;
  std::function<void(const Outcome&)> on_outcome;
  std::function<void(size_t done, size_t total)> on_progress;
  // Of a rehearsal that holds policies, assignments or jurisdiction sets: told what they would find, as if
  // all of them were stored, in the inventory as it is stored. May be null.
  std::function<void(const linchpin::policy::v1::EvaluationResult&)> on_rehearsed;
};

// Evaluates policies. The parts of the result are joined; `on_progress` may be null.
absl::StatusOr<linchpin::policy::v1::EvaluationResult> EvaluatePolicies(
    Client& client, const linchpin::policy::v1::EvaluatePoliciesRequest& request,
    const std::function<void(const linchpin::policy::v1::EvaluationProgress&)>& on_progress);

// Writes all. Up to 10,000 inventory resources go in one batch, all or nothing; more in several, in the order
// given. Policies, assignments and jurisdiction sets are rehearsed together, so that an
// assignment finds a policy of the same files. A rehearsal of several batches repeats in each what its
// documents refer to, since the server knows only what is stored; each document has one outcome.
// `revision_token` gets the token of the last batch. Stops at the first refusal.
struct WriteResult {
  Refusal refusal;  // status OK: all is written
  size_t batches = 0;
  int64_t revision = 0;
  std::string revision_token;
};
WriteResult WriteDocuments(Client& client, const WriteJob& job);

// How many batches the job needs.
size_t BatchCount(const std::vector<const resource::Document*>& documents);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_BATCH_H_
