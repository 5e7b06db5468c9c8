// Listening sockets.
#ifndef LINCHPIN_SERVICES_KIT_LISTENER_SOCKET_H_
#define LINCHPIN_SERVICES_KIT_LISTENER_SOCKET_H_

#include <string_view>

#include "absl/status/statusor.h"

namespace linchpin::kit {

// A file descriptor, closed in the end.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  ~Fd();
  Fd(Fd&& other) noexcept : fd_(other.Release()) {}
  Fd& operator=(Fd&& other) noexcept;

  int get() const { return fd_; }
  int Release();

 private:
  int fd_;
};

struct Listener {
  Fd fd;         // Listening, non-blocking, closed on exec.
  int port = 0;  // The real one.
};

// Listens on host:port; port 0 is any free one. Host names are resolved, the first address that can be bound
// is taken. Errors: UNAVAILABLE, naming the address.
absl::StatusOr<Listener> Listen(std::string_view address);

// Whether `fd` is a connection that was accepted on `port`.
bool IsConnectionOf(int fd, int port);

// Ends the receiving side of every connection that this process has accepted on `port`, whoever owns it. Its
// owner then sees an end of input. For the end of the process only: a descriptor that changes hands meanwhile
// might be taken for another.
int EndConnections(int port);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LISTENER_SOCKET_H_
