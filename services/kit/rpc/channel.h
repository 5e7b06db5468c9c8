// Channels from this process to other services.
#ifndef LINCHPIN_SERVICES_KIT_RPC_CHANNEL_H_
#define LINCHPIN_SERVICES_KIT_RPC_CHANNEL_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace grpc {
class Channel;
class ChannelCredentials;
class ClientContext;
}  // namespace grpc

namespace linchpin::kit {

// The service config that clients of Linchpin should use; deploy/client/service_config.json, compiled in.
std::string_view ClientServiceConfig();

struct ChannelOptions {
  std::shared_ptr<grpc::ChannelCredentials> credentials;  // Null: plaintext.
  int message_bytes_max = 16 << 20;
};

// A channel with the service config, keepalive every 20 seconds, and reconnection within five.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const ChannelOptions& options);

// A token in a file that is read anew when it changes.
//
// Thread safety: all of it.
class TokenFile {
 public:
  // Errors: INVALID_ARGUMENT if the file cannot be read or holds no token.
  static absl::StatusOr<std::unique_ptr<TokenFile>> Open(const std::string& path);
  virtual ~TokenFile() = default;

  // Adds `authorization: Bearer TOKEN`.
  virtual void Authorize(grpc::ClientContext& context) const = 0;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_CHANNEL_H_
