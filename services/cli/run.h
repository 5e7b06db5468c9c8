// One run of the program: from words to an exit code.
#ifndef LINCHPIN_SERVICES_CLI_RUN_H_
#define LINCHPIN_SERVICES_CLI_RUN_H_

#include <functional>
#include <istream>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/cli/client/client.h"
#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// What a run gets from the system.
struct Environment {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_terminal = false;
  bool err_terminal = false;
  int width = 100;
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::function<absl::StatusOr<std::unique_ptr<Client>>(const Arguments&)> make_client;
  std::function<absl::Time()> now = absl::Now;
};

// Runs the command that `words` (without the program's name) ask for. Errors go to `err`.
int Run(const std::vector<std::string>& words, const Environment& environment);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_RUN_H_
