#include "services/store/commit/group_committer.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/store/commit/decision_check.h"
#include "services/store/port/store_error.h"

namespace linchpin::store {
namespace {

using base::Error;
using std::chrono::steady_clock;

// Attempts at one group before its writes are refused. Each follows a definite failure.
constexpr int kAttemptsMax = 4;
// After a request id turned out to be taken, more repeats are likely.
constexpr int kLookUpGroups = 64;

int64_t RandomWriter() {
  std::random_device device;
  return static_cast<int64_t>((uint64_t{device()} << 32 | device()) >> 1);
}

SteadyTime After(absl::Duration duration) {
  return steady_clock::now() + absl::ToChronoNanoseconds(duration);
}

SteadyTime SteadyDeadline(absl::Time deadline) {
  if (deadline == absl::InfiniteFuture()) return SteadyTime::max();
  // A day bounds what the conversion could overflow by.
  return After(std::min(deadline - absl::Now(), absl::Hours(24)));
}

absl::Status Unavailable(std::string_view message) {
  return Error(base::reason::StoreUnavailable{}, message).RetryAfterMs(1000);
}

absl::Status NotReachable(StoreCause cause) { return StoreUnavailable(cause, "nothing was written"); }

absl::Status OutcomeUnknown() {
  return Unavailable(
      "the database went away during the commit, so it is unknown whether this was written; repeating it "
      "with the same request id is safe");
}

// What the caller of a write is told when its group failed for a reason that is not its own.
absl::Status Refusal(const absl::Status& status) {
  if (absl::IsUnavailable(status)) return NotReachable(CauseIn(status));
  return Error(base::reason::Internal{}, "the database refused the write; nothing was written");
}

std::vector<Change> TakeChanges(GroupRows* rows) {
  std::vector<Change> changes;
  changes.reserve(rows->changes.size());
  for (ChangeRow& row : rows->changes) changes.push_back(std::move(row.change));
  return changes;
}

}  // namespace

GroupCommitter::GroupCommitter(ResourceStore& store, Head& head, CommitterOptions options)
    : store_(store),
      head_(head),
      options_(std::move(options)),
      writer_(RandomWriter()),
      queue_(options_.queue_writes_max, options_.queue_bytes_max),
      follower_(store, head, options_.log),
      backoff_(options_.backoff_min) {}

GroupCommitter::~GroupCommitter() {
  abandon_ = true;
  queue_.Close();
  subscription_.reset();
  if (thread_.joinable()) thread_.join();
  if (watch_.joinable()) watch_.join();
}

absl::Status GroupCommitter::Start() {
  if (absl::Status status = follower_.Load(); !status.ok()) return status;
  subscription_ = store_.Subscribe([this](int64_t revision) { queue_.Wake(revision); });
  thread_ = std::thread([this] { Run(); });
  watch_ = std::thread([this] { Watch(); });
  return absl::OkStatus();
}

void GroupCommitter::Submit(Write write, Done done) {
  Pending pending{std::move(write), std::move(done), steady_clock::now(), {}};
  pending.deadline = SteadyDeadline(pending.write.deadline);
  absl::Status refusal = CheckTexts(pending.write);
  if (refusal.ok() && !Available()) refusal = NotReachable(away_cause_);
  if (refusal.ok()) refusal = queue_.Push(pending);
  if (refusal.ok()) return;
  Count(refusal);
  pending.done(refusal);
}

void GroupCommitter::Drain(absl::Time deadline) {
  queue_.Close();
  if (!stopped_.WaitForNotificationWithDeadline(deadline)) {
    abandon_ = true;
    stopped_.WaitForNotification();
  }
}

CommitterStats GroupCommitter::Stats() const {
  CommitterStats stats;
  stats.queued = queue_.size();
  stats.groups = groups_;
  stats.committed = committed_;
  stats.unchanged = unchanged_;
  stats.repeated = repeated_;
  stats.refused = refused_;
  stats.unavailable = unavailable_;
  stats.reconnects = reconnects_;
  stats.last_confirmed = absl::FromUnixMicros(last_confirmed_micros_);
  if (last_confirmed_micros_ == 0) stats.last_confirmed = absl::InfinitePast();
  stats.available = Available();
  return stats;
}

void GroupCommitter::Run() {
  while (true) {
    WriteQueue::Work work = queue_.Wait(away_since_ ? absl::ZeroDuration() : absl::InfiniteDuration());
    if (work.closed && (abandon_ || !work.writes)) break;
    ComeBackOrWait(Step(work));
    ++steps_;
  }
  RefuseAll(
      queue_.TakeQueuedBefore(SteadyTime::max()),
      Error(base::reason::Draining{}, "the server is shutting down; try again elsewhere").RetryAfterMs(1000));
  stopped_.Notify();
}

void GroupCommitter::Watch() {
  const absl::Duration interval = options_.unavailable_after / 2;
  while (silent_ ? !queue_.WaitClosed(interval) : queue_.WaitStale(interval)) {
    const bool was_silent = silent_;
    silent_ = IsSilent();
    if (silent_) {
      if (!was_silent) Log(LogLevel::kWarning, "the database has fallen silent during a commit", "");
      store_.AbandonGroup();
      RefuseAll(queue_.TakeQueuedBefore(SteadyTime::max()), NotReachable(StoreCause::kAway));
    } else {
      queue_.WaitClosed(interval);
    }
  }
}

bool GroupCommitter::IsSilent() {
  const int64_t steps = steps_;
  const absl::Status ping = store_.Ping();
  // A database that answers that it takes no writes is not silent: the first thread will find out, too.
  return !ping.ok() && CauseIn(ping) == StoreCause::kAway && steps_ == steps;
}

absl::Status GroupCommitter::Step(const WriteQueue::Work& work) {
  if (work.writes) {
    absl::Status status = RunGroup();
    // A group that had nothing to commit may have asked the database nothing: the wake is still due.
    return status.ok() && work.woken ? follower_.Follow(work.revision) : status;
  }
  // A database that was away is tried even when nobody writes, so that it is known to be back.
  // Ping first: a group may begin without asking the database anything.
  if (away_since_) {
    absl::Status status = store_.Ping();
    return status.ok() ? follower_.Begin().status() : status;
  }
  return follower_.Follow(work.revision);
}

void GroupCommitter::ComeBackOrWait(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) {
    if (!status.ok()) Log(LogLevel::kError, "the committer's step failed", base::TextOf(status));
    if (away_since_) {
      Log(LogLevel::kInfo, "the database is back", "");
      ++reconnects_;
    }
    away_since_.reset();
    available_ = true;
    backoff_ = options_.backoff_min;
    return;
  }
  away_cause_ = CauseIn(status);
  if (!away_since_) {
    away_since_ = steady_clock::now();
    Log(LogLevel::kWarning, "the database is away", base::TextOf(status));
  }
  const SteadyTime patient_since = After(-options_.unavailable_after);
  if (*away_since_ < patient_since) available_ = false;
  RefuseAll(queue_.TakeQueuedBefore(patient_since), NotReachable(away_cause_));
  if (!queue_.WaitClosed(backoff_)) backoff_ = std::min(backoff_ * 2, options_.backoff_max);
  // A closed queue is not waited for: whoever still waits is refused now.
  if (queue_.WaitClosed(absl::ZeroDuration())) abandon_ = true;
}

