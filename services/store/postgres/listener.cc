#include "services/store/postgres/listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"

namespace linchpin::store {
namespace {

constexpr absl::Duration kPollInterval = absl::Seconds(1);

// The names are those that OpenStore admits.
Sql ListenStatement(const std::string& schema) {
  if (schema == "policy") return "listen linchpin_policy";
  if (schema == "risk") return "listen linchpin_risk";
  return "listen linchpin_inventory";
}

}  // namespace

PostgresListener::PostgresListener(PostgresOptions options, Subscribers& subscribers)
    : options_(std::move(options)), subscribers_(subscribers), stop_fd_(eventfd(0, EFD_CLOEXEC)) {
  thread_ = std::thread([this] { Run(); });
}

PostgresListener::~PostgresListener() {
  eventfd_write(stop_fd_, 1);
  thread_.join();
  close(stop_fd_);
}

bool PostgresListener::Stopped(absl::Duration wait) const {
  pollfd waited{stop_fd_, POLLIN, 0};
  return poll(&waited, 1, static_cast<int>(absl::ToInt64Milliseconds(wait))) > 0;
}

absl::StatusOr<std::unique_ptr<PostgresConnection>> PostgresListener::Listen() {
  absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Connect(options_);
  if (!connection.ok()) return connection;
  absl::Status status = (*connection)->RunScript(ListenStatement(options_.schema), kPollInterval);
  if (!status.ok()) return status;
  return connection;
}

bool PostgresListener::Hear(PostgresConnection& connection) {
  absl::StatusOr<std::optional<std::string>> heard = connection.WaitNotification(stop_fd_, kPollInterval);
  if (!heard.ok()) return false;
  int64_t revision = 0;
  // Without a notification, or with one that is not ours: look.
  if (heard->has_value() && !absl::SimpleAtoi(**heard, &revision)) revision = 0;
  subscribers_.Notify(revision);
  return true;
}

void PostgresListener::Run() {
  while (!Stopped(absl::ZeroDuration())) {
    absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = Listen();
    if (connection.ok()) {
      while (Hear(**connection)) {
        if (Stopped(absl::ZeroDuration())) return;
      }
    }
    // What was committed while nobody listened.
    subscribers_.Notify(0);
    if (Stopped(kPollInterval)) return;
  }
}

}  // namespace linchpin::store
