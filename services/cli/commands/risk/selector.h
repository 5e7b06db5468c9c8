// Which consumers the figures of a command count: one set of flags, put into every request that can take it.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_RISK_SELECTOR_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_RISK_SELECTOR_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/consumer_selector.pb.h"
#include "services/cli/client/client.h"
#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// Gives --tier, --owner, --unit, --critical, --not-critical and --label to the commands that answer over
// consumers.
void AddSelectorFlags(std::vector<Command>& commands);

// What these flags ask for; nothing set where none is given. Errors: of usage.
absl::StatusOr<linchpin::risk::v1::ConsumerSelector> ReadSelector(const Arguments& arguments);

// "tier 1: 12 applications and 3 business services; of 4 more (a, b, ...) an absent field leaves it open".
std::string SelectionText(const linchpin::risk::v1::ConsumerSelection& selection);

// Puts the selector into each request that has a field for it, itself or in its `question`, and tells `told`
// whom the answer selected.
//
// Ownership: keeps a reference to the client, which must outlive it.
class SelectingClient final : public Client {
 public:
  using Told = std::function<void(const linchpin::risk::v1::ConsumerSelection&)>;
  SelectingClient(Client& client, linchpin::risk::v1::ConsumerSelector selector, Told told)
      : client_(client), selector_(std::move(selector)), told_(std::move(told)) {}

  absl::Status Call(const std::string& service, const std::string& method,
                    const google::protobuf::Message& request, google::protobuf::Message& response) override;
  absl::Status Stream(const std::string& service, const std::string& method,
                      const google::protobuf::Message& request, google::protobuf::Message& part,
                      const std::function<void()>& on_part) override;

 private:
  Client& client_;
  const linchpin::risk::v1::ConsumerSelector selector_;
  const Told told_;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RISK_SELECTOR_H_