absl::Status GroupCommitter::RunGroup() {
  absl::StatusOr<Transaction> transaction = follower_.Begin();
  if (!transaction.ok()) {
    // Whatever the reason: no write can be tried now, and trying again at once would not help.
    const absl::Status& status = transaction.status();
    return absl::IsUnavailable(status) ? status : absl::UnavailableError(base::TextOf(status));
  }
  // Taken only now: the group has grown while the lock was waited for.
  std::vector<Pending> batch = queue_.Take(options_.group_writes_max, options_.group_bytes_max);
  RefuseExpired(&batch);
  absl::Status status;
  if (!batch.empty()) status = CommitBatch(std::move(batch), *std::move(transaction));
  queue_.Finish();
  return status;
}

absl::Status GroupCommitter::CommitBatch(std::vector<Pending> batch, Transaction transaction) {
  Course course{.transaction = std::move(transaction)};
  for (int tries = 0; tries < kAttemptsMax; ++tries) {
    const Next next = TryOnce(batch, course);
    if (next == Next::kDone) return course.status;
    if (next == Next::kOneByOne) return CommitOneByOne(std::move(batch));
    if (next == Next::kGiveUp) break;
  }
  RefuseAll(batch, course.doubtful ? OutcomeUnknown() : Refusal(course.status));
  return course.status;
}

