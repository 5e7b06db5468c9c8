// What a command runs in: its arguments, its streams, its connection.
#ifndef LINCHPIN_SERVICES_CLI_CONTEXT_H_
#define LINCHPIN_SERVICES_CLI_CONTEXT_H_

#include <functional>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/cli/client/client.h"
#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// Exit codes (docs/reference/cli.md).
enum ExitCode {
  kOk = 0,
  kFailed = 1,
  kDiffers = 1,  // of `diff`
  kUsage = 2,
  kFound = 3,
  kNotFound = 4,
  kDenied = 5,
  kConflict = 6,
  kUnavailable = 7,
  kInterrupted = 130,
};

// Data goes to `out`, everything else to `err`.
struct Context {
  const Arguments& arguments;
  const std::vector<Command>& commands;
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_terminal = false;
  bool err_terminal = false;
  int width = 100;      // of the terminal
  bool colour = false;  // on out
  // Connects on first use.
  std::function<absl::StatusOr<Client*>()> connect;
  std::function<absl::Time()> now = absl::Now;

  // The format asked for, else `fallback`.
  std::string Output(std::string_view fallback) const {
    const std::string given = arguments.Get("output");
    return given.empty() ? std::string(fallback) : given;
  }
  bool quiet() const { return arguments.Has("quiet"); }
  // A line for people beside the data; not with --quiet.
  void Note(std::string_view text) const {
    out.flush();  // on a terminal both are one text
    if (!quiet()) err << text << "\n";
  }
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CONTEXT_H_
