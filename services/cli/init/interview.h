// Questions to the person at the terminal.
#ifndef LINCHPIN_SERVICES_CLI_INIT_INTERVIEW_H_
#define LINCHPIN_SERVICES_CLI_INIT_INTERVIEW_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// Asks `question` and hands each answer, without spaces around it, to `take`, until that accepts one. What
// `take` refuses is told, and the question is asked again. Questions and refusals go to `err`.
//
// Errors: usage if the input ends without an accepted answer; `instead` names the flag that answers the
// question without a terminal. After three refusals in a row the last one is the error.
absl::Status Ask(Context& context, std::string_view question, std::string_view instead,
                 const std::function<absl::Status(const std::string& answer)>& take);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_INIT_INTERVIEW_H_
