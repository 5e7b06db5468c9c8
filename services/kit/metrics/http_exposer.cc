#include "services/kit/metrics/http_exposer.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <list>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/kit/listener/socket.h"

namespace linchpin::kit {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kRequestMax = 8192;
constexpr size_t kConnectionsMax = 32;
constexpr auto kTimeout = std::chrono::seconds(5);

struct Connection {
  Fd fd;
  Clock::time_point deadline;
  std::string request;
  std::string answer;  // Not empty: being sent.
  size_t sent = 0;
};

std::string Answer(std::string_view status, std::string_view type, std::string_view body, bool head) {
  std::string answer = absl::StrCat("HTTP/1.1 ", absl::string_view(status.data(), status.size()),
                                    "\r\nContent-Type: ", absl::string_view(type.data(), type.size()),
                                    "\r\nContent-Length: ", body.size(), "\r\nConnection: close\r\n\r\n");
  if (!head) answer.append(body);
  return answer;
}

class Exposer final : public HttpExposer {
 public:
  Exposer(Listener listener, std::function<std::string()> scrape)
      : listener_(std::move(listener)), scrape_(std::move(scrape)), wake_(eventfd(0, EFD_CLOEXEC)) {
    thread_ = std::thread([this] { Run(); });
  }

  ~Exposer() override {
    eventfd_write(wake_.get(), 1);
    thread_.join();
  }

  int port() const override { return listener_.port; }

 private:
  void Run() {
    std::vector<pollfd> polled;
    while (true) {
      polled.assign({{wake_.get(), POLLIN, 0}, {listener_.fd.get(), POLLIN, 0}});
      for (const Connection& connection : connections_) {
        polled.push_back(
            {connection.fd.get(), static_cast<short>(connection.answer.empty() ? POLLIN : POLLOUT), 0});
      }
      // A second at most, so that slow connections are closed in time.
      poll(polled.data(), polled.size(), connections_.empty() ? -1 : 1000);
      if (polled[0].revents != 0) return;
      size_t index = 2;
      for (auto connection = connections_.begin(); connection != connections_.end();) {
        const bool ready = polled[index++].revents != 0;
        const bool keep = Clock::now() < connection->deadline && (!ready || Step(*connection));
        connection = keep ? std::next(connection) : connections_.erase(connection);
      }
      if (polled[1].revents != 0) Accept();
    }
  }

  void Accept() {
    Fd fd(accept4(listener_.fd.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd.get() < 0) {
      // Out of descriptors: the connection stays in the backlog, and this loop must not spin on it.
      if (errno == EMFILE || errno == ENFILE) std::this_thread::sleep_for(std::chrono::milliseconds(100));
      return;
    }
    if (connections_.size() >= kConnectionsMax && !CloseOneThatWaits()) return;
    connections_.push_back({std::move(fd), Clock::now() + kTimeout, {}, {}, 0});
    // Who scrapes has sent its request by now: it never stands among those that wait.
    if (!Step(connections_.back())) connections_.pop_back();
  }

  // Makes room at the cost of the connection that has gone longest without a whole request.
  bool CloseOneThatWaits() {
    const auto waits = std::find_if(connections_.begin(), connections_.end(),
                                    [](const Connection& connection) { return connection.answer.empty(); });
    if (waits == connections_.end()) return false;
    connections_.erase(waits);
    return true;
  }

  // Reads or writes what can be; whether the connection is to be kept.
  bool Step(Connection& connection) {
    if (connection.answer.empty() && !Receive(connection)) return false;
    if (connection.answer.empty()) return true;
    const ssize_t sent = send(connection.fd.get(), connection.answer.data() + connection.sent,
                              connection.answer.size() - connection.sent, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    connection.sent += static_cast<size_t>(sent);
    return connection.sent < connection.answer.size();
  }

  bool Receive(Connection& connection) {
    char buffer[2048];
    const ssize_t received = recv(connection.fd.get(), buffer, sizeof(buffer), 0);
    if (received < 0) return errno == EAGAIN || errno == EINTR;
    if (received == 0) return false;
    connection.request.append(buffer, static_cast<size_t>(received));
    if (connection.request.find("\r\n\r\n") != std::string::npos) {
      connection.answer = Respond(connection.request);
    } else if (connection.request.size() > kRequestMax) {
      connection.answer =
          Answer("431 Request Header Fields Too Large", "text/plain", "request too large\n", false);
    }
    return true;
  }

  std::string Respond(std::string_view request) const {
    const std::string_view line = request.substr(0, request.find("\r\n"));
    const size_t first = line.find(' ');
    const std::string_view method = line.substr(0, first);
    std::string_view path = first == std::string_view::npos ? "" : line.substr(first + 1);
    path = path.substr(0, path.find_first_of(" ?"));
    if (method != "GET" && method != "HEAD")
      return Answer("405 Method Not Allowed", "text/plain", "only GET\n", false);
    if (path != "/metrics") return Answer("404 Not Found", "text/plain", "see /metrics\n", method == "HEAD");
    return Answer("200 OK", "text/plain; version=0.0.4; charset=utf-8", scrape_(), method == "HEAD");
  }

  Listener listener_;
  const std::function<std::string()> scrape_;
  Fd wake_;
  std::list<Connection> connections_;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpExposer>> HttpExposer::Start(std::string_view address,
                                                                std::function<std::string()> scrape) {
  auto listener = Listen(address);
  if (!listener.ok()) return listener.status();
  return std::make_unique<Exposer>(*std::move(listener), std::move(scrape));
}

}  // namespace linchpin::kit
