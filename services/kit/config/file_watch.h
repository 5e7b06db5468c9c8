// Notices that files were replaced.
#ifndef LINCHPIN_SERVICES_KIT_CONFIG_FILE_WATCH_H_
#define LINCHPIN_SERVICES_KIT_CONFIG_FILE_WATCH_H_

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/steady.h"

namespace linchpin::kit {

// Looks at the files again and again (a mounted Kubernetes secret changes by a swapped link, which file
// events miss) and calls `changed` on its own thread when one of them is another file, of another size or
// time.
//
// Ownership: the destructor stops the thread; it waits for a call that is running.
class FileWatch {
 public:
  FileWatch(std::vector<std::string> paths, absl::Duration interval, std::function<void()> changed);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

 private:
  void Run(absl::Duration interval);
  // Waits until then, or until the watch ends: then true.
  bool Stopped(base::SteadyTime until);
  std::string Signature() const;

  const std::vector<std::string> paths_;
  const std::function<void()> changed_;
  absl::Mutex mutex_;
  base::SteadyCondition wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::string seen_;  // Only the thread's own, once it runs.
  std::thread thread_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_CONFIG_FILE_WATCH_H_
