// A write as it is handed to the committer, and what comes back.
#ifndef LINCHPIN_SERVICES_STORE_PORT_WRITE_H_
#define LINCHPIN_SERVICES_STORE_PORT_WRITE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/port/head.h"
#include "services/store/port/resource.h"

namespace linchpin::store {

// One resource to create or to replace whole.
struct Upsert {
  std::string name;
  std::string kind;
  std::string body;                     // As StoredResource::body.
  std::vector<std::string> references;  // Distinct; the head finds the same ones in the body.
  // The same document as JSON, for people who query PostgreSQL; may be empty. SQLite does not keep it.
  std::string json;
};

// What became of the upserts of a decision: given to its reply function.
struct Applied {
  // The revision of this write; if it changed nothing, the newest revision at that moment.
  int64_t revision = 0;
  absl::Time time = absl::UnixEpoch();
  bool changed = false;
  // One for each upsert, in the same order. An upsert that changed nothing keeps the revision and times that
  // the resource already had.
  struct Stamp {
    int64_t revision = 0;
    absl::Time create_time = absl::UnixEpoch();
    absl::Time update_time = absl::UnixEpoch();
  };
  std::vector<Stamp> upserts;
};

// What a write wants done, decided against the newest state.
struct Decision {
  std::vector<Upsert> upserts;
  std::vector<std::string> deletes;  // A name that does not exist is passed over.
  // Where in the request an upsert, by its index, names `target`: paths of fields, for the error about a
  // target that does not exist. May be null.
  std::function<std::vector<std::string>(size_t upsert, std::string_view target)> fields_of;
  // What must hold besides: asked once it is known that all references exist in the state after the write.
  // Called on the committer thread, at most once per attempt. May be null.
  std::function<absl::Status(const StateReader& before, const StateReader& after)> check;
  // Makes the bytes that the caller gets back, and gets again when it repeats the request id: usually the
  // serialized response. Called on the committer thread, at most once per attempt. May be null.
  std::function<std::string(const Applied&)> reply;
};

// Decides a write: reads the state, checks masks and etags, and says what to do and what must hold. Called on
// the committer thread, perhaps several times (a group may be repeated), so it must not change anything and
// must not block. A refusal should carry a reason (services/base/error.h).
using Decide = std::function<absl::StatusOr<Decision>(const StateReader& state)>;

// What a write that has been decided would change: asked about last, before anything is changed.
struct PendingChange {
  struct Document {
    std::string_view name;
    const StoredResource* put = nullptr;  // Its kind and body count. Null: it is deleted.
  };
  // The revision that it is decided against; the write gets the next one.
  int64_t revision = 0;
  // Ascending by name. Documents that stand already as they would be put are not among them, nor deletes of
  // what is not there.
  std::vector<Document> documents;
};

// Has the last word on a write. An answer that is not OK refuses it; one that is holds what the audit says of
// it beside the target, at most 512 bytes, or is empty. Called as Decide, for writes that change something
// only.
using Admit = std::function<absl::StatusOr<std::string>(const PendingChange& change)>;

// The caller holds a lease, and the write must not happen if it has passed to another.
struct Fence {
  std::string lease;
  int64_t token = 0;
};

struct Write {
  std::string principal;   // Who; for the audit and as scope of the request id.
  std::string method;      // Which call, `CreateVendor`; likewise.
  std::string target;      // What it is about, for the audit: a name, or a count of items.
  std::string request_id;  // Empty: none.
  // Digest of the request without its id: tells a repeat from a reuse.
  std::string request_digest;
  // Decide and check, change nothing, use up nothing. The reply is made as if the write came next.
  bool validate_only = false;
  // ABORTED, REVISION_MISMATCH, unless the store is at this revision.
  std::optional<int64_t> expected_revision;
  // A write that is still waiting then is dropped with DEADLINE_EXCEEDED and has no effect.
  absl::Time deadline = absl::InfiniteFuture();
  std::optional<Fence> fence;
  // Size of the request in bytes; the queue is bounded by the sum.
  int64_t bytes = 0;
  Decide decide;
  // May be null: everything that can be done may be. What it refuses is not remembered under the request id,
  // since it goes by more than the request: the same request may be admitted the next time.
  Admit admit;
};

struct WriteResult {
  std::string reply;
  int64_t revision = 0;
  absl::Time time = absl::UnixEpoch();
  bool changed = false;
  bool repeated = false;  // The answer to an earlier write with the same request id.
  std::string note;       // What `admit` had to say of it.
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_WRITE_H_
