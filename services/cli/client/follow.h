// Streams that go on until somebody interrupts them.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_FOLLOW_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_FOLLOW_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// Calls a method whose request and parts have a field `resume_token`, and calls it again with the last token
// whenever time or the transport ends the stream, so that nothing is missed and nothing is told twice.
// `request` holds the last token afterwards. OK: the server has ended the stream. Errors: those of the
// method; a call that brings nothing is the last.
absl::Status Follow(Client& client, const std::string& service, const std::string& method,
                    google::protobuf::Message& request, google::protobuf::Message& part,
                    const std::function<void()>& on_part);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_FOLLOW_H_
