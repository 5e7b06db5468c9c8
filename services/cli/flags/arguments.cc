#include "services/cli/flags/arguments.h"

#include <algorithm>
#include <cstdlib>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/flags/aliases.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

using base::Cat;

const Flag* FindFlag(const std::vector<Flag>& flags, std::string_view name) {
  for (const Flag& flag : flags) {
    if (flag.name == name || (name.size() == 1 && flag.letter == name[0])) return &flag;
  }
  return nullptr;
}

// The flag of that name in any command: whether a word after it is its value must be known before the command
// is.
const Flag* FindAnyFlag(const std::vector<Command>& commands, std::string_view name) {
  if (const Flag* flag = FindFlag(CommonFlags(), name)) return flag;
  for (const Command& command : commands) {
    if (const Flag* flag = FindFlag(command.flags, name)) return flag;
  }
  return nullptr;
}

const Command* FindCommand(const std::vector<Command>& commands, std::string_view path) {
  for (const Command& command : commands) {
    if (command.path == CommandOfAlias(path)) return &command;
  }
  return nullptr;
}

// The longest name of a command: "policy pack list".
constexpr size_t kCommandWordsMax = 3;

std::string FirstWords(const std::vector<std::string>& operands, size_t count) {
  std::string words = operands[0];
  for (size_t i = 1; i < count; ++i) words += " " + operands[i];
  return words;
}

// The first word of every command, and both words of the others.
std::vector<std::string> CommandWords(const std::vector<Command>& commands) {
  std::vector<std::string> words;
  for (const Command& command : commands) {
    words.push_back(command.path);
    const std::string first = command.path.substr(0, command.path.find(' '));
    if (std::find(words.begin(), words.end(), first) == words.end()) words.push_back(first);
  }
  return words;
}

absl::Status UnknownCommand(const std::vector<Command>& commands, const std::vector<std::string>& operands) {
  if (operands.empty()) return UsageError("no command given");
  std::vector<std::string> under;
  for (const Command& command : commands) {
    if (command.path.rfind(operands[0] + " ", 0) == 0)
      under.push_back(command.path.substr(operands[0].size() + 1));
  }
  const std::string word = under.empty() || operands.size() < 2 ? operands[0] : operands[1];
  if (!under.empty() && operands.size() < 2) {
    return UsageError(Cat({"`", word, "` needs a second word: ", base::JoinNames(under)}));
  }
  const auto nearest = base::Nearest(word, under.empty() ? CommandWords(commands) : under);
  return UsageError(
      Cat({"unknown command `", word, "`", under.empty() ? "" : Cat({" of `", operands[0], "`"}),
           nearest ? Cat({"; did you mean `", *nearest, "`?"}) : ""}));
}

// `--api-cutoff` for `--vendor-api-cutoff`, `--subject-kind` for `--subject`: the only flag whose words are
// among those given, or the other way round.
std::optional<std::string> FlagOfWords(std::string_view word, const std::vector<std::string>& names) {
  const std::string given = Cat({word.substr(1), "-"});
  std::optional<std::string> found;
  for (const std::string& name : names) {
    const std::string flag = Cat({name.substr(1), "-"});
    if (flag.find(given) == std::string::npos && given.find(flag) == std::string::npos) continue;
    if (found) return std::nullopt;
    found = name;
  }
  return found;
}

absl::Status UnknownFlag(const Command* command, const std::string& word) {
  std::vector<std::string> names;
  for (const Flag& flag : CommonFlags()) names.push_back("--" + flag.name);
  if (command != nullptr) {
    for (const Flag& flag : command->flags) names.push_back("--" + flag.name);
  }
  auto nearest = base::Nearest(word, names);
  if (!nearest && word.size() > 5) nearest = FlagOfWords(word, names);
  return UsageError(
      Cat({"unknown flag `", word, "`", command == nullptr ? "" : Cat({" of `", command->path, "`"}),
           nearest ? Cat({"; did you mean `", *nearest, "`?"}) : ""}));
}

// One walk over the words.
class Parser {
 public:
  Parser(const std::vector<Command>& commands, const std::vector<std::string>& words)
      : commands_(commands), words_(words) {}

