// Bounds the waits of libpqxx, whose calls take no timeout: when the time is over, another thread shuts the
// socket, and whoever waits on it finds the connection broken.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_DEADLINE_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_DEADLINE_H_

#include <map>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/steady.h"

namespace linchpin::store {

// The socket of one connection, as far as other threads may touch it.
//
// Thread safety: all functions from any thread.
class GuardedSocket {
 public:
  // `fd` is that of the connection, which keeps owning it.
  void Open(int fd);
  // Before the connection closes its descriptor: the number may mean another file afterwards.
  void Close();
  // Ends every wait on the socket, now and later. Does nothing before Open and after Close.
  void Shut();

 private:
  absl::Mutex mutex_;
  int fd_ ABSL_GUARDED_BY(mutex_) = -1;
};

// The thread that shuts sockets whose time is over.
//
// Thread safety: all functions from any thread. It outlives its guards.
// Cost: a guard that is gone in time costs two uncontended locks.
class DeadlineThread {
 public:
  DeadlineThread();
  ~DeadlineThread();

  // Shuts `socket` unless it is destroyed within `timeout`, on the steady clock.
  class Guard {
   public:
    Guard(DeadlineThread& thread, GuardedSocket& socket, absl::Duration timeout);
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard();

   private:
    friend class DeadlineThread;
    DeadlineThread& thread_;
    GuardedSocket& socket_;
    std::multimap<base::SteadyTime, Guard*>::iterator place_;
    bool over_ ABSL_GUARDED_BY(thread_.mutex_) = false;  // Its place is gone.
  };

 private:
  using Time = base::SteadyTime;

  void Run();
  void ShutThoseOver() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  base::SteadyCondition changed_;
  std::multimap<Time, Guard*> guards_ ABSL_GUARDED_BY(mutex_);
  // When the thread looks again. A guard that ends later need not wake it, and nearly none does: the thread
  // sleeps on after the guard it sleeps for has gone.
  Time wakes_at_ ABSL_GUARDED_BY(mutex_) = Time::InfiniteFuture();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_DEADLINE_H_
