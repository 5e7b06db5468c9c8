// Questions as texts: documents to fill in, and JSON.
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "services/base/text.h"
#include "services/cli/import/fact_questions.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr size_t kAlsoMax = 20;  // documents with the answer of another

std::string Resting(const FactQuestion& ask) {
  return Cat({std::to_string(ask.count), " ", ask.of, ask.count == 1 ? " rests" : "s rest", " on this: "});
}

std::string Head(const std::string& name) {
  return Cat({"apiVersion: linchpin/v1\nkind: ", resource::KindOfName(name)->kind, "\nname: ", name, "\n"});
}

std::string Others(const FactQuestion& ask) {
  return Cat(
      {std::to_string(ask.also.size()), ask.also.size() == 1 ? " other" : " others", " at ", ask.where});
}

// One question of a document.
std::string LinesOf(const FactQuestion& ask) {
  std::string out = Cat({"# ", Resting(ask), ask.what, " unknown\n"});
  if (!ask.also.empty()) out += Cat({"#   the same for ", Others(ask), ", below\n"});
  if (!ask.likely.empty()) out += Cat({"#   probably ", ask.likely, "\n"});
  if (!ask.possible.empty()) out += Cat({"#   it can only be ", ask.possible, "\n"});
  if (!ask.bound.empty()) {
    out += Cat(
        {"#   only the vendor can tell; a list of all that it can be does as well:\n#   bounds: [{field: ",
         ask.bound, ", oneOf: [...]}]\n"});
  }
  out += ask.body.empty() ? Cat({ask.field, ":  # ", ask.answer, "\n"}) : ask.body;
  if (!ask.when_none.empty())
    out += Cat({"#   ", ask.when_none, ", instead: knownNone: [", ask.field, "]\n"});
  return out;
}

// The asks of one resource as a document. `known_none` is one list, so that the text says how to name both.
std::string DocumentOf(const std::vector<FactQuestion>& asks) {
  std::string out = Head(asks[0].name);
  std::vector<std::string> none;
  for (const FactQuestion& ask : asks) {
    out += LinesOf(ask);
    if (!ask.when_none.empty()) none.push_back(ask.field);
  }
  if (none.size() > 1) out += Cat({"#   if both hold: knownNone: [", base::JoinNames(none), "]\n"});
  return out;
}

// Documents for those that have the same answers.
std::string AlsoDocuments(const std::vector<FactQuestion>& asks) {
  std::map<std::string, std::string> fields;
  for (const FactQuestion& ask : asks) {
    for (const std::string& name : ask.also) fields[name] += Cat({ask.field, ":  # as above\n"});
  }
  std::string out;
  size_t written = 0;
  for (const auto& [name, lines] : fields) {
    if (written++ == kAlsoMax)
      return Cat({out, "# ... and ", std::to_string(fields.size() - kAlsoMax), " more\n"});
    out += Cat({"---\n", Head(name), lines});
  }
  return out;
}

std::string JsonOf(const FactQuestion& ask) {
  using resource::JsonQuote;
  std::string out = Cat({"{\"name\":", JsonQuote(ask.name), ",\"field\":", JsonQuote(ask.field),
                         ",\"count\":", std::to_string(ask.count), ",\"of\":", JsonQuote(Cat({ask.of, "s"})),
                         ",\"why\":", JsonQuote(ask.Why()), ",\"answer\":", JsonQuote(ask.answer)});
  if (!ask.when_none.empty()) out += Cat({",\"none\":", JsonQuote(ask.when_none)});
  if (!ask.likely.empty()) out += Cat({",\"likely\":", JsonQuote(ask.likely)});
  std::string also;
  for (const std::string& name : ask.also) also += Cat({also.empty() ? "" : ",", JsonQuote(name)});
  if (!also.empty()) out += Cat({",\"also\":[", also, "]"});
  return out + "}";
}

}  // namespace

std::string FactQuestion::Why() const {
  const size_t verb = what.rfind(' ');
  const std::string others = also.empty() ? "" : Cat({" and ", Others(*this)});
  return Cat({Resting(*this), what.substr(0, verb), " of ", name, others, what.substr(verb), " unknown"});
}

std::string WriteFactQuestions(const FactQuestions& asks) {
  if (asks.first.empty()) return "";
  std::string out =
      "# Fill in what you know, delete the lines that you leave open, save it as\n"
      "# facts.yaml, then: linchpin apply --merge -f facts.yaml\n"
      "# Names are of the inventory, the catalogue, or documents that you add here.\n";
  for (size_t begin = 0; begin < asks.first.size();) {
    size_t end = begin;
    while (end < asks.first.size() && asks.first[end].name == asks.first[begin].name) ++end;
    const std::vector<FactQuestion> of_one(asks.first.begin() + static_cast<ptrdiff_t>(begin),
                                           asks.first.begin() + static_cast<ptrdiff_t>(end));
    out += Cat({begin == 0 ? "" : "---\n", DocumentOf(of_one), AlsoDocuments(of_one)});
    begin = end;
  }
  return out;
}

std::string WriteAsksJson(const FactQuestions& asks) {
  std::string out;
  for (const FactQuestion& ask : asks.first) out += Cat({out.empty() ? "[\n" : ",\n", JsonOf(ask)});
  return out.empty() ? "[]" : Cat({out, "\n]"});
}

}  // namespace linchpin::cli
