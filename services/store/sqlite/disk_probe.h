// Whether the disk beside a SQLite file takes writes.
#ifndef LINCHPIN_SERVICES_STORE_SQLITE_DISK_PROBE_H_
#define LINCHPIN_SERVICES_STORE_SQLITE_DISK_PROBE_H_

#include "absl/status/status.h"

namespace linchpin::store {

// Writes a little to the file, as SQLite would to its log, and takes it back. UNAVAILABLE, STORE_UNAVAILABLE,
// with what the system said as cause: full (or a quota), read_only, no_permission, away (anything else).
//
// Cost: some 50 us; nothing is forced to the disk.
absl::Status ProbeDisk(int fd);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_SQLITE_DISK_PROBE_H_
