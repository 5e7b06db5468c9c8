#include "services/kit/listener/self_call.h"

#include <grpcpp/create_channel_posix.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "absl/time/clock.h"
#include "services/base/steady.h"
#include "services/kit/listener/socket.h"

namespace linchpin::kit {
namespace {

// An address of IPv4 or IPv6.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = sizeof(storage);

  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  bool v6() const { return storage.ss_family == AF_INET6; }
  sockaddr_in& in4() { return reinterpret_cast<sockaddr_in&>(storage); }
  sockaddr_in6& in6() { return reinterpret_cast<sockaddr_in6&>(storage); }
  int port() { return ntohs(v6() ? in6().sin6_port : in4().sin_port); }

  bool SameHost(Address& other) {
    if (storage.ss_family != other.storage.ss_family) return false;
    return v6() ? std::memcmp(&in6().sin6_addr, &other.in6().sin6_addr, sizeof(in6_addr)) == 0
                : in4().sin_addr.s_addr == other.in4().sin_addr.s_addr;
  }
  // Where somebody on this machine reaches what listens on any address.
  void ReplaceAny() {
    if (v6() && IN6_IS_ADDR_UNSPECIFIED(&in6().sin6_addr)) in6().sin6_addr = in6addr_loopback;
    if (!v6() && in4().sin_addr.s_addr == htonl(INADDR_ANY)) in4().sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
};

// Waits for a connection under way; whether there is one.
bool AwaitConnected(int fd, absl::Duration timeout) {
  pollfd polled = {fd, POLLOUT, 0};
  int error = 0;
  socklen_t length = sizeof(error);
  return poll(&polled, 1, static_cast<int>(absl::ToInt64Milliseconds(timeout))) == 1 &&
         getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

// Whether the call is answered over a connection. One that is closed at once, for want of descriptors,
// answers nobody.
bool Answered(Fd connection, base::SteadyTime deadline) {
  grpc::GenericStub stub(grpc::CreateInsecureChannelFromFd("self", connection.Release()));
  grpc::CompletionQueue queue;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + (deadline - base::SteadyNow())));
  grpc::ByteBuffer answer;
  grpc::Status status;
  auto call = stub.PrepareUnaryCall(&context, SelfCall::kMethod, grpc::ByteBuffer(), &queue);
  call->StartCall();
  call->Finish(&answer, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) continue;
  return status.ok();
}

}  // namespace

bool SelfCall::Ask(int listener_fd, absl::Duration timeout) {
  const base::SteadyTime deadline = base::SteadyNow() + timeout;
  Address server;
  if (getsockname(listener_fd, server.get(), &server.length) != 0) return false;
  server.ReplaceAny();
  Fd fd(socket(server.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (fd.get() < 0) return false;
  // Bound before it connects, so that the port is known to whoever accepts.
  Address own;
  own.storage.ss_family = server.storage.ss_family;
  own.length = server.length;
  if (bind(fd.get(), own.get(), own.length) != 0 || getsockname(fd.get(), own.get(), &own.length) != 0)
    return false;
  port_.store(own.port());
  const bool connected = connect(fd.get(), server.get(), server.length) == 0 ||
                         (errno == EINPROGRESS && AwaitConnected(fd.get(), timeout));
  const bool answered = connected && Answered(std::move(fd), deadline);
  port_.store(0);
  return answered;
}

bool SelfCall::Owns(int accepted_fd) const {
  const int port = port_.load();
  Address peer;
  Address local;
  return port != 0 && getpeername(accepted_fd, peer.get(), &peer.length) == 0 && peer.port() == port &&
         getsockname(accepted_fd, local.get(), &local.length) == 0 && peer.SameHost(local);
}

}  // namespace linchpin::kit
