#include "services/store/sqlite/disk_probe.h"

#include <errno.h>
#include <unistd.h>

#include <array>

#include "services/store/port/store_error.h"

namespace linchpin::store {
namespace {

StoreCause CauseOfErrno(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return StoreCause::kFull;
    case EROFS:
      return StoreCause::kReadOnly;
    case EACCES:
    case EPERM:
      return StoreCause::kNoPermission;
    default:
      return StoreCause::kAway;
  }
}

}  // namespace

absl::Status ProbeDisk(int fd) {
  // As much as a small group needs, and not zeros, which some file systems would not store.
  std::array<char, 64 * 1024> block;
  block.fill('x');
  const ssize_t written = pwrite(fd, block.data(), block.size(), 0);
  const int error = written < 0 ? errno : ENOSPC;
  const bool whole = written == static_cast<ssize_t>(block.size());
  if (written > 0 && ftruncate(fd, 0) != 0) return StoreUnavailable(CauseOfErrno(errno));
  return whole ? absl::OkStatus() : StoreUnavailable(CauseOfErrno(error));
}

}  // namespace linchpin::store
