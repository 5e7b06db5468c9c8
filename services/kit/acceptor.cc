#include "services/kit/acceptor.h"

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

Acceptor::Acceptor(Listener listener, int fds_reserved, std::function<void(int, int)> take,
                   std::function<void()> shed)
    : listener_(std::move(listener)),
      fds_reserved_(fds_reserved),
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
    if (polled[0].revents != 0) return;
  }
}

// Whether there may be more to accept.
bool Acceptor::AcceptOne() {
  const int fd = accept4(listener_.fd.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    // The kernel gives the lowest free number, so a high one means that nearly all are in use.
    if (fd >= FdLimit() - fds_reserved_) {
      Fd closed(fd);
      shed_();
      return true;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    take_(listener_.fd.get(), fd);
    return true;
  }
  if (errno == EMFILE || errno == ENFILE) {
    spare_ = Fd();
    { Fd closed(accept4(listener_.fd.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)); }
    spare_ = OpenSpare();
    shed_();
    // Others in this process want descriptors, too.
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return true;
  }
  return errno == EINTR || errno == ECONNABORTED;
}

}  // namespace linchpin::kit
