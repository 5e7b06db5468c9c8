// The real server binary as a child of the test.
#ifndef LINCHPIN_TESTS_SUPPORT_LINCHPIND_PROCESS_H_
#define LINCHPIN_TESTS_SUPPORT_LINCHPIND_PROCESS_H_

#include <sys/types.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace linchpin::testing_support {

// A folder that is gone, with all in it, when the object is.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  // Writes beside the file, then renames, as one should.
  std::string Write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

// linchpind with `arguments`, listening on free ports of the loopback unless they say otherwise, without
// drain delay.
//
// Ownership: killed with the object, and with the test however that ends.
// Thread safety: one thread, except log().
class LinchpindProcess {
 public:
  // Starts it without waiting for anything.
  static std::unique_ptr<LinchpindProcess> Launch(std::vector<std::string> arguments,
                                                  std::vector<std::string> environment = {});
  // Starts it and waits for its line `ready`. An error holds the log.
  static absl::StatusOr<std::unique_ptr<LinchpindProcess>> Start(std::vector<std::string> arguments,
                                                                 std::vector<std::string> environment = {});
  ~LinchpindProcess();

  // Whether the log has a line with `text` by then, now or later. False at once when the process has ended
  // without one.
  bool WaitForLog(const std::string& text, absl::Duration timeout = absl::Seconds(30));
  absl::Status WaitUntilReady();
  // Until health and metrics answer; their ports are known then.
  absl::Status WaitForProbes();

  int port() const { return port_; }
  int health_port() const { return health_port_; }
  int metrics_port() const { return metrics_port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string health_address() const { return "127.0.0.1:" + std::to_string(health_port_); }

  void Signal(int signal);
  // The exit code; 128 and the signal's number if that ended it; nullopt if it still runs then.
  std::optional<int> Wait(absl::Duration timeout = absl::Seconds(60));

  // All that it has written to standard error.
  std::string log() const;
  pid_t pid() const { return pid_; }

 private:
  LinchpindProcess() = default;
  void ReadLog();
  absl::Status ReadPorts(const std::string& message);

  pid_t pid_ = -1;
  int log_fd_ = -1;
  int port_ = 0;
  int health_port_ = 0;
  int metrics_port_ = 0;
  std::optional<int> exit_code_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string log_;
  bool log_ended_ = false;
  std::thread reader_;
};

// The body of GET /metrics, empty if there is none.
std::string Scrape(int port);

}  // namespace linchpin::testing_support

#endif  // LINCHPIN_TESTS_SUPPORT_LINCHPIND_PROCESS_H_
