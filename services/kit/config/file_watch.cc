#include "services/kit/config/file_watch.h"

#include <sys/stat.h>

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
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
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

bool FileWatch::Stopped(base::SteadyTime until) {
  absl::MutexLock lock(&mutex_);
  return wake_.Await(mutex_, until, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; });
}

void FileWatch::Run(absl::Duration interval) {
  while (!Stopped(base::SteadyNow() + interval)) {
    std::string now = Signature();
    if (now == seen_) continue;
    seen_ = std::move(now);
    changed_();
  }
}

}  // namespace linchpin::kit
