#include "services/cli/import/import_asks.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "services/base/text.h"
#include "services/cli/print/output.h"
#include "services/cli/print/present.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;

// A fact that a kind of resource may lack.
struct Question {
  const char* kind;
  const char* field;
  const char* what;
  const char* answer;
  const char* when_none;  // when the fact is that there is none; null: never
};

// In the order in which they are asked of one resource.
constexpr Question kQuestions[] = {
    {"Vendor", "country", "country is", "two letters, such as DE", nullptr},
    {"Vendor", "parent", "parent is", "such as vendors/google", "if no other vendor controls it"},
    {"Host", "country", "country is", "two letters, such as DE", nullptr},
    {"Host", "provider", "provider is", "such as vendors/ovhcloud", "if it stands on own premises"},
    {"Model", "developer", "developer is", "such as vendors/mistral", nullptr},
    {"Model", "weights", "weights are", "OPEN or PROPRIETARY", nullptr},
    {"Model", "licence", "licence is", "such as licences/apache-2-0", "if the weights come without one"},
    {"Model", "derivations", "base models are", "[{baseModel: models/ID, relation: FINE_TUNE}]",
     "if it was trained from scratch"},
    {"Deployment", "model", "model is", "such as models/gpt-4o", nullptr},
    {"Deployment", "hosting_mode", "hosting mode is", "VENDOR_API, THIRD_PARTY_HOSTED or SELF_HOSTED",
     nullptr},
    {"Deployment", "operator", "operator is", "such as vendors/microsoft; none if SELF_HOSTED", nullptr},
    {"Deployment", "host", "host is", "such as hosts/aws-eu-central-1", nullptr},
    {"Application", "tier", "tier is", "1 (most critical) to 4", nullptr}};

bool IsUnknown(const Message& resource, const char* name) {
  const auto* field = resource.GetDescriptor()->FindFieldByName(name);
  const auto& reflection = *resource.GetReflection();
  const bool stated =
      field->is_repeated() ? reflection.FieldSize(resource, field) > 0 : reflection.HasField(resource, field);
  return !stated && !IsKnownNone(resource, name);
}

// What an answer about the resource rests on besides. Ownerships are for people: nothing computes with them.
std::vector<std::string> Supports(const Message& resource) {
  std::vector<std::string> names;
  for (const resource::Reference& reference : resource::References(resource)) {
    const bool counts = reference.field != "name" && reference.field.rfind("ownerships", 0) != 0;
    if (counts) names.push_back(reference.target);
  }
  return names;
}

// The resources as a graph by number, from what rests on something to what it rests on.
class Reach {
 public:
  explicit Reach(const Standing& standing) {
    for (const auto& [name, resource] : standing.by_name()) {
      number_.emplace(name, static_cast<uint32_t>(resources_.size()));
      resources_.push_back(resource);
    }
    supports_.resize(resources_.size());
    for (uint32_t i = 0; i < resources_.size(); ++i) Connect(i);
  }

  // How many resources of the kind reach each, by number; nothing if there is none of the kind.
  std::vector<size_t> CountFrom(const std::string& kind) const {
    std::vector<size_t> counts(resources_.size(), 0);
    std::vector<uint32_t> met_by(resources_.size(), UINT32_MAX);
    bool any = false;
    for (uint32_t root = 0; root < resources_.size(); ++root) {
      if (resources_[root]->GetDescriptor()->name() != kind) continue;
      any = true;
      Walk(root, met_by, counts);
    }
    return any ? counts : std::vector<size_t>();
  }

  const std::vector<const Message*>& resources() const { return resources_; }

 private:
  void Connect(uint32_t i) {
    // A consumer rests on its dependencies, which lie below it.
    const std::string& name = resource::NameOf(*resources_[i]);
    const auto parent = number_.find(std::string(resource::ParentName(name)));
    if (parent != number_.end()) supports_[parent->second].push_back(i);
    for (const std::string& support : Supports(*resources_[i])) {
      const auto found = number_.find(support);
      if (found != number_.end()) supports_[i].push_back(found->second);
    }
  }

  void Walk(uint32_t root, std::vector<uint32_t>& met_by, std::vector<size_t>& counts) const {
    std::vector<uint32_t> open = {root};
    met_by[root] = root;
    while (!open.empty()) {
      const uint32_t at = open.back();
      open.pop_back();
      ++counts[at];
      for (const uint32_t next : supports_[at]) {
        if (met_by[next] == root) continue;
        met_by[next] = root;
        open.push_back(next);
      }
    }
  }

  std::vector<const Message*> resources_;  // by name
  std::unordered_map<std::string, uint32_t> number_;
  std::vector<std::vector<uint32_t>> supports_;
};

// Which of the facts of one count to ask later.
int Lateness(const Message& resource, const std::string& field) {
  if (field == "tier") return 2;
  const bool of_vendor = (field == "host" && FieldText(resource, "hosting_mode") == "VENDOR_API") ||
                         (field == "derivations" && FieldText(resource, "weights") == "PROPRIETARY");
  return of_vendor ? 1 : 0;
}

Ask AskOf(const Question& question, const Message& resource, size_t count, const char* of) {
  Ask ask;
  ask.name = resource::NameOf(resource);
  ask.field = base::CamelCase(question.field);
  ask.what = question.what;
  ask.answer = question.answer;
  if (question.when_none != nullptr) ask.when_none = question.when_none;
  ask.count = count;
  ask.of = of;
  ask.late = Lateness(resource, question.field);
  return ask;
}

