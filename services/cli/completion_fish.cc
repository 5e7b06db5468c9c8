#include <algorithm>

#include "absl/strings/str_join.h"
#include "services/base/text.h"
#include "services/cli/completion_words.h"

namespace linchpin::cli {
namespace {

using base::Cat;

std::string Quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\\' || c == '\'') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

// `when` is a condition in fish; empty: always.
std::string Line(std::string_view when, std::string_view rest) {
  return Cat({"complete -c linchpin", when.empty() ? "" : Cat({" -n ", Quoted(when)}), " ", rest, "\n"});
}

std::string At(const std::string& path) { return Cat({"__linchpin_at ", Quoted(path)}); }
std::string In(const std::string& path) { return Cat({"__linchpin_in ", Quoted(path)}); }

std::string SummaryOf(const std::vector<Command>& commands, const std::string& path) {
  const auto found = std::find_if(commands.begin(), commands.end(), [&](const Command& command) {
    const std::vector<std::string> paths = PathsOf(command);
    return std::find(paths.begin(), paths.end(), path) != paths.end();
  });
  return found == commands.end() ? "" : found->summary;
}

std::string FlagLine(std::string_view when, const Flag& flag, const std::vector<std::string>& outputs) {
  std::string line = "-l " + flag.name;
  if (flag.letter != 0) line += Cat({" -s ", std::string(1, flag.letter)});
  if (IsFile(flag)) {
    line += " -r -F";
  } else if (!flag.value.empty()) {
    const std::vector<std::string>& choices = flag.name == "output" ? outputs : flag.choices;
    line += Cat({" -x", choices.empty() ? "" : Cat({" -a ", Quoted(absl::StrJoin(choices, " "))})});
  }
  return Line(when, Cat({line, " -d ", Quoted(flag.help)}));
}

std::string CommandLines(const Command& command) {
  std::string lines;
  for (const std::string& path : PathsOf(command)) {
    if (TakesKinds(command)) lines += Line(At(path), Cat({"-a ", Quoted(absl::StrJoin(KindWords(), " "))}));
    if (TakesNames(command)) {
      lines += Line(Cat({In(path), "; and string match -q '*/*' -- (commandline -ct)"}),
                    "-a '(__linchpin_names)'");
    }
    if (TakesFiles(command)) lines += Line(In(path), "-F");
    for (const Flag& flag : command.flags) lines += FlagLine(In(path), flag, {});
    for (const Flag& flag : CommonFlags()) {
      if (flag.name == "output") lines += FlagLine(In(path), flag, command.outputs);
    }
  }
  return lines;
}

}  // namespace

std::string FishScript(const std::vector<Command>& commands) {
  std::string out =
      Cat({"# fish completion of linchpin: linchpin completion fish | source\n"
           "# The words of the command so far, without flags and their values.\n"
           "function __linchpin_said\n"
           "  set -l said\n"
           "  set -l previous ''\n"
           "  set -l words (commandline -opc)\n"
           "  for word in $words[2..]\n"
           "    if not contains -- $previous ",
           absl::StrJoin(ValueFlags(commands), " "),
           "; and not string match -q -- '-*' $word\n"
           "      set -a said $word\n"
           "    end\n"
           "    set previous $word\n"
           "  end\n"
           "  string join ' ' -- $said\n"
           "end\n"
           "# They are exactly these.\n"
           "function __linchpin_at\n"
           "  set -l said (__linchpin_said)\n"
           "  test \"$said\" = \"$argv[1]\"\n"
           "end\n"
           "# They begin with these.\n"
           "function __linchpin_in\n"
           "  set -l said (__linchpin_said)\n"
           "  string match -q -- \"$argv[1] *\" \"$said \"\n"
           "end\n"
           "# Names of the collection that the current word begins with.\n"
           "function __linchpin_names\n"
           "  linchpin list (string split -f 1 / -- (commandline -ct)) -o name --limit 1000 "
           "--timeout 2s 2>/dev/null\n"
           "end\n",
           Line("", "-f")});
  for (const auto& [path, words] : NextWords(commands)) {
    for (const std::string& word : words) {
      const std::string summary = SummaryOf(commands, Cat({path, path.empty() ? "" : " ", word}));
      out += Line(At(path), Cat({"-a ", word, summary.empty() ? "" : Cat({" -d ", Quoted(summary)})}));
    }
  }
  for (const Command& command : commands) out += CommandLines(command);
  for (const Flag& flag : CommonFlags()) {
    if (flag.name != "output") out += FlagLine("", flag, {});
  }
  out += Line(At("help"), Cat({"-a ", Quoted(absl::StrJoin(NextWords(commands).front().second, " "))}));
  out += Line(At("completion"), "-a 'bash zsh fish'");
  return out;
}

}  // namespace linchpin::cli
