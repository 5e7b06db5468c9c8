#include "services/kit/config/file_watch.h"

#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::kit {

FileWatch::FileWatch(std::vector<std::string> paths, absl::Duration interval, std::function<void()> changed)
    : paths_(std::move(paths)),
      changed_(std::move(changed)),
      seen_(Signature()),
      repeater_(base::Repeater::Begin::kWithRest, interval, [this] { Look(); }) {}

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

void FileWatch::Look() {
  std::string now = Signature();
  if (now == seen_) return;
  seen_ = std::move(now);
  changed_();
}

}  // namespace linchpin::kit