  absl::Status Run() {
    for (size_t i = 0; i < words_.size(); ++i) {
      const std::string& word = words_[i];
      if (word == "--") {
        operands_.insert(operands_.end(), words_.begin() + static_cast<long>(i) + 1, words_.end());
        return absl::OkStatus();
      }
      if (word.size() < 2 || word[0] != '-') {
        operands_.push_back(word);
      } else if (absl::Status status = TakeFlag(i); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  std::vector<std::string> operands_;
  std::vector<std::pair<std::string, std::string>> flags_;
  std::vector<std::string> unknown_;

 private:
  absl::Status TakeFlag(size_t& i) {
    const std::string& word = words_[i];
    const bool is_long = word[1] == '-';
    const size_t equals = is_long ? word.find('=') : std::string::npos;
    const std::string name =
        is_long ? word.substr(2, equals == std::string::npos ? equals : equals - 2) : word.substr(1, 1);
    std::optional<std::string> value;
    if (equals != std::string::npos) value = word.substr(equals + 1);
    if (!is_long && word.size() > 2) value = word.substr(2);
    if (name == "help" || name == "h" || name == "version") {
      flags_.emplace_back(name == "h" ? "help" : name, "true");
      return absl::OkStatus();
    }
    const Flag* flag = FindAnyFlag(commands_, name);
    if (flag == nullptr) {
      unknown_.push_back(word.substr(0, equals));
      return absl::OkStatus();
    }
    if (flag->value.empty()) {
      if (value && *value != "true" && *value != "false")
        return UsageError(Cat({"`--", flag->name, "` takes no value"}));
      flags_.emplace_back(flag->name, value.value_or("true"));
      return absl::OkStatus();
    }
    if (!value) {
      if (i + 1 >= words_.size())
        return UsageError(Cat({"`--", flag->name, "` needs a value: ", flag->value}));
      value = words_[++i];
    }
    flags_.emplace_back(flag->name, *value);
    return absl::OkStatus();
  }

  const std::vector<Command>& commands_;
  const std::vector<std::string>& words_;
};

absl::Status CheckFlags(const Arguments& arguments) {
  for (const auto& [name, value] : arguments.flags) {
    if (name == "help" || name == "version") continue;
    const Flag* flag = FindFlag(CommonFlags(), name);
    if (flag == nullptr) flag = FindFlag(arguments.command->flags, name);
    if (flag == nullptr) return UnknownFlag(arguments.command, "--" + name);
    if (flag->choices.empty() ||
        std::find(flag->choices.begin(), flag->choices.end(), value) != flag->choices.end())
      continue;
    const auto nearest = base::Nearest(value, flag->choices);
    return UsageError(Cat({"`", value, "` is not a value of `--", name, "`; ",
                           nearest ? Cat({"did you mean `", *nearest, "`?"})
                                   : Cat({"it is one of ", base::JoinNames(flag->choices, 20)})}));
  }
  return absl::OkStatus();
}

// An output that the command does not have is refused, not replaced by another.
absl::Status CheckOutput(const Arguments& arguments) {
  const Command& command = *arguments.command;
  // A default of the environment is not meant for commands that have one form.
  const std::string given = command.outputs.empty() ? "" : arguments.Get("output");
  const bool flag_given = !arguments.All("output").empty();
  if (given.empty() && !flag_given) return absl::OkStatus();
  if (std::find(command.outputs.begin(), command.outputs.end(), given) != command.outputs.end())
    return absl::OkStatus();
  return UsageError(Cat(
      {"`", command.path, "` has no output `", arguments.Get("output"), "`",
       command.outputs.empty() ? "; leave -o out" : Cat({"; it has ", base::JoinNames(command.outputs)})}));
}

absl::Status CheckOperands(const Arguments& arguments) {
  const Command& command = *arguments.command;
  const int count = static_cast<int>(arguments.operands.size());
  if (count < command.operands_min) return UsageError(Cat({"`", command.path, "` needs ", command.operands}));
  if (command.operands_max >= 0 && count > command.operands_max) {
    return UsageError(Cat({"`", arguments.operands[static_cast<size_t>(command.operands_max)],
                           "` is one word too many for `", command.path, command.operands.empty() ? "" : " ",
                           command.operands, "`"}));
  }
  return absl::OkStatus();
}

}  // namespace

const std::vector<Flag>& CommonFlags() {
  static const auto* const flags = new std::vector<Flag>{
      {"output",
       'o',
       "FORMAT",
       "Form of the answer.",
       "",
       {"table", "wide", "json", "yaml", "jsonl", "csv", "name", "dot", "mermaid", "svg", "html", "pdf",
        "text", "markdown", "sarif", "junit"}},
      {"no-headers", 0, "", "Leave out the head of a table.", "", {}},
      {"no-color", 0, "", "No colours, as with NO_COLOR.", "", {}},
      {"quiet", 'q', "", "No progress and no notes.", "", {}},
      {"endpoint", 0, "HOST[:PORT]", "The server.", "localhost:50051", {}},
      {"policy-endpoint", 0, "HOST:PORT", "The server of policies, where it is another one.", "", {}},
      {"risk-endpoint", 0, "HOST:PORT", "The server of risk, where it is another one.", "", {}},
      {"min-revision",
       0,
       "REVISION",
       "Wait for this revision of the inventory, a number or a token of the API, and answer from it or a "
       "later one.",
       "",
       {}},
      {"timeout",
       0,
       "DURATION",
       "How long a call may take: 10s, 5m. Default: 10m; 30s of commands that only look up what is stored.",
       "",
       {}},
      {"token-file", 0, "FILE", "File with the token to send.", "", {}},
      {"cacert", 0, "FILE", "Trust these certificates (PEM); connects with TLS.", "", {}},
      {"cert", 0, "FILE", "Certificate of the client (PEM).", "", {}},
      {"key", 0, "FILE", "Key of the client (PEM).", "", {}},
      {"tls", 0, "", "Connect with TLS and the certificates of the system.", "", {}},
      {"help", 'h', "", "Show the help of the command.", "", {}},
      {"version", 0, "", "Print the version.", "", {}},
  };
  return *flags;
}

bool Arguments::Has(std::string_view flag) const { return Get(flag) != "" && Get(flag) != "false"; }

std::string Arguments::Get(std::string_view flag) const {
  for (auto it = flags.rbegin(); it != flags.rend(); ++it) {
    if (it->first == flag) return it->second;
  }
  const Flag* common = FindFlag(CommonFlags(), flag);
  if (common != nullptr && environment) {
    std::string name = "LINCHPIN_";
    for (char c : flag) name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (auto value = environment(name)) return *value;
  }
  if (common != nullptr) return common->default_text;
  const Flag* own = command == nullptr ? nullptr : FindFlag(command->flags, flag);
  return own == nullptr ? "" : own->default_text;
}

std::vector<std::string> Arguments::All(std::string_view flag) const {
  std::vector<std::string> values;
  for (const auto& [name, value] : flags) {
    if (name == flag) values.push_back(value);
  }
  return values;
}

absl::StatusOr<int64_t> Arguments::Number(std::string_view flag) const {
  const std::string text = Get(flag);
  const auto number = resource::ParseInt(text);
  if (!number || *number < 0)
    return UsageError(Cat({"`--", flag, "` expects a whole number, not `", text, "`"}));
  return *number;
}

absl::StatusOr<Arguments> Parse(const std::vector<Command>& commands, const std::vector<std::string>& words) {
  Parser parser(commands, words);
  if (absl::Status status = parser.Run(); !status.ok()) return status;
  Arguments arguments;
  arguments.flags = std::move(parser.flags_);
  size_t used = 0;
  const auto& operands = parser.operands_;
  // The longest name counts: `policy pack list` before `policy pack`.
  for (size_t words = std::min(operands.size(), kCommandWordsMax); words > 0 && used == 0; --words) {
    arguments.command = FindCommand(commands, FirstWords(operands, words));
    if (arguments.command != nullptr) used = words;
  }
  const bool help = std::any_of(arguments.flags.begin(), arguments.flags.end(),
                                [](const auto& f) { return f.first == "help" || f.first == "version"; });
  if (arguments.command == nullptr) {
    if (!help && parser.unknown_.empty()) return UnknownCommand(commands, operands);
    if (!help)
      return operands.empty() ? UnknownFlag(nullptr, parser.unknown_[0]) : UnknownCommand(commands, operands);
    arguments.operands = operands;
    return arguments;
  }
  arguments.operands.assign(operands.begin() + static_cast<long>(used), operands.end());
  if (help) return arguments;
  if (!parser.unknown_.empty()) return UnknownFlag(arguments.command, parser.unknown_[0]);
  if (absl::Status status = CheckFlags(arguments); !status.ok()) return status;
  if (absl::Status status = CheckOperands(arguments); !status.ok()) return status;
  return arguments;
}

absl::Status Arguments::CheckOutput() const { return cli::CheckOutput(*this); }

absl::Status UsageError(std::string_view message) { return base::Error(base::reason::Usage{}, message); }

bool IsUsageError(const absl::Status& status) { return base::Is<base::reason::Usage>(status); }

}  // namespace linchpin::cli
