// Small verbs over InventoryService for integration tests.
#ifndef LINCHPIN_TESTS_INTEGRATION_INVENTORY_CLIENT_H_
#define LINCHPIN_TESTS_INTEGRATION_INVENTORY_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace grpc {
class Channel;
class ChannelCredentials;
}  // namespace grpc

namespace linchpin::integration {

// How a client reaches a server.
struct ClientOptions {
  std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr;  // Null: plaintext.
  std::string token = "";                                           // Empty: none.
  bool service_config = false;                                      // The one shipped in deploy/client.
  absl::Duration timeout = absl::Seconds(20);
};

class InventoryClient {
 public:
  explicit InventoryClient(const std::string& address, ClientOptions options = {});
  ~InventoryClient();

  // Revision of the new vendor. `request_id` empty: none.
  absl::StatusOr<int64_t> CreateVendor(const std::string& id, const std::string& request_id = "");
  // Its display name, at this revision or later.
  absl::StatusOr<std::string> GetVendor(const std::string& id, const std::string& min_revision = "");
  absl::Status DeleteVendor(const std::string& id);
  absl::StatusOr<std::vector<std::string>> ListVendors();  // Names, over all pages.

  // Reads a Watch from a snapshot or a token until `seen` says false or the stream ends; the status of the
  // stream, OK if `seen` ended it. `seen` gets each changed name and the token of the revision's end, empty
  // before it.
  absl::Status Watch(
      const std::string& resume_token,
      const std::function<bool(const std::vector<std::string>& names, const std::string& token)>& seen);

  std::shared_ptr<grpc::Channel> channel();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// What grpc.health.v1 says of `service` at an address: SERVING, NOT_SERVING, SERVICE_UNKNOWN, or the code of
// an error.
std::string HealthOf(const std::string& address, const std::string& service);

}  // namespace linchpin::integration

#endif  // LINCHPIN_TESTS_INTEGRATION_INVENTORY_CLIENT_H_
