// Notices that files were replaced.
#ifndef LINCHPIN_SERVICES_KIT_CONFIG_FILE_WATCH_H_
#define LINCHPIN_SERVICES_KIT_CONFIG_FILE_WATCH_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/base/repeater.h"

namespace linchpin::kit {

// Looks at the files again and again (a mounted Kubernetes secret changes by a swapped link, which file
// events miss) and calls `changed` on its own thread when one of them is another file, of another size or
// time.
//
// Ownership: the destructor stops the thread; it waits for a call that is running.
class FileWatch {
 public:
  FileWatch(std::vector<std::string> paths, absl::Duration interval, std::function<void()> changed);

 private:
  void Look();
  std::string Signature() const;

  const std::vector<std::string> paths_;
  const std::function<void()> changed_;
  std::string seen_;  // Only the thread's own, once it runs.
  base::Repeater repeater_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_CONFIG_FILE_WATCH_H_
