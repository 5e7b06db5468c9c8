// Hears of commits of any process.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_LISTENER_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_LISTENER_H_

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/store/port/subscribers.h"
#include "services/store/postgres/connection.h"

namespace linchpin::store {

// Passes notifications on to subscribers, and wakes them each second besides: a notification may be lost with
// its connection, a change never is. Runs from construction to destruction; reconnects by itself.
//
// Ownership: keeps a reference to the subscribers.
class PostgresListener {
 public:
  PostgresListener(PostgresOptions options, Subscribers& subscribers);
  ~PostgresListener();

  // The channel of a schema.
  static std::string Channel(const std::string& schema) { return "linchpin_" + schema; }

 private:
  void Run();
  // Until the connection breaks or the listener is to stop.
  absl::Status Listen(PostgresConnection& connection);
  // Ends early when there is something to read, or the listener is to stop.
  void WaitForInput(int fd) const;
  bool Stopped(absl::Duration wait) const;

  const PostgresOptions options_;
  Subscribers& subscribers_;
  int stop_fd_;
  std::thread thread_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_LISTENER_H_
