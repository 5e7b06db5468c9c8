// A call of a process to itself, through the listener that its callers use.
#ifndef LINCHPIN_SERVICES_KIT_LISTENER_SELF_CALL_H_
#define LINCHPIN_SERVICES_KIT_LISTENER_SELF_CALL_H_

#include <atomic>

#include "absl/time/time.h"

namespace linchpin::kit {

// Connects to the listening socket, so that what accepts there takes part, and speaks plaintext whatever
// others must speak: the server knows the connection by Owns. So a client certificate, a token and the right
// name in the server's certificate are not needed.
//
// Thread safety: Ask from one thread at a time, Owns from any.
class SelfCall {
 public:
  // The method that is called; the server answers it to anybody, and counts it nowhere.
  static constexpr char kMethod[] = "/linchpin.kit.Self/Answer";

  // Whether the server behind the listening socket answers within `timeout`. It does not if it closes the
  // connection at once, as it does with others when file descriptors run out, or if there is none left to ask
  // with.
  bool Ask(int listener_fd, absl::Duration timeout);

  // Whether an accepted connection is that of the Ask under way.
  bool Owns(int accepted_fd) const;

 private:
  std::atomic<int> port_{0};  // Of our end; 0: nobody asks.
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LISTENER_SELF_CALL_H_
