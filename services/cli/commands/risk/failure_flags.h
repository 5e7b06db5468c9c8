// The flags that commands about failing share: who fails, when, through which losses.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_RISK_FAILURE_FLAGS_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_RISK_FAILURE_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "linchpin/risk/v1/cut_set.pb.h"
#include "services/cli/client/client.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// --class, --readiness, --threshold.
std::vector<Flag> FailureFlags();
// --together, --reading.
std::vector<Flag> TogetherFlags();

// The question that the operands (names of consumers) and FailureFlags ask. Errors: of usage; NOT_FOUND.
absl::StatusOr<linchpin::risk::v1::FailureQuestion> ReadFailureQuestion(const Context& context,
                                                                        Client& client);
absl::StatusOr<linchpin::risk::v1::Together> ReadTogether(const Context& context);
absl::StatusOr<google::protobuf::RepeatedField<int>> ReadReadingFlags(const Context& context);

// "proven", "likely", "not excluded".
std::string ReadingText(linchpin::risk::v1::Reading reading);

// "applications/claims", "applications/claims or applications/search", "3 consumers".
std::string SubjectText(const linchpin::risk::v1::FailureQuestion& question,
                        linchpin::risk::v1::Together together);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RISK_FAILURE_FLAGS_H_
