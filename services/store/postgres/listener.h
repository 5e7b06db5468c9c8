// Hears of commits of any process.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_LISTENER_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_LISTENER_H_

#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
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
  absl::StatusOr<std::unique_ptr<PostgresConnection>> Listen();
  // Waits at most a second, and less if the listener is to stop. False if the connection broke.
  bool Hear(PostgresConnection& connection);
  bool Stopped(absl::Duration wait) const;

  const PostgresOptions options_;
  Subscribers& subscribers_;
  int stop_fd_;
  std::thread thread_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_LISTENER_H_
