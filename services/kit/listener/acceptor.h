// A loop that accepts connections and survives running out of file descriptors.
#ifndef LINCHPIN_SERVICES_KIT_LISTENER_ACCEPTOR_H_
#define LINCHPIN_SERVICES_KIT_LISTENER_ACCEPTOR_H_

#include <climits>
#include <functional>
#include <set>
#include <thread>

#include "services/kit/listener/socket.h"

namespace linchpin::kit {

struct AcceptorLimits {
  // File descriptors kept free for others.
  int fds_reserved = 64;
  // Connections open at once.
  int connections_max = INT_MAX;
};

// Ownership: owns the listening socket; the destructor stops the thread.
class Acceptor {
 public:
  // Calls `take` with each connection's descriptor, which it then owns, and `shed` for each that was closed
  // at once because it would have passed a limit. Both on the acceptor's thread.
  Acceptor(Listener listener, const AcceptorLimits& limits, std::function<void(int listener_fd, int fd)> take,
           std::function<void()> shed);
  ~Acceptor();

  int port() const { return listener_.port; }
  // The listening socket; good until Stop.
  int fd() const { return listener_.fd.get(); }

  // Takes what the kernel has accepted already, then closes the socket.
  void Stop();

 private:
  void Run();
  bool AcceptOne();
  bool Full();

  Listener listener_;
  const AcceptorLimits limits_;
  const std::function<void(int, int)> take_;
  const std::function<void()> shed_;
  Fd wake_;
  Fd spare_;  // Given up for a moment to take a connection off the queue when there is no other descriptor
              // left.
  std::set<int> open_;  // Descriptors handed over; some may be closed by now.
  std::thread thread_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LISTENER_ACCEPTOR_H_