GroupCommitter::Next GroupCommitter::TryOnce(std::vector<Pending>& batch, Course& course) {
  if (!course.transaction) {
    absl::StatusOr<Transaction> begun = follower_.Begin();
    course.status = begun.status();
    if (!begun.ok()) return Next::kGiveUp;
    course.transaction = *std::move(begun);
  }
  Attempt attempt = Try(batch, *course.transaction);
  course.transaction.reset();
  course.status = attempt.status;
  if (course.status.ok()) {
    Publish(attempt);
    Complete(batch, std::move(attempt.outcomes));
    return Next::kDone;
  }
  if (absl::IsUnknown(course.status)) return AfterSilence(batch, attempt, course);
  // For as long as nobody moves the counter, what was not answered may yet be written.
  return course.doubtful ? Next::kGiveUp : AfterFailure(batch, course.status);
}

GroupCommitter::Next GroupCommitter::AfterSilence(std::vector<Pending>& batch, Attempt& attempt,
                                                  Course& course) {
  Log(LogLevel::kWarning, "a group was not confirmed", base::TextOf(course.status));
  course.doubtful = true;
  // Given up because nobody answers: nobody would say what became of it either.
  if (silent_) {
    course.status = StoreUnavailable();
    return Next::kGiveUp;
  }
  absl::StatusOr<Resolution> resolution = Resolve({attempt.rows.audit.front().number, writer_});
  course.status = resolution.status();
  if (!resolution.ok()) return Next::kGiveUp;
  if (resolution->there) {
    Complete(batch, std::move(attempt.outcomes));
    return Next::kDone;
  }
  // The next attempt goes on with the counter held: committed, it moves it, and the lost one finds that.
  course.transaction = std::move(resolution->transaction);
  return Next::kAgain;
}

GroupCommitter::Next GroupCommitter::AfterFailure(const std::vector<Pending>& batch,
                                                  const absl::Status& status) {
  // Another process was quicker; the next attempt holds the lock.
  if (absl::IsAborted(status)) return Next::kAgain;
  if (absl::IsAlreadyExists(status)) {
    // A request id is repeated, as it should be after an answer that was lost.
    look_up_groups_ = kLookUpGroups;
    return Next::kAgain;
  }
  Log(LogLevel::kWarning, "a group was not committed", base::TextOf(status));
  // A full disk or a missing right: trying again at once would not help.
  if (absl::IsUnavailable(status)) return CauseIn(status) == StoreCause::kAway ? Next::kAgain : Next::kGiveUp;
  return absl::IsFailedPrecondition(status) && batch.size() > 1 ? Next::kOneByOne : Next::kGiveUp;
}

absl::Status GroupCommitter::CommitOneByOne(std::vector<Pending> batch) {
  absl::Status last;
  for (Pending& pending : batch) {
    std::vector<Pending> one;
    one.push_back(std::move(pending));
    absl::Status status = CommitBatch(std::move(one), nullptr);
    if (absl::IsUnavailable(status)) last = status;
  }
  return last;
}

GroupCommitter::Attempt GroupCommitter::Try(const std::vector<Pending>& batch,
                                            GroupTransaction& transaction) {
  Attempt attempt;
  absl::StatusOr<GroupContext> context = MakeContext(batch, transaction);
  if (!context.ok()) {
    attempt.status = context.status();
    return attempt;
  }
  Group group(head_, *std::move(context));
  attempt.outcomes.reserve(batch.size());
  for (const Pending& pending : batch) attempt.outcomes.push_back(group.Decide(pending.write));
  if (group.empty()) return attempt;
  attempt.rows = group.TakeRows();
  attempt.status = transaction.Commit(attempt.rows, writer_, [&] {
    attempt.changes = TakeChanges(&attempt.rows);
    head_.Prepare(attempt.changes);
  });
  return attempt;
}

