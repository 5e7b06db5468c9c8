#include "services/cli/completion.h"

#include <algorithm>
#include <set>
#include <utility>

#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/flags/aliases.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;

void AddWord(std::string& words, std::string_view word) { words += Cat({words.empty() ? "" : " ", word}); }

std::vector<std::string> PathsOf(const Command& command) {
  std::vector<std::string> paths = {command.path};
  for (std::string& alias : AliasesOf(command.path)) paths.push_back(std::move(alias));
  return paths;
}

// For each beginning of a command the words that may follow: "policy" -> "apply check test pack".
std::vector<std::pair<std::string, std::string>> NextWords(const std::vector<Command>& commands) {
  std::vector<std::pair<std::string, std::string>> next;
  std::set<std::string> seen;
  const auto add = [&](const std::string& path) {
    for (size_t at = 0; at != std::string::npos;) {
      const size_t end = path.find(' ', at == 0 ? 0 : at + 1);
      const std::string begin = path.substr(0, at);
      const size_t word = at == 0 ? 0 : at + 1;
      auto place =
          std::find_if(next.begin(), next.end(), [&](const auto& one) { return one.first == begin; });
      if (place == next.end()) place = next.insert(next.end(), {begin, ""});
      if (seen.insert(path.substr(0, end)).second) AddWord(place->second, path.substr(word, end - word));
      at = end;
    }
  };
  for (const Command& command : commands) {
    for (const std::string& path : PathsOf(command)) add(path);
  }
  return next;
}

std::string KindWords() {
  std::string words;
  for (const auto* kind : resource::Kinds()) {
    if (IsStored(*kind)) AddWord(words, kind->collection);
  }
  return words;
}

std::string FlagWords(const std::vector<Flag>& flags) {
  std::string words;
  for (const Flag& flag : flags) AddWord(words, "--" + flag.name);
  return words;
}

// `--home|-o|--output|...`: after these comes a value. A name means the same in all commands.
std::string ValueFlagPattern(const std::vector<Command>& commands) {
  std::set<std::string> names;
  const auto add = [&](const std::vector<Flag>& flags) {
    for (const Flag& flag : flags) {
      if (flag.value.empty()) continue;
      names.insert("--" + flag.name);
      if (flag.letter != 0) names.insert(std::string("-") + flag.letter);
    }
  };
  add(CommonFlags());
  for (const Command& command : commands) add(command.flags);
  std::string pattern;
  for (const std::string& name : names) pattern += Cat({pattern.empty() ? "" : "|", name});
  return pattern;
}

// Whether a resource's name may follow.
bool TakesNames(const Command& command) { return command.operands.find("NAME") != std::string::npos; }
bool TakesKinds(const Command& command) { return command.operands.find("KIND") != std::string::npos; }

std::string Case(const std::string& path, std::string_view then) {
  return Cat({"    \"", path, "\") ", then, " ;;\n"});
}

std::string BashScript(const std::vector<Command>& commands) {
  std::string next, kinds, names, flags, outputs;
  for (const auto& [path, words] : NextWords(commands)) next += Case(path, Cat({"words=\"", words, "\""}));
  for (const Command& command : commands) {
    std::string forms;
    for (const std::string& form : command.outputs) AddWord(forms, form);
    for (const std::string& path : PathsOf(command)) {
      if (TakesKinds(command)) kinds += Case(path, "words=\"$kinds\"");
      if (TakesNames(command)) names += Cat({"    \"", path, " \"*) named=1 ;;\n"});
      flags +=
          Cat({"    \"", path, " \"*) flags=\"", FlagWords(command.flags), "\" forms=\"", forms, "\" ;;\n"});
    }
  }
  return Cat(
      {"# bash completion of linchpin: source <(linchpin completion bash)\n"
       "_linchpin() {\n"
       "  local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"\" path=\"\" words=\"\" flags=\"\" "
       "forms=\"\" "
       "named=\"\" word\n"
       "  local kinds=\"",
       KindWords(),
       "\"\n"
       "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
       "    case \"$previous\" in\n"
       "      ",
       ValueFlagPattern(commands),
       ") ;;\n"
       "      *) case \"$word\" in -*) ;; *) path=\"$path${path:+ }$word\" ;; esac ;;\n"
       "    esac\n"
       "    previous=\"$word\"\n"
       "  done\n"
       "  case \"$path \" in\n",
       flags,
       "  esac\n"
       "  case \"$path \" in\n",
       names,
       "  esac\n"
       "  case \"$path\" in\n",
       next, kinds, "    help) words=\"", NextWords(commands).front().second,
       "\" ;;\n"
       "    completion) words=\"bash zsh fish\" ;;\n"
       "  esac\n"
       "  case \"$previous\" in\n"
       "    -o|--output) words=\"$forms\" ;;\n"
       "    ",
       ValueFlagPattern(commands),
       ") words=\"\" ;;\n"
       "    *)\n"
       "      case \"$current\" in\n"
       "        -*) words=\"$flags ",
       FlagWords(CommonFlags()),
       "\" ;;\n"
       "        */*) [ -n \"$named\" ] && words=\"$(linchpin list \"${current%%/*}\" -o name --limit 1000 "
       "--timeout 2s 2>/dev/null)\" ;;\n"
       "      esac ;;\n"
       "  esac\n"
       "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
       "  if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- \"$current\")); fi\n"
       "}\n"
       "complete -F _linchpin linchpin\n"});
}

std::string FishScript(const std::vector<Command>& commands) {
  std::string out =
      "# fish completion of linchpin: linchpin completion fish | source\ncomplete -c linchpin -f\n";
  for (const auto& [path, words] : NextWords(commands)) {
    const std::string when =
        path.empty() ? "__fish_use_subcommand" : Cat({"__fish_seen_subcommand_from ", path});
    // A third word is proposed after its second.
    const size_t last = path.rfind(' ');
    const std::string condition =
        last == std::string::npos ? when : Cat({"__fish_seen_subcommand_from ", path.substr(last + 1)});
    out += Cat({"complete -c linchpin -n \"", condition, "\" -a \"", words, "\"\n"});
  }
  for (const Command& command : commands) {
    const size_t last = command.path.rfind(' ');
    const std::string word = command.path.substr(last == std::string::npos ? 0 : last + 1);
    const std::string condition = Cat({"\"__fish_seen_subcommand_from ", word, "\""});
    if (TakesKinds(command))
      out += Cat({"complete -c linchpin -n ", condition, " -a \"", KindWords(), "\"\n"});
    for (const Flag& flag : command.flags) {
      out += Cat({"complete -c linchpin -n ", condition, " -l ", flag.name,
                  flag.letter == 0 ? "" : Cat({" -s ", std::string(1, flag.letter)}),
                  flag.value.empty() ? "" : " -r", flag.name == "file" ? " -F" : "", "\n"});
    }
  }
  for (const Flag& flag : CommonFlags())
    out += Cat({"complete -c linchpin -l ", flag.name, flag.value.empty() ? "" : " -r", "\n"});
  return out;
}

}  // namespace

std::string CompletionScript(const std::vector<Command>& commands, std::string_view shell) {
  if (shell == "bash") return BashScript(commands);
  if (shell == "zsh")
    return "#compdef linchpin\nautoload -U +X bashcompinit && bashcompinit\n" + BashScript(commands);
  if (shell == "fish") return FishScript(commands);
  return "";
}

}  // namespace linchpin::cli
