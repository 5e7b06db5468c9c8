#include "services/kit/listener/socket.h"

#include <dirent.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/kit/config/settings.h"

namespace linchpin::kit {
namespace {

int PortOf(int fd) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return 0;
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);
  return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);
}

Fd TryListen(const addrinfo& info) {
  Fd fd(socket(info.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, info.ai_protocol));
  if (fd.get() < 0) return fd;
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // [::] serves IPv4, too.
  const int off = 0;
  if (info.ai_family == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  if (bind(fd.get(), info.ai_addr, info.ai_addrlen) != 0 || listen(fd.get(), 1024) != 0) return Fd();
  return fd;
}

}  // namespace

Fd::~Fd() {
  if (fd_ >= 0) close(fd_);
}

Fd& Fd::operator=(Fd&& other) noexcept {
  if (fd_ >= 0 && fd_ != other.fd_) close(fd_);
  fd_ = other.Release();
  return *this;
}

int Fd::Release() { return std::exchange(fd_, -1); }

absl::StatusOr<Listener> Listen(std::string_view address) {
  const auto parsed = ParseHostPort(address);
  const std::string shown(address);
  if (!parsed) return absl::InvalidArgumentError(absl::StrCat(shown, " is not host:port"));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* found = nullptr;
  if (const int error =
          getaddrinfo(parsed->host.c_str(), std::to_string(parsed->port).c_str(), &hints, &found);
      error != 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", shown, ": ", gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(found, &freeaddrinfo);
  for (const addrinfo* info = list.get(); info != nullptr; info = info->ai_next) {
    Fd fd = TryListen(*info);
    if (fd.get() < 0) continue;
    const int port = PortOf(fd.get());
    return Listener{std::move(fd), port};
  }
  return absl::UnavailableError(absl::StrCat("cannot listen on ", shown, ": ", std::strerror(errno)));
}

bool IsConnectionOf(int fd, int port) {
  sockaddr_storage peer{};
  socklen_t length = sizeof(peer);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &length) != 0) return false;
  return (peer.ss_family == AF_INET || peer.ss_family == AF_INET6) && PortOf(fd) == port;
}

int EndConnections(int port) {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = readdir(folder)) {
    const int fd = std::atoi(entry->d_name);
    if (fd <= 2 || !IsConnectionOf(fd, port)) continue;
    shutdown(fd, SHUT_RD);
    ++count;
  }
  closedir(folder);
  return count;
}

}  // namespace linchpin::kit
