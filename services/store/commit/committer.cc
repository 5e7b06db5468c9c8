#include "services/store/commit/committer.h"

#include <utility>

#include "absl/synchronization/notification.h"

namespace linchpin::store {

absl::StatusOr<WriteResult> Committer::Commit(Write write) {
  absl::Notification finished;
  absl::StatusOr<WriteResult> result;
  Submit(std::move(write), [&](absl::StatusOr<WriteResult> answer) {
    result = std::move(answer);
    finished.Notify();
  });
  finished.WaitForNotification();
  return result;
}

}  // namespace linchpin::store
