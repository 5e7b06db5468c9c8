#include "services/cli/run.h"

#include <algorithm>
#include <optional>

#include "services/base/text.h"
#include "services/cli/check/check_printers.h"
#include "services/cli/check/check_report.h"
#include "services/cli/client/as_of_client.h"
#include "services/cli/client/checked_client.h"
#include "services/cli/client/errors.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/help.h"
#include "services/cli/offline.h"
#include "services/cli/selector.h"
#include "services/cli/what_if.h"

namespace linchpin::cli {
namespace {

bool WantsColour(const Arguments& arguments, const Environment& environment) {
  if (!environment.out_terminal || arguments.Has("no-color")) return false;
  const auto no_colour = environment.variable("NO_COLOR");
  return !(no_colour && !no_colour->empty()) && environment.variable("TERM").value_or("dumb") != "dumb";
}

int ShowHelp(const Arguments& arguments, std::ostream& out) {
  if (arguments.command != nullptr) {
    PrintCommand(*arguments.command, out);
    return kOk;
  }
  bool found = false;
  for (const Command& command : Commands()) {
    if (arguments.operands.empty() || command.path.rfind(arguments.operands[0] + " ", 0) != 0) continue;
    if (found) out << "\n";
    PrintCommand(command, out);
    found = true;
  }
  if (!found) PrintOverview(Commands(), out);
  return kOk;
}

// A field of a request that a flag of the same name was given for is called by the flag.
std::string FlagOfField(const Arguments& arguments, const std::string& field) {
  std::string flag = field.substr(0, field.find_first_of("[."));
  for (char& c : flag) c = c == '_' ? '-' : c;
  if (flag == "page-size" && arguments.Has("limit")) flag = "limit";
  return arguments.All(flag).empty() ? field : "--" + flag;
}

// What a check found that does not simply pass, among the lines for people.
void PrintVerdict(const Arguments& arguments, const Environment& environment,
                  const policy::v1::CheckChangeResponse& checked) {
  Context context{arguments, Commands(), environment.in,    environment.err, environment.err,
                  false,     false,      environment.width, false,           nullptr};
  CheckReport report = MakeCheckReport({}, checked, {}, false);
  report.figures.clear();  // Nobody asked for them.
  PrintCheckText(context, report);
}

// Checks of writes as the flags ask for them. Both arguments must outlive the client.
absl::StatusOr<CheckedWrites> ChecksOf(const Arguments& arguments, const Environment& environment) {
  CheckedWrites writes;
  writes.always = arguments.Has("check");
  for (const auto& [flag, value] :
       {std::pair{"check-token", &writes.token}, std::pair{"override-check", &writes.override_why}}) {
    const std::vector<std::string> given = arguments.All(flag);
    if (given.empty()) continue;
    *value = given.back();
    const bool printable =
        std::all_of(value->begin(), value->end(), [](char c) { return c >= ' ' && c <= '~'; });
    // An empty reason is not the absence of one.
    if (value->empty() || !printable)
      return UsageError(base::Cat({"--", flag, " needs text of printable ASCII characters"}));
  }
  if (writes.always + !writes.token.empty() + !writes.override_why.empty() > 1)
    return UsageError("--check, --check-token and --override-check exclude one another");
  if (arguments.Has("quiet")) return writes;
  writes.on_verdict = [&](const auto& checked) { PrintVerdict(arguments, environment, checked); };
  writes.note = [&](std::string_view line) { environment.err << line << "\n"; };
  return writes;
}

// The client that the flags ask for.
absl::StatusOr<std::unique_ptr<Client>> MakeClient(const Arguments& arguments,
                                                   const Environment& environment) {
  auto client = arguments.Has("offline") ? MakeOfflineClient(arguments, arguments.Get("offline"),
                                                             environment.in, environment.make_client)
                                         : environment.make_client(arguments);
  if (!client.ok()) return client;
  absl::StatusOr<CheckedWrites> checks = ChecksOf(arguments, environment);
  if (!checks.ok()) return checks.status();
  client = MakeCheckedClient(*std::move(client), *std::move(checks));
  if (!arguments.Has("what-if")) return client;
  return MakeWhatIfClient(*std::move(client), arguments.All("what-if"), environment.in);
}

// The client of one command, made when the command first asks for it: what needs no server is answered
// without one.
class Connection {
 public:
  // Both must outlive it. `as_of`: as the server reads it, if the answer shall be of a past state.
  Connection(const Arguments& arguments, const Environment& environment, std::optional<std::string> as_of)
      : arguments_(arguments),
        environment_(environment),
        as_of_(std::move(as_of)),
        told_(arguments.Has("quiet")) {}