// All that is unknown and that something rests on, in the order of names and questions.
std::vector<Ask> AllAsks(const Reach& reach) {
  const char* of = "application";
  std::vector<size_t> counts = reach.CountFrom("Application");
  if (counts.empty()) {
    of = "deployment";
    counts = reach.CountFrom("Deployment");
  }
  std::vector<Ask> asks;
  for (size_t i = 0; i < counts.size(); ++i) {
    const Message& resource = *reach.resources()[i];
    for (const Question& question : kQuestions) {
      const bool asked = counts[i] > 0 && resource.GetDescriptor()->name() == question.kind;
      if (asked && IsUnknown(resource, question.field))
        asks.push_back(AskOf(question, resource, counts[i], of));
    }
  }
  return asks;
}

// Brings the asks of one resource together, where the first of them stands.
void Group(std::vector<Ask>& asks) {
  std::map<std::string, size_t> place;
  for (const Ask& ask : asks) place.emplace(ask.name, place.size());
  std::stable_sort(asks.begin(), asks.end(),
                   [&](const Ask& a, const Ask& b) { return place.at(a.name) < place.at(b.name); });
}

std::string Resting(const Ask& ask) {
  return Cat({std::to_string(ask.count), " ", ask.of, ask.count == 1 ? " rests" : "s rest", " on this: "});
}

// The asks of one resource as a document. `known_none` is one list, so that the text says how to name both.
std::string DocumentOf(const std::vector<Ask>& asks) {
  std::string out = Cat({"apiVersion: linchpin/v1\nkind: ", resource::KindOfName(asks[0].name)->kind,
                         "\nname: ", asks[0].name, "\n"});
  std::vector<std::string> none;
  for (const Ask& ask : asks) {
    out += Cat({"# ", Resting(ask), ask.what, " unknown\n", ask.field, ":  # ", ask.answer, "\n"});
    if (ask.when_none.empty()) continue;
    none.push_back(ask.field);
    out += Cat({"#   ", ask.when_none, ", instead: knownNone: [", ask.field, "]\n"});
  }
  if (none.size() > 1) out += Cat({"#   if both hold: knownNone: [", base::JoinNames(none), "]\n"});
  return out;
}

}  // namespace

void Standing::Add(const Message& resource) {
  by_name_.insert_or_assign(resource::NameOf(resource), &resource);
}

absl::Status Standing::ReadReferred(Client& client) {
  std::set<std::string> asked;
  std::vector<const Message*> fresh;
  for (const auto& [name, resource] : by_name_) fresh.push_back(resource);
  // Ends: each name is asked once.
  while (!fresh.empty()) {
    std::set<std::string> missing;
    for (const Message* resource : fresh) {
      for (std::string& name : Supports(*resource)) {
        if (by_name_.count(name) == 0 && asked.insert(name).second) missing.insert(std::move(name));
      }
    }
    auto present = PresentResources(client, {missing.begin(), missing.end()});
    if (!present.ok()) return present.status();
    fresh.clear();
    for (auto& [name, resource] : *present) {
      Add(*resource);
      fresh.push_back(resource.get());
      read_.push_back(std::move(resource));
    }
  }
  return absl::OkStatus();
}

std::string Ask::Why() const {
  const size_t verb = what.rfind(' ');
  return Cat({Resting(*this), what.substr(0, verb), " of ", name, what.substr(verb), " unknown"});
}

Asks FindAsks(const Standing& standing, size_t max) {
  Asks asks;
  asks.first = AllAsks(Reach(standing));
  asks.unknown = asks.first.size();
  std::stable_sort(asks.first.begin(), asks.first.end(), [](const Ask& a, const Ask& b) {
    return std::make_tuple(b.count, a.late) < std::make_tuple(a.count, b.late);
  });
  if (asks.first.size() > max) asks.first.resize(max);
  Group(asks.first);
  return asks;
}

std::string WriteAsks(const Asks& asks) {
  if (asks.first.empty()) return "";
  std::string out =
      "# Fill in what you know, delete the lines that you leave open, save it as\n"
      "# facts.yaml, then: linchpin apply --merge -f facts.yaml\n"
      "# Names are of the inventory, the catalogue, or documents that you add here.\n";
  for (size_t begin = 0; begin < asks.first.size();) {
    size_t end = begin;
    while (end < asks.first.size() && asks.first[end].name == asks.first[begin].name) ++end;
    out += Cat({begin == 0 ? "" : "---\n", DocumentOf({asks.first.begin() + static_cast<ptrdiff_t>(begin),
                                                       asks.first.begin() + static_cast<ptrdiff_t>(end)})});
    begin = end;
  }
  return out;
}

std::string WriteAsksJson(const Asks& asks) {
  std::string out;
  for (const Ask& ask : asks.first) {
    out +=
        Cat({out.empty() ? "[\n" : ",\n", "{\"name\":", resource::JsonQuote(ask.name),
             ",\"field\":", resource::JsonQuote(ask.field), ",\"count\":", std::to_string(ask.count),
             ",\"of\":", resource::JsonQuote(Cat({ask.of, "s"})), ",\"why\":", resource::JsonQuote(ask.Why()),
             ",\"answer\":", resource::JsonQuote(ask.answer)});
    out += ask.when_none.empty() ? "}" : Cat({",\"none\":", resource::JsonQuote(ask.when_none), "}"});
  }
  return out.empty() ? "[]" : Cat({out, "\n]"});
}

}  // namespace linchpin::cli
