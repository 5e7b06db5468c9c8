#include "services/kit/config/file_watch.h"

#include <sys/stat.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::kit {

FileWatch::FileWatch(std::vector<std::string> paths, absl::Duration interval, std::function<void()> changed)
    : paths_(std::move(paths)),
      changed_(std::move(changed)),
      seen_(Signature()),
      thread_([this, interval] { Run(interval); }) {}

FileWatch::~FileWatch() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::string FileWatch::Signature() const {
  std::string signature;
  for (const std::string& path : paths_) {
    struct stat info {};
    if (stat(path.c_str(), &info) != 0) info = {};
    absl::StrAppend(&signature, info.st_dev, ":", info.st_ino, ":", info.st_size, ":", info.st_mtim.tv_sec,
                    ".", info.st_mtim.tv_nsec, ";");
  }
  return signature;
}

void FileWatch::Run(absl::Duration interval) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (!wake_.wait_for(lock, absl::ToChronoMilliseconds(interval), [this] { return stopping_; })) {
    std::string now = Signature();
    if (now == seen_) continue;
    seen_ = std::move(now);
    changed_();
  }
}

}  // namespace linchpin::kit
