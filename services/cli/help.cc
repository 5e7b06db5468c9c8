#include "services/cli/help.h"

#include <algorithm>
#include <sstream>

#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/completion.h"
#include "services/cli/context.h"
#include "services/cli/flags/aliases.h"
#include "services/cli/print/table.h"
#include "services/cli/version.h"

namespace linchpin::cli {
namespace {

using base::Cat;

std::string FlagUse(const Flag& flag) {
  return Cat({flag.letter == 0 ? "    " : Cat({"-", std::string(1, flag.letter), ", "}), "--", flag.name,
              flag.value.empty() ? "" : " ", flag.value});
}

std::string FlagHelp(const Flag& flag) {
  std::string help = flag.help;
  if (!flag.choices.empty()) help += Cat({" One of ", base::JoinNames(flag.choices, 20), "."});
  if (!flag.default_text.empty()) help += Cat({" Default: ", flag.default_text, "."});
  return help;
}

// Lines of at most `width`, each after `indent` spaces.
void PrintWrapped(std::string_view text, size_t indent, size_t width, std::ostream& out) {
  std::string line;
  std::istringstream words{std::string(text)};
  for (std::string word; words >> word;) {
    if (!line.empty() && line.size() + 1 + word.size() > width) {
      out << std::string(indent, ' ') << line << "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  if (!line.empty()) out << std::string(indent, ' ') << line << "\n";
}

void PrintFlags(const std::vector<Flag>& flags, std::ostream& out) {
  size_t width = 0;
  for (const Flag& flag : flags) width = std::max(width, FlagUse(flag).size());
  for (const Flag& flag : flags) {
    std::ostringstream help;
    PrintWrapped(FlagHelp(flag), width + 4, 100 - width, help);
    const std::string use = FlagUse(flag);
    out << "  " << use << std::string(width - use.size() + 2, ' ')
        << help.str().substr(std::min(help.str().size(), width + 4));
  }
}

std::string JoinedBy(const std::vector<std::string>& words, const char* between) {
  std::string out;
  for (const std::string& word : words) out += Cat({out.empty() ? "" : between, word});
  return out;
}

absl::StatusOr<int> Help(Context& context) {
  const std::vector<std::string>& words = context.arguments.operands;
  if (words.empty()) {
    PrintOverview(context.commands, context.out);
    return kOk;
  }
  if (words[0] == "--reference" || (words.size() == 1 && words[0] == "reference")) {
    context.out << ReferencePage(context.commands);
    return kOk;
  }
  const std::string path(CommandOfAlias(JoinedBy(words, " ")));
  bool found = false;
  for (const Command& command : context.commands) {
    if (command.path != path && command.path.rfind(path + " ", 0) != 0) continue;
    if (found) context.out << "\n";
    PrintCommand(command, context.out);
    found = true;
  }
  return found ? absl::StatusOr<int>(kOk) : UsageError(Cat({"unknown command `", path, "`"}));
}

absl::StatusOr<int> Completion(Context& context) {
  const std::string& shell = context.arguments.operands[0];
  const std::string script = CompletionScript(context.commands, shell);
  if (script.empty())
    return UsageError(Cat({"there is no completion for the shell `", shell, "`; use bash, zsh or fish"}));
  context.out << script;
  return kOk;
}

absl::StatusOr<int> Version(Context& context) {
  PrintVersion(context.out);
  return kOk;
}

}  // namespace

void PrintVersion(std::ostream& out) { out << "linchpin " << kVersion << "\n"; }

void PrintOverview(const std::vector<Command>& commands, std::ostream& out) {
  out << "Usage: linchpin COMMAND [FLAGS]\n\n"
         "What an enterprise's applications depend on in models that others own, and what stops when they "
         "are gone.\n\nCommands:\n";
  size_t width = 0;
  for (const Command& command : commands) width = std::max(width, command.path.size());
  for (const Command& command : commands) {
    out << "  " << command.path << std::string(width - command.path.size() + 2, ' ') << command.summary
        << "\n";
  }
  out << "\nFlags of every command:\n";
  PrintFlags(CommonFlags(), out);
  out << "\nEach flag of every command may be set in the environment: LINCHPIN_ENDPOINT, "
         "LINCHPIN_TOKEN_FILE, LINCHPIN_OUTPUT, ...\n"
         "`linchpin help COMMAND` tells more.\n";
}

void PrintCommand(const Command& command, std::ostream& out) {
  out << "Usage: linchpin " << command.path << (command.operands.empty() ? "" : " ") << command.operands
      << " [FLAGS]\n\n"
      << command.summary << "\n\nExamples:\n";
  for (const std::string& example : command.examples) out << "  " << example << "\n";
  if (!command.details.empty()) {
    out << "\n";
    PrintWrapped(command.details, 0, 100, out);
  }
  if (!command.outputs.empty())
    out << "\nOutput (-o): " << base::JoinNames(command.outputs) << "; the first is the default.\n";
  if (!command.flags.empty()) {
    out << "\nFlags:\n";
    PrintFlags(command.flags, out);
  }
  for (const std::string& alias : AliasesOf(command.path)) out << "\nAlso: linchpin " << alias << "\n";
  out << "\n`linchpin help` lists the flags of every command.\n";
}

std::string ReferencePage(const std::vector<Command>& commands) {
  std::ostringstream out;
  auto flags = [&](const std::vector<Flag>& list) {
    out << "| flag | meaning |\n| --- | --- |\n";
    for (const Flag& flag : list) {
      std::string help = FlagHelp(flag);
      for (size_t at = help.find('|'); at != std::string::npos; at = help.find('|', at + 2))
        help.replace(at, 1, "\\|");
      out << "| `" << (flag.letter == 0 ? "" : Cat({"-", std::string(1, flag.letter), ", "})) << "--"
          << flag.name << (flag.value.empty() ? "" : " ") << flag.value << "` | " << help << " |\n";
    }
  };
  out << "# The command line\n\nMade from the program's own table of commands by `linchpin help reference`; "
         "a test holds it current.\n\n"
         "`linchpin` prints data on the standard output and everything else on the standard error. Colours "
         "and progress appear on a terminal only; `NO_COLOR` and `TERM=dumb` are honoured. "
         "Values of flags come from the command line, else from the environment (`LINCHPIN_ENDPOINT`, "
         "`LINCHPIN_TOKEN_FILE`, ... for the flags of every command), else the default.\n\n"
         "| exit code | meaning |\n| --- | --- |\n| 0 | fine; of `diff`: no difference |\n| 1 | failed; of "
         "`diff`: differences |\n| 2 | wrong usage; of `diff` also: failed |\n"
         "| 3 | a check found something at or above `--fail-on`, policies forbid a change, an attestation is "
         "violated, a register has errors |\n| 4 | not found |\n| 5 | unauthenticated or denied |\n| 6 | "
         "conflict: changed meanwhile, exists, still referred to |\n"
         "| 7 | server unavailable, or not in time |\n| 8 | of `attest`: neither proven nor refuted |\n| 130 "
         "| interrupted |\n\n"
         "Errors are `Error: <what> (<REASON>)`, one line for each wrong field, `Hint:` and the request id "
         "under which the server's log has the call. Resources in files: [files.md](files.md).\n\n"
         "## Flags of every command\n\n";
  flags(CommonFlags());
  for (const Command& command : commands) {
    out << "\n## " << command.path << "\n\n"
        << command.summary << "\n\n```\nlinchpin " << command.path << (command.operands.empty() ? "" : " ")
        << command.operands << "\n```\n\nExamples:\n\n```sh\n";
    for (const std::string& example : command.examples) out << example << "\n";
    out << "```\n";
    if (!command.details.empty()) out << "\n" << command.details << "\n";
    for (const std::string& alias : AliasesOf(command.path)) out << "\nAlso: `linchpin " << alias << "`.\n";
    if (!command.outputs.empty())
      out << "\nOutput: `" << JoinedBy(command.outputs, "`, `") << "`; the first is the default.\n";
    if (command.flags.empty()) continue;
    out << "\n";
    flags(command.flags);
  }
  return out.str();
}

std::vector<Command> HelpCommands() {
  std::vector<Command> commands;
  commands.push_back({.path = "help",
                      .summary = "Show the help of a command.",
                      .operands = "[COMMAND]",
                      .operands_max = 3,
                      .examples = {"linchpin help", "linchpin help risk simulate"},
                      .details = "`linchpin help reference` prints the reference page of all commands.",
                      .run = Help});
  commands.push_back({.path = "completion",
                      .summary = "Print the completion script of a shell: bash, zsh or fish.",
                      .operands = "SHELL",
                      .operands_min = 1,
                      .operands_max = 1,
                      .examples = {"source <(linchpin completion bash)", "source <(linchpin completion zsh)",
                                   "linchpin completion fish | source"},
                      .details = "Put the line into the file that your shell reads at its start; for zsh, "
                                 "after `compinit`. Names of resources are asked of the server.",
                      .run = Completion});
  commands.push_back(
      {.path = "version", .summary = "Print the version.", .examples = {"linchpin version"}, .run = Version});
  return commands;
}

}  // namespace linchpin::cli
