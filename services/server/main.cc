// linchpind: the server binary.
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "services/kit/auth/tokens.h"
#include "services/kit/config/settings.h"
#include "services/kit/logging/log.h"
#include "services/server/audit.h"
#include "services/server/migrate.h"
#include "services/server/serve.h"
#include "services/server/server_settings.h"
#include "services/server/signals.h"
#include "services/server/stores.h"
#include "services/server/version.h"

extern char** environ;

namespace linchpin::linchpind {
namespace {

constexpr int kWrongUse = 2;
constexpr char kVerifyAudit[] = "audit verify";

constexpr char kHelp[] =
    "linchpind: the inventory, policy and risk services of Linchpin.\n"
    "\n"
    "  linchpind [flags]               serve: all three services, data in ./linchpin-data\n"
    "  linchpind --target policy --store postgresql:... --inventory-address inventory:50051\n"
    "  linchpind migrate [flags]       bring the database's schema up to date\n"
    "  linchpind migrate wait [flags]  wait until somebody has\n"
    "  linchpind audit verify [LINE...] [flags]\n"
    "                                  check the audit's chain of digests, beside a running server; prints a "
    "line to\n"
    "                                  keep elsewhere and to give again later\n"
    "  linchpind token NAME ROLE       a new token, and its entry for the file of tokens\n"
    "  linchpind settings              the table below in Markdown\n"
    "  linchpind version\n"
    "\n"
    "Flags. Each is also an environment variable (LINCHPIN_TARGET for --target) and a key of the file that "
    "--config names.\n"
    "\n";

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const size_t equals = text.find('=');
    if (equals != std::string_view::npos) result.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

int Complain(std::string_view message) {
  std::fprintf(stderr, "linchpind: %.*s\n", static_cast<int>(message.size()), message.data());
  return kWrongUse;
}

// The token goes to standard output alone, so that it can be sent into a file.
int PrintToken(const std::string& name, const std::string& role) {
  const auto parsed = kit::ParseRole(role);
  if (!parsed || *parsed == kit::Role::kNone)
    return Complain("the role must be viewer, editor, approver or admin");
  const kit::Secret token = kit::MakeToken();
  std::fprintf(stderr, "tokens:\n  - name: %s\n    role: %s\n    sha256: %s\n", name.c_str(), role.c_str(),
               kit::HashToken(token.Reveal()).c_str());
  std::printf("%s\n", token.Reveal().c_str());
  return 0;
}

// The words that follow the first two, `audit verify`.
std::vector<std::string> WordsAfter(const std::string& command, std::string_view beginning) {
  std::vector<std::string> words = absl::StrSplit(command.substr(beginning.size()), ' ', absl::SkipEmpty());
  return words;
}

// Words before the first flag.
std::string TakeCommand(std::vector<std::string>& arguments) {
  std::string command;
  while (!arguments.empty() && !arguments.front().starts_with("-")) {
    command += (command.empty() ? "" : " ") + arguments.front();
    arguments.erase(arguments.begin());
  }
  return command;
}

int Run(std::vector<std::string> arguments) {
  const std::string command = TakeCommand(arguments);
  for (const std::string& argument : arguments) {
    if (argument != "--help" && argument != "-h") continue;
    std::printf("%s%s", kHelp, kit::SettingsHelp(ServerSettings()).c_str());
    return 0;
  }
  if (command == "version" || (!arguments.empty() && arguments.front() == "--version")) {
    std::printf("linchpind %s (%s)\n", std::string(Version()).c_str(), std::string(Revision()).c_str());
    return 0;
  }
  if (command.starts_with("token")) {
    const size_t name = command.find(' ');
    const size_t role = command.rfind(' ');
    if (name == std::string::npos || role == name) return Complain("use: linchpind token NAME ROLE");
    return PrintToken(command.substr(name + 1, role - name - 1), command.substr(role + 1));
  }
  if (command == "settings") {
    std::printf("%s", kit::SettingsMarkdown(ServerSettings()).c_str());
    return 0;
  }
  const bool audit = command == kVerifyAudit || command.starts_with(std::string(kVerifyAudit) + " ");
  if (command != "" && command != "serve" && command != "migrate" && command != "migrate wait" && !audit) {
    return Complain("unknown command " + command + "; see --help");
  }
  auto settings = kit::Settings::Load(ServerSettings(), {std::move(arguments), Environment()});
  absl::Status status = settings.status();
  if (status.ok() && !command.starts_with("migrate") && !audit) status = CheckServerSettings(*settings);
  if (status.ok()) status = ProvidePassword(*settings);
  if (!status.ok()) return Complain({status.message().data(), status.message().size()});

  BlockSignals();
  // Debian's Abseil looks for deadlocks at each lock, gRPC's among them, and would only report what it finds.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  // Never destroyed: gRPC's threads may log until the last moment.
  static auto& log = *new kit::Log(*kit::ParseLogLevel(settings->Text("log-level")));
  if (command == "migrate") return Migrate(*settings, log);
  if (command == "migrate wait") return WaitForMigration(*settings, log);
  if (audit) return VerifyAudits(*settings, WordsAfter(command, kVerifyAudit), log);
  return Serve(*settings, log);
}

}  // namespace
}  // namespace linchpin::linchpind

int main(int argc, char** argv) {
  return linchpin::linchpind::Run(std::vector<std::string>(argv + 1, argv + argc));
}
