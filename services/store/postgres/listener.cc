#include "services/store/postgres/listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <optional>
#include <pqxx/notification>
#include <utility>

#include "absl/strings/numbers.h"

namespace linchpin::store {
namespace {

constexpr absl::Duration kPollInterval = absl::Seconds(1);

// libpqxx calls it for each notification that has arrived on the channel.
class Receiver final : public pqxx::notification_receiver {
 public:
  Receiver(pqxx::connection_base& connection, const std::string& channel, Subscribers& subscribers)
      : notification_receiver(connection, channel), subscribers_(subscribers) {}

  void operator()(const std::string& payload, int) override {
    int64_t revision = 0;
    // One that is not ours: look.
    if (!absl::SimpleAtoi(payload, &revision)) revision = 0;
    subscribers_.Notify(revision);
  }

 private:
  Subscribers& subscribers_;
};

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

void PostgresListener::WaitForInput(int fd) const {
  pollfd waited[] = {{fd, POLLIN, 0}, {stop_fd_, POLLIN, 0}};
  poll(waited, 2, static_cast<int>(absl::ToInt64Milliseconds(kPollInterval)));
}

absl::Status PostgresListener::Listen(PostgresConnection& connection) {
  return connection.Run(absl::InfiniteDuration(), [&](pqxx::connection_base& session) {
    std::optional<Receiver> receiver;
    {
      const DeadlineThread::Guard guard = connection.Bound(kPollInterval);
      receiver.emplace(session, Channel(options_.schema), subscribers_);
    }
    while (!Stopped(absl::ZeroDuration())) {
      WaitForInput(session.sock());
      if (session.get_notifs() == 0) subscribers_.Notify(0);
    }
    // The end of the receiver would tell the server, and wait for it.
    connection.Abandon();
    return absl::OkStatus();
  });
}

void PostgresListener::Run() {
  while (!Stopped(absl::ZeroDuration())) {
    absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Connect(options_);
    if (connection.ok()) Listen(**connection).IgnoreError();
    // What was committed while nobody listened.
    subscribers_.Notify(0);
    if (Stopped(kPollInterval)) return;
  }
}

}  // namespace linchpin::store
