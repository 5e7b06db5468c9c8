#include "services/store/commit/committer.h"

#include <string>
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

void Committer::RecordRefusal(std::string_view principal, std::string_view method,
                              const absl::Status& refusal) {
  Write write;
  write.principal = std::string(principal);
  write.method = std::string(method);
  write.decide = [refusal](const StateReader&) -> absl::StatusOr<Decision> { return refusal; };
  Submit(std::move(write), [](absl::StatusOr<WriteResult>) {});
}

}  // namespace linchpin::store
