#include "services/cli/print/hit_reason_text.h"

#include <map>
#include <vector>

#include "services/base/text.h"
#include "services/cli/print/evidence_text.h"
#include "services/cli/print/figures.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

// "base_model" of `derivations[0].base_model`, "intermediaries" of `intermediaries[1]`.
std::string LastField(const std::string& path) {
  const size_t point = path.rfind('.');
  const std::string last = point == std::string::npos ? path : path.substr(point + 1);
  return last.substr(0, last.find('['));
}

// A step along the way is a phrase of its own, before its value; what is said of the step before it stands in
// parentheses. How a deployment is hosted goes without saying.
struct Phrase {
  const char* text;
  bool aside = false;
};

const Phrase* PhraseOf(const std::string& field) {
  static const std::map<std::string, Phrase> phrases = {
      {"operator", {"is operated by "}},
      {"intermediaries", {"is called through "}},
      {"model", {"serves "}},
      {"host", {"runs on "}},
      {"provider", {"provided by "}},
      {"developer", {"developed by "}},
      {"parent", {"part of "}},
      {"base_model", {"made from "}},
      {"licence", {"under "}},
      {"relation", {"", true}},
      {"weights", {"weights ", true}},
      {"country", {"of ", true}},
      {"origin_country", {"origin ", true}},
      {"pass_through", {"its developer's refusal is passed on: ", true}},
      {"requires_activation", {"needs activation by its developer: ", true}},
      {"irrevocable", {"irrevocable: ", true}},
  };
  const auto found = phrases.find(field);
  return found == phrases.end() ? nullptr : &found->second;
}

}  // namespace

std::string BecauseText(const risk::DeploymentHit& hit) {
  std::string text;
  for (const risk::KnownFact& fact : hit.because()) {
    const Phrase* phrase = PhraseOf(LastField(fact.field()));
    if (phrase == nullptr) continue;
    const std::string said = Cat({phrase->text, fact.value()});
    if (phrase->aside) {
      text += Cat({text.empty() ? "(" : " (", said, ")"});
    } else {
      text += Cat({text.empty() ? "" : ", ", said});
    }
  }
  return text;
}

std::vector<std::string> LikelyTexts(const risk::DeploymentHit& hit) {
  std::vector<std::string> texts;
  for (const risk::KnownFact& fact : hit.likely_because()) {
    if (!fact.likely()) continue;
    std::string text = Cat({"likely: ", fact.field(), " of ", fact.resource(), " is ", fact.value()});
    if (fact.has_confidence()) text += Cat({" (", Percent(fact.confidence()), " sure)"});
    if (!fact.reason().empty()) text += Cat({"; ", fact.reason()});
    if (!fact.rule().empty()) text += Cat({" [rule ", fact.rule(), "]"});
    texts.push_back(std::move(text));
  }
  return texts;
}

std::string SourceText(const risk::KnownFact& fact) {
  return EvidenceText(fact.source(), fact.has_confidence() ? fact.confidence() : -1, fact.source_uri());
}

std::vector<std::string> SourceTexts(const risk::DeploymentHit& hit) {
  std::vector<std::string> texts;
  for (const risk::KnownFact& fact : hit.because()) {
    const std::string source = SourceText(fact);
    if (!source.empty()) texts.push_back(Cat({fact.field(), " of ", fact.resource(), ": ", source}));
  }
  return texts;
}

std::string OpenText(const google::protobuf::RepeatedPtrField<risk::UnknownFact>& open) {
  if (open.empty()) return "";
  std::vector<std::string> facts;
  for (const risk::UnknownFact& fact : open) facts.push_back(Cat({fact.field(), " of ", fact.resource()}));
  return Cat({"unknown: ", base::JoinNames(facts, 3)});
}

}  // namespace linchpin::cli
