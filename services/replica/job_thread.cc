#include "services/replica/job_thread.h"

#include <algorithm>
#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::replica {
namespace {

constexpr int kRetryMs = 200;

absl::Status TooManyWait() {
  return base::Error(base::reason::Overloaded{}, "too many calls wait for the history; try again")
      .RetryAfterMs(kRetryMs);
}

}  // namespace

JobThread::JobThread(Options options) : options_(std::move(options)), thread_([this] { Loop(); }) {}

JobThread::~JobThread() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  woken_.NotifyAll();
  thread_.join();
}

void JobThread::Run(std::function<absl::Status()> work, base::SteadyTime deadline,
                    std::function<void(absl::Status)> done, const ViewSource::OnCancel& on_cancel) {
  auto job = std::make_shared<Job>();
  job->work = std::move(work);
  {
    absl::MutexLock lock(&mutex_);
    if (jobs_.size() >= options_.waiting_max) {
      job->result = TooManyWait();
    } else {
      jobs_.push_back(job);
    }
  }
  woken_.NotifyAll();
  const auto over = [this, job] {
    absl::MutexLock lock(&mutex_);
    return job->result.has_value();
  };
  const auto answer = [this, job, done = std::move(done)] { done(Finish(job)); };
  const uint64_t waiter = waiters_.Add(over, deadline, answer);
  if (on_cancel) on_cancel([this, waiter] { waiters_.GiveUp(waiter); });
}

absl::Status JobThread::Finish(const JobPointer& job) {
  absl::MutexLock lock(&mutex_);
  // Nobody waits for it any more.
  jobs_.erase(std::remove(jobs_.begin(), jobs_.end(), job), jobs_.end());
  return job->result.value_or(absl::DeadlineExceededError("the history was not read in time"));
}

void JobThread::Loop() {
  absl::MutexLock lock(&mutex_);
  while (!stop_) {
    const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stop_ || !jobs_.empty(); };
    const bool idle = !woken_.Await(mutex_, base::SteadyNow() + options_.idle_interval, wanted);
    if (stop_ || (idle && options_.idle == nullptr)) continue;
    JobPointer job;
    if (!idle) {
      job = jobs_.front();
      jobs_.pop_front();
    }
    mutex_.Unlock();
    absl::Status result;
    idle ? options_.idle() : void(result = job->work());
    mutex_.Lock();
    if (job != nullptr) job->result = std::move(result);
    mutex_.Unlock();
    waiters_.Look();
    mutex_.Lock();
  }
}

}  // namespace linchpin::replica
