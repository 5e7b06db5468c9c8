#include "services/kit/listener/acceptor.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <utility>

namespace linchpin::kit {
namespace {

int FdLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > (1u << 30)) return 1 << 30;
  return static_cast<int>(limit.rlim_cur);
}

Fd OpenSpare() { return Fd(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

}  // namespace

Acceptor::Acceptor(Listener listener, const AcceptorLimits& limits, std::function<void(int, int)> take,
                   std::function<void()> shed)
    : listener_(std::move(listener)),
      limits_(limits),
      take_(std::move(take)),
      shed_(std::move(shed)),
      wake_(eventfd(0, EFD_CLOEXEC)),
      spare_(OpenSpare()) {
  thread_ = std::thread([this] { Run(); });
}

Acceptor::~Acceptor() { Stop(); }

void Acceptor::Stop() {
  if (!thread_.joinable()) return;
  eventfd_write(wake_.get(), 1);
  thread_.join();
  listener_.fd = Fd();
}

void Acceptor::Run() {
  while (true) {
    pollfd polled[] = {{wake_.get(), POLLIN, 0}, {listener_.fd.get(), POLLIN, 0}};
    if (poll(polled, 2, -1) < 0 && errno != EINTR) return;
    if (polled[1].revents != 0) {
      while (AcceptOne()) continue;
    }
    if (polled[0].revents != 0 || (polled[1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return;
  }
}

// Whoever took a connection closes it without telling. A number that was given to another connection since
// stands for that one.
bool Acceptor::Full() {
  if (open_.size() < static_cast<size_t>(limits_.connections_max)) return false;
  std::erase_if(open_, [this](int fd) { return !IsConnectionOf(fd, listener_.port); });
  return open_.size() >= static_cast<size_t>(limits_.connections_max);
}

// Whether there may be more to accept.
bool Acceptor::AcceptOne() {
  const int fd = accept4(listener_.fd.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    // The kernel gives the lowest free number, so a high one means that nearly all are in use.
    if (fd >= FdLimit() - limits_.fds_reserved || Full()) {
      Fd closed(fd);
      shed_();
      return true;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (limits_.connections_max < INT_MAX) open_.insert(fd);
    take_(listener_.fd.get(), fd);
    return true;
  }
  if (errno == EMFILE || errno == ENFILE) {
    spare_ = Fd();
    const bool waited =
        Fd(accept4(listener_.fd.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)).get() >= 0;
    spare_ = OpenSpare();
    // Without a free number accept says so even if nobody waits.
    if (!waited) return false;
    shed_();
    // Others in this process want descriptors, too.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return true;
  }
  return errno == EINTR || errno == ECONNABORTED;
}

}  // namespace linchpin::kit
