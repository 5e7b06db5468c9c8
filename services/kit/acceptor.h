// A loop that accepts connections and survives running out of file descriptors.
#ifndef LINCHPIN_SERVICES_KIT_ACCEPTOR_H_
#define LINCHPIN_SERVICES_KIT_ACCEPTOR_H_

#include <atomic>
#include <functional>
#include <thread>

#include "services/kit/socket.h"

namespace linchpin::kit {

// Ownership: owns the listening socket; the destructor stops the thread.
class Acceptor {
 public:
  // Calls `take` with each connection's descriptor, which it then owns, and `shed` for each that was closed
  // because fewer than `fds_reserved` descriptors would have been left. Both on the acceptor's thread.
  Acceptor(Listener listener, int fds_reserved, std::function<void(int listener_fd, int fd)> take,
           std::function<void()> shed);
  ~Acceptor();

  int port() const { return listener_.port; }

  // Takes what the kernel has accepted already, then closes the socket.
  void Stop();

 private:
  void Run();
  bool AcceptOne();

  Listener listener_;
  const int fds_reserved_;
  const std::function<void(int, int)> take_;
  const std::function<void()> shed_;
  Fd wake_;
  Fd spare_;  // Given up for a moment to take a connection off the queue when there is no other descriptor
              // left.
  std::thread thread_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_ACCEPTOR_H_
