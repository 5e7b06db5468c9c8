// What the command line takes, by one table of commands and flags: parsing, help, the reference page and
// completion all come from it.
#ifndef LINCHPIN_SERVICES_CLI_FLAGS_ARGUMENTS_H_
#define LINCHPIN_SERVICES_CLI_FLAGS_ARGUMENTS_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linchpin::cli {

// One flag. The same name takes a value, or none, in all commands.
struct Flag {
  std::string name;                  // "output"
  char letter = 0;                   // 'o'; 0: none
  std::string value;                 // what the value is called in help; empty: the flag takes none
  std::string help;                  // one sentence
  std::string default_text;          // shown and used when absent; empty: none
  std::vector<std::string> choices;  // empty: any value
};

struct Context;

// How long the server may take for a call: of what computes over the whole graph, and of what looks up what
// is stored.
inline constexpr int kComputeSeconds = 600, kLookupSeconds = 30;

// One command: everything about it.
struct Command {
  std::string path;           // "risk simulate"
  std::string summary;        // one line
  std::string operands = "";  // "KIND [NAME...]"
  int operands_min = 0;
  int operands_max = 0;  // -1: any number
  std::vector<Flag> flags = {};
  std::vector<std::string> outputs = {};  // forms of its answer, the default first; empty: one only
  bool reads_past = false;                // has --as-of: it can answer from a past state
  bool selects_consumers = false;  // has --tier, --owner, ...: its figures can count some consumers only
  bool asks_what_if = false;       // has --what-if: its requests can carry proposed changes
  int timeout_seconds = kComputeSeconds;             // of each call, unless --timeout says otherwise
  std::vector<std::string> examples = {};            // "linchpin get vendors/openai"
  std::string details = "";                          // paragraphs
  std::function<absl::StatusOr<int>(Context&)> run;  // the exit code
};

// Flags that every command has.
const std::vector<Flag>& CommonFlags();

// What was given. Flags keep their order.
class Arguments {
 public:
  const Command* command = nullptr;
  std::vector<std::string> operands;
  std::vector<std::pair<std::string, std::string>> flags;  // name and value; "true" for flags without one

  bool Has(std::string_view flag) const;
  // The last value given, else that of the environment (LINCHPIN_<FLAG>, common flags only), else the
  // default.
  std::string Get(std::string_view flag) const;
  // All values given, in order.
  std::vector<std::string> All(std::string_view flag) const;
  // The value as a whole number; an error of usage if it is none or is negative.
  absl::StatusOr<int64_t> Number(std::string_view flag) const;

  // An error of usage if the output asked for is none of the command's.
  absl::Status CheckOutput() const;

  // Where Get looks for values that were not given; set by tests.
  std::function<std::optional<std::string>(const std::string& name)> environment;
};

// Finds the command and checks flags and operands. `words` is without the program's name. `--help` and `-h`
// are accepted everywhere and recorded as flag `help`, and `--version` as `version`; then operands are not
// checked, and `command` may be null.
absl::StatusOr<Arguments> Parse(const std::vector<Command>& commands, const std::vector<std::string>& words);

// An error of usage: exit code 2, with the advice to look at the help.
absl::Status UsageError(std::string_view message);
bool IsUsageError(const absl::Status& status);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_FLAGS_ARGUMENTS_H_
