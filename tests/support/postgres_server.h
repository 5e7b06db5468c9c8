// A real PostgreSQL server of the test's own, in a temporary folder.
#ifndef LINCHPIN_TESTS_SUPPORT_POSTGRES_SERVER_H_
#define LINCHPIN_TESTS_SUPPORT_POSTGRES_SERVER_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linchpin::testing_support {

// Runs as user `postgres` if the test runs as root, which PostgreSQL refuses; else as the test's user.
// Listens on a unix socket only. fsync is on, as in production. Ends with the object, and with the test
// however that ends: the kernel then stops it (PR_SET_PDEATHSIG). Start it from the main thread, which must
// live as long.
//
// Thread safety: one thread.
class PostgresServer {
 public:
  // `settings` are further lines of postgresql.conf: `fsync=off`. With `disk_bytes` it has a disk of its own
  // of that size, in memory; UNIMPLEMENTED where the test may not mount one.
  static absl::StatusOr<std::unique_ptr<PostgresServer>> Start(std::vector<std::string> settings = {},
                                                               int64_t disk_bytes = 0);
  ~PostgresServer();

  // Makes an empty database with a name of its own and returns the address of a store in it,
  // `postgresql:host=... dbname=...`.
  absl::StatusOr<std::string> CreateDatabase();
  // The connection string of libpq in such an address.
  static std::string ConnInfo(const std::string& address);
  // Runs statements in the database of an address.
  absl::Status Execute(const std::string& address, const std::string& sql);

  // SIGKILL to all its processes, as a crash of the machine's software would.
  void Kill();
  // After Kill or Stop: starts it on the same folder and waits until it answers.
  absl::Status StartAgain();
  // Orderly, ends all sessions.
  void Stop();
  // SIGSTOP and SIGCONT to all its processes: there, and silent.
  void Pause();
  void Resume();
  // Writes a file until its disk is full, and takes it away again. Only with `disk_bytes`.
  absl::Status FillDisk();
  void FreeDisk();
  // Processor time that all its processes have used so far.
  double CpuSeconds() const;

 private:
  explicit PostgresServer(std::string folder) : folder_(std::move(folder)) {}

  absl::Status MountDisk(int64_t bytes);
  absl::Status Initialise(const std::vector<std::string>& settings);
  void SignalAll(int signal);
  std::string Address(const std::string& database) const;

  const std::string folder_;
  bool mounted_ = false;
  pid_t pid_ = -1;
  int databases_ = 0;
};

}  // namespace linchpin::testing_support

#endif  // LINCHPIN_TESTS_SUPPORT_POSTGRES_SERVER_H_
