// The committer's one implementation. See committer.h for what it promises.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_GROUP_COMMITTER_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_GROUP_COMMITTER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/notification.h"
#include "services/store/commit/committer.h"
#include "services/store/commit/group.h"
#include "services/store/commit/group_transaction.h"
#include "services/store/commit/head_follower.h"
#include "services/store/commit/write_queue.h"
#include "services/store/port/store_error.h"

namespace linchpin::store {

class GroupCommitter : public Committer {
 public:
  GroupCommitter(ResourceStore& store, Head& head, CommitterOptions options);
  ~GroupCommitter() override;

  // Loads the head, subscribes and starts the thread. Once.
  absl::Status Start();

  void Submit(Write write, Done done) override;
  void Drain(absl::Time deadline) override;
  CommitterStats Stats() const override;

 private:
  using Outcomes = std::vector<absl::StatusOr<WriteResult>>;
  using Transaction = std::unique_ptr<GroupTransaction>;

  // One attempt at a group.
  struct Attempt {
    Outcomes outcomes;
    GroupRows rows;
    std::vector<Change> changes;  // Taken from the rows once the database has them.
    absl::Status status;
  };

  // What one look for a commit without an answer found.
  struct Resolution {
    bool there = false;
    Transaction transaction;  // Holds the counter.
  };

  // What the attempts at one group have come to.
  struct Course {
    Transaction transaction = nullptr;  // That of the next attempt; null: it begins one.
    bool doubtful = false;              // An attempt was sent and not answered.
    absl::Status status = {};           // Of the last attempt.
  };
  enum class Next { kDone, kAgain, kOneByOne, kGiveUp };

  void Run();
  // The work of the second thread: a group that the database does not answer must not hold up those who queue
  // behind it, however long a large group may take.
  void Watch();
  // Whether the database answers nothing while the committer waits for it.
  bool IsSilent();
  bool Available() const { return available_ && !silent_; }
  // Does what there is to do; UNAVAILABLE if the database is away.
  absl::Status Step(const WriteQueue::Work& work);
  void ComeBackOrWait(const absl::Status& status);
  absl::Status RunGroup();
  absl::Status CommitBatch(std::vector<Pending> batch, Transaction transaction);
  Next TryOnce(std::vector<Pending>& batch, Course& course);
  // What to do after an attempt that was not answered, and after one that failed for certain.
  Next AfterSilence(std::vector<Pending>& batch, Attempt& attempt, Course& course);
  Next AfterFailure(const std::vector<Pending>& batch, const absl::Status& status);
  absl::Status CommitOneByOne(std::vector<Pending> batch);
  Attempt Try(const std::vector<Pending>& batch, GroupTransaction& transaction);
  absl::StatusOr<GroupContext> MakeContext(const std::vector<Pending>& batch, GroupTransaction& transaction);
  absl::Status LookUp(const std::vector<Pending>& batch, GroupTransaction& transaction,
                      GroupContext* context);
  // After a commit without an answer: whether the group is there. UNAVAILABLE if that cannot be told.
  absl::StatusOr<Resolution> Resolve(const GroupMark& mark);
  void Publish(const Attempt& attempt);
  void Complete(std::vector<Pending>& batch, Outcomes outcomes);
  void RefuseAll(const std::vector<Pending>& batch, const absl::Status& refusal);
  void RefuseExpired(std::vector<Pending>* batch);
  void Count(const absl::StatusOr<WriteResult>& outcome);
  void Log(LogLevel level, std::string_view message, std::string_view detail) const;

  ResourceStore& store_;
  Head& head_;
  const CommitterOptions options_;
  const int64_t writer_;  // Random: tells our audit rows from those of other processes.
  WriteQueue queue_;
  HeadFollower follower_;
  std::unique_ptr<Subscription> subscription_;
  std::thread thread_;
  std::thread watch_;
  absl::Notification stopped_;

  // Of the thread.
  int look_up_groups_ = 0;  // Groups for which request ids are looked up beforehand.
  std::optional<SteadyTime> away_since_;
  absl::Duration backoff_;

  std::atomic<bool> available_{true};
  std::atomic<StoreCause> away_cause_{StoreCause::kAway};  // Of the last failure of the first thread.
  std::atomic<bool> silent_{false};                        // Of the second thread.
  std::atomic<int64_t> steps_{0};     // Taken by the first: that it moves says that the database answers.
  std::atomic<bool> abandon_{false};  // Drain's deadline has passed: what waits is refused.
  std::atomic<int64_t> groups_{0}, committed_{0}, unchanged_{0}, repeated_{0}, refused_{0}, unavailable_{0},
      reconnects_{0};
  std::atomic<int64_t> last_confirmed_micros_{0};  // Since 1970; 0: never.
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_GROUP_COMMITTER_H_
