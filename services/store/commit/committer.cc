#include "services/store/commit/committer.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/synchronization/notification.h"
#include "services/store/commit/group_committer.h"

namespace linchpin::store {

absl::StatusOr<std::unique_ptr<Committer>> Committer::Create(ResourceStore& store, Head& head,
                                                             CommitterOptions options) {
  auto committer = std::make_unique<GroupCommitter>(store, head, std::move(options));
  if (absl::Status status = committer->Start(); !status.ok()) return status;
  return committer;
}

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
