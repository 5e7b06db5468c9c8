#include "services/cli/completion.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/completion_words.h"
#include "services/cli/flags/aliases.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;

bool Says(const Command& command, std::string_view word) {
  return command.operands.find(word) != std::string::npos;
}

std::string FlagWords(const std::vector<Flag>& flags) {
  std::vector<std::string> words;
  for (const Flag& flag : flags) words.push_back("--" + flag.name);
  return absl::StrJoin(words, " ");
}

std::string Case(const std::string& pattern, std::string_view then) {
  return Cat({"    ", pattern, ") ", then, " ;;\n"});
}

// What bash and zsh have in common: from `said`, the words of the command so far, and the words `previous`
// and `current`, to what may follow.
std::string CaseBlock(const std::vector<Command>& commands) {
  std::string next, kinds, names, flags;
  for (const auto& [path, words] : NextWords(commands))
    next += Case(Cat({"\"", path, "\""}), Cat({"proposed=\"", absl::StrJoin(words, " "), "\""}));
  for (const Command& command : commands) {
    for (const std::string& path : PathsOf(command)) {
      if (TakesKinds(command)) kinds += Case(Cat({"\"", path, "\""}), "proposed=\"$kinds\"");
      if (TakesNames(command)) names += Case(Cat({"\"", path, " \"*"}), "named=1");
      flags += Case(Cat({"\"", path, " \"*"}), Cat({"flags=\"", FlagWords(command.flags), "\" forms=\"",
                                                    absl::StrJoin(command.outputs, " "), "\""}));
    }
  }
  return Cat(
      {"  case \"$said \" in\n", flags, "  esac\n  case \"$said \" in\n", names,
       "  esac\n  case \"$said\" in\n", next, kinds, "    help) proposed=\"",
       absl::StrJoin(NextWords(commands).front().second, " "),
       "\" ;;\n"
       "    completion) proposed=\"bash zsh fish\" ;;\n"
       "  esac\n"
       "  case \"$previous\" in\n"
       "    -o|--output) proposed=\"$forms\" ;;\n"
       "    ",
       absl::StrJoin(ValueFlags(commands), "|"),
       ") proposed=\"\" ;;\n"
       "    *)\n"
       "      case \"$current\" in\n"
       "        -*) proposed=\"$flags ",
       FlagWords(CommonFlags()),
       "\" ;;\n"
       "        */*) [ -n \"$named\" ] && proposed=\"$(linchpin list \"${current%%/*}\" -o name --limit "
       "1000 --timeout 2s 2>/dev/null)\" ;;\n"
       "      esac ;;\n"
       "  esac\n"});
}

// The function up to `said`; `words` are those before the current one, as the shell names them.
std::string Head(const std::vector<Command>& commands, std::string_view current, std::string_view words) {
  return Cat(
      {"_linchpin() {\n"
       "  local current=\"",
       current,
       "\" previous=\"\" said=\"\" proposed=\"\" flags=\"\" forms=\"\" named=\"\" word\n"
       "  local kinds=\"",
       absl::StrJoin(KindWords(), " "),
       "\"\n"
       "  for word in ",
       words,
       "; do\n"
       "    case \"$previous\" in\n"
       "      ",
       absl::StrJoin(ValueFlags(commands), "|"),
       ") ;;\n"
       "      *) case \"$word\" in -*) ;; *) said=\"$said${said:+ }$word\" ;; esac ;;\n"
       "    esac\n"
       "    previous=\"$word\"\n"
       "  done\n"});
}

std::string BashScript(const std::vector<Command>& commands) {
  return Cat({"# bash completion of linchpin: source <(linchpin completion bash)\n",
              Head(commands, "${COMP_WORDS[COMP_CWORD]}", "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\""),
              CaseBlock(commands),
              "  COMPREPLY=($(compgen -W \"$proposed\" -- \"$current\"))\n"
              "  if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- \"$current\")); fi\n"
              "}\n"
              "complete -F _linchpin linchpin\n"});
}

// As a file `_linchpin` of $fpath it is the function itself, and completes at its first call.
std::string ZshScript(const std::vector<Command>& commands) {
  return Cat(
      {"#compdef linchpin\n"
       "# zsh completion of linchpin: after compinit, source <(linchpin completion zsh); or put it into a "
       "folder of $fpath as _linchpin\n",
       Head(commands, "${words[CURRENT]}", "\"${(@)words[2,CURRENT-1]}\""), CaseBlock(commands),
       "  compadd -- ${=proposed} || _files\n"
       "}\n"
       "if [ \"$funcstack[1]\" = _linchpin ]; then _linchpin \"$@\"; else compdef _linchpin linchpin; fi\n"});
}

}  // namespace

std::vector<std::string> PathsOf(const Command& command) {
  std::vector<std::string> paths = {command.path};
  for (std::string& alias : AliasesOf(command.path)) paths.push_back(std::move(alias));
  return paths;
}

std::vector<std::pair<std::string, std::vector<std::string>>> NextWords(
    const std::vector<Command>& commands) {
  std::vector<std::pair<std::string, std::vector<std::string>>> next;
  std::set<std::string> seen;
  const auto add = [&](const std::string& path) {
    for (size_t at = 0; at != std::string::npos;) {
      const size_t end = path.find(' ', at == 0 ? 0 : at + 1);
      const std::string begin = path.substr(0, at);
      const size_t word = at == 0 ? 0 : at + 1;
      auto place =
          std::find_if(next.begin(), next.end(), [&](const auto& one) { return one.first == begin; });
      if (place == next.end()) place = next.insert(next.end(), {begin, {}});
      if (seen.insert(path.substr(0, end)).second) place->second.push_back(path.substr(word, end - word));
      at = end;
    }
  };
  for (const Command& command : commands) {
    for (const std::string& path : PathsOf(command)) add(path);
  }
  return next;
}

std::vector<std::string> KindWords() {
  std::vector<std::string> words;
  for (const auto* kind : resource::Kinds()) {
    if (IsStored(*kind)) words.push_back(kind->collection);
  }
  return words;
}

std::vector<std::string> ValueFlags(const std::vector<Command>& commands) {
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
  return {names.begin(), names.end()};
}

bool TakesNames(const Command& command) { return Says(command, "NAME"); }
bool TakesKinds(const Command& command) { return Says(command, "KIND"); }
bool TakesFiles(const Command& command) { return Says(command, "FILE") || Says(command, "PATH"); }
bool IsFile(const Flag& flag) { return flag.value == "FILE" || flag.value == "EXPORT"; }

std::string CompletionScript(const std::vector<Command>& commands, std::string_view shell) {
  if (shell == "bash") return BashScript(commands);
  if (shell == "zsh") return ZshScript(commands);
  if (shell == "fish") return FishScript(commands);
  return "";
}

}  // namespace linchpin::cli