absl::StatusOr<GroupContext> GroupCommitter::MakeContext(const std::vector<Pending>& batch,
                                                         GroupTransaction& transaction) {
  GroupContext context;
  context.counters = transaction.counters();
  // Whole microseconds, as both engines keep them, and never back.
  const absl::Time clock = options_.now ? options_.now() : transaction.now();
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(clock));
  context.time = std::max(now, context.counters.time);
  std::set<std::string> leases;
  for (const Pending& pending : batch) {
    if (pending.write.fence) leases.insert(pending.write.fence->lease);
  }
  for (const std::string& lease : leases) {
    absl::StatusOr<int64_t> token = transaction.LeaseToken(lease);
    if (!token.ok()) return token.status();
    context.lease_tokens[lease] = *token;
  }
  if (absl::Status status = LookUp(batch, transaction, &context); !status.ok()) return status;
  return context;
}

absl::Status GroupCommitter::LookUp(const std::vector<Pending>& batch, GroupTransaction& transaction,
                                    GroupContext* context) {
  // Request ids are nearly always new, and their primary key finds those that are not when the group is
  // written. So they are looked up only after that has happened.
  if (look_up_groups_ == 0) return absl::OkStatus();
  --look_up_groups_;
  std::vector<RequestKey> keys;
  for (const Pending& pending : batch) {
    const Write& write = pending.write;
    if (!write.request_id.empty() && !write.validate_only) {
      keys.push_back({write.principal, write.method, write.request_id});
    }
  }
  if (keys.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<RequestRecord>> records = transaction.FindRequests(keys);
  if (!records.ok()) return records.status();
  for (RequestRecord& record : *records) {
    RequestKey key = record.key;
    context->requests.emplace(std::move(key), std::move(record));
  }
  return absl::OkStatus();
}

absl::StatusOr<GroupCommitter::Resolution> GroupCommitter::Resolve(const GroupMark& mark) {
  // To hold the counter means that nothing of the lost transaction is written now; to keep it, that nothing
  // is written later either: what still lies unread before the server compares the counter first.
  const SteadyTime deadline = After(options_.unavailable_after);
  absl::Duration wait = options_.backoff_min;
  while (true) {
    absl::StatusOr<Transaction> transaction = follower_.Begin();
    if (transaction.ok()) {
      absl::StatusOr<bool> there = (*transaction)->WasCommitted(mark);
      if (there.ok()) return Resolution{*there, *std::move(transaction)};
    }
    if (steady_clock::now() > deadline) return NotReachable(CauseIn(transaction.status()));
    absl::SleepFor(wait);
    wait = std::min(wait * 2, options_.backoff_max);
  }
}

void GroupCommitter::Publish(const Attempt& attempt) {
  ++groups_;
  if (!attempt.changes.empty()) head_.ApplyPrepared(attempt.changes);
}

void GroupCommitter::Complete(std::vector<Pending>& batch, Outcomes outcomes) {
  for (size_t i = 0; i < batch.size(); ++i) {
    Count(outcomes[i]);
    if (outcomes[i].ok() && !outcomes[i]->repeated && !batch[i].write.validate_only)
      last_confirmed_micros_ = absl::ToUnixMicros(absl::Now());
    batch[i].done(std::move(outcomes[i]));
  }
}

void GroupCommitter::RefuseAll(const std::vector<Pending>& batch, const absl::Status& refusal) {
  for (const Pending& pending : batch) {
    Count(refusal);
    pending.done(refusal);
  }
}

void GroupCommitter::RefuseExpired(std::vector<Pending>* batch) {
  const SteadyTime now = steady_clock::now();
  std::vector<Pending> live;
  for (Pending& pending : *batch) {
    if (pending.deadline > now) {
      live.push_back(std::move(pending));
      continue;
    }
    absl::Status refusal = Error(base::reason::DeadlineExceeded{},
                                 "the write was still waiting at its deadline; nothing was written");
    Count(refusal);
    pending.done(refusal);
  }
  *batch = std::move(live);
}

void GroupCommitter::Count(const absl::StatusOr<WriteResult>& outcome) {
  if (absl::IsUnavailable(outcome.status())) {
    ++unavailable_;
  } else if (!outcome.ok()) {
    ++refused_;
  } else if (outcome->repeated) {
    ++repeated_;
  } else if (outcome->changed) {
    ++committed_;
  } else {
    ++unchanged_;
  }
}

void GroupCommitter::Log(LogLevel level, std::string_view message, std::string_view detail) const {
  if (options_.log) options_.log(level, message, detail);
}

}  // namespace linchpin::store
