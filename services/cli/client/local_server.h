// A server of one's own for the length of one command: `linchpind`, in memory, on the loopback.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_LOCAL_SERVER_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_LOCAL_SERVER_H_

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace linchpin::cli {

// The process. It keeps nothing on disk, listens on free ports of 127.0.0.1, and takes no settings from the
// environment.
//
// Ownership: the process ends with the object, and with this program however that ends.
// Thread safety: none.
class LocalServer {
 public:
  // Starts the `linchpind` that lies beside this program and waits until it is ready, at most 30 seconds.
  // Errors: FAILED_PRECONDITION, FILES, if there is no such program; UNAVAILABLE, SERVER_NOT_STARTED, with
  // what it said last.
  static absl::StatusOr<std::unique_ptr<LocalServer>> Start();
  ~LocalServer();
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  // "127.0.0.1:41234".
  const std::string& endpoint() const { return endpoint_; }

 private:
  LocalServer(pid_t pid, int log) : pid_(pid), log_(log) {}
  absl::Status WaitUntilReady();

  const pid_t pid_;
  const int log_;  // Reads what the server writes to standard error.
  std::string endpoint_;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_LOCAL_SERVER_H_
