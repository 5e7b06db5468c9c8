// Keeps a head at the revision of its store when others write too.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_HEAD_FOLLOWER_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_HEAD_FOLLOWER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/commit/group_transaction.h"
#include "services/store/port/head.h"
#include "services/store/port/log.h"
#include "services/store/port/resource_store.h"

namespace linchpin::store {

// Ownership: keeps references to store and head.
// Thread safety: one thread at a time; it is the only one that changes the head.
class HeadFollower {
 public:
  HeadFollower(ResourceStore& store, Head& head, LogFunction log);

  // Loads all of the store.
  absl::Status Load();

  // Applies what others have committed. Does nothing if the head is at `revision` or further, unless
  // `revision` is 0 (unknown). Loads anew if the history is another or what is missing was compacted.
  absl::Status Follow(int64_t revision);

  // Begins a group with the head at the locked revision.
  absl::StatusOr<std::unique_ptr<GroupTransaction>> Begin();

 private:
  // Applies changes until the head has reached `transaction`'s revision.
  absl::Status CatchUp(GroupTransaction& transaction);
  absl::Status CheckHistory();

  ResourceStore& store_;
  Head& head_;
  LogFunction log_;
  std::string history_id_;  // That of what the head holds.
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_HEAD_FOLLOWER_H_