  absl::StatusOr<Client*> Get() {
    if (client_ == nullptr) {
      if (absl::Status status = Make(); !status.ok()) return status;
    }
    return selecting_ != nullptr ? selecting_.get() : client_.get();
  }

 private:
  absl::Status Make() {
    absl::StatusOr<risk::v1::ConsumerSelector> selector = ReadSelector(arguments_);
    if (!selector.ok()) return selector.status();
    auto made = MakeClient(arguments_, environment_);
    if (!made.ok()) return made.status();
    client_ = *std::move(made);
    if (as_of_.has_value()) client_ = MakeAsOfClient(std::move(client_), *as_of_);
    if (selector->ByteSizeLong() == 0) return absl::OkStatus();
    selecting_ = std::make_unique<SelectingClient>(
        *client_, *selector, [this](const risk::v1::ConsumerSelection& selection) { Tell(selection); });
    return absl::OkStatus();
  }

  void Tell(const risk::v1::ConsumerSelection& selection) {
    if (!told_) environment_.err << "Counted: " << SelectionText(selection) << "\n";
    told_ = true;  // A command may ask several times.
  }

  const Arguments& arguments_;
  const Environment& environment_;
  const std::optional<std::string> as_of_;
  bool told_;
  std::unique_ptr<Client> client_, selecting_;
};

// Runs the command. Returns its exit code.
absl::StatusOr<int> RunCommand(const Arguments& arguments, const Environment& environment,
                               std::optional<std::string> as_of) {
  Connection connection(arguments, environment, std::move(as_of));
  Context context{arguments,
                  Commands(),
                  environment.in,
                  environment.out,
                  environment.err,
                  environment.out_terminal,
                  environment.err_terminal,
                  environment.width,
                  WantsColour(arguments, environment),
                  [&connection] { return connection.Get(); },
                  environment.now};
  if (arguments.Has("what-if")) {
    context.Note("What if: the inventory as it would be with " + base::JoinNames(arguments.All("what-if")) +
                 "; nothing is written.");
  }
  absl::StatusOr<int> code = arguments.command->run(context);
  environment.out.flush();
  return code;
}

// What --as-of asks for, in the server's words; none if it was not given.
absl::StatusOr<std::optional<std::string>> AsOfAsked(const Arguments& arguments,
                                                     const Environment& environment) {
  if (!arguments.Has("as-of")) return std::optional<std::string>();
  return AsOfText("as-of", arguments.Get("as-of"), environment.now());
}

int ExitOnWrongUse(const absl::Status& status, const std::string& path, std::ostream& err) {
  PrintError(status, path, err);
  return kUsage;
}

}  // namespace

int Run(const std::vector<std::string>& words, const Environment& environment) {
  if (words.empty()) return ShowHelp({}, environment.out);
  absl::StatusOr<Arguments> arguments = Parse(Commands(), words);
  if (!arguments.ok()) return ExitOnWrongUse(arguments.status(), "", environment.err);
  arguments->environment = environment.variable;
  if (arguments->Has("version")) {
    PrintVersion(environment.out);
    return kOk;
  }
  if (arguments->Has("help")) return ShowHelp(*arguments, environment.out);
  const std::string& path = arguments->command->path;
  if (absl::Status status = arguments->CheckOutput(); !status.ok())
    return ExitOnWrongUse(status, path, environment.err);
  const absl::StatusOr<std::optional<std::string>> as_of = AsOfAsked(*arguments, environment);
  if (!as_of.ok()) return ExitOnWrongUse(as_of.status(), path, environment.err);
  const absl::StatusOr<int> code = RunCommand(*arguments, environment, *as_of);
  if (code.ok()) return *code;
  PrintError(RenameFields(code.status(), [&](const std::string& f) { return FlagOfField(*arguments, f); }),
             path, environment.err);
  const int exit_code = ExitCodeOf(code.status());
  // Of `diff`, 1 means that there are differences.
  return path == "diff" && exit_code == kFailed ? kUsage : exit_code;
}

}  // namespace linchpin::cli
