#include "services/cli/print/entry_text.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "google/protobuf/timestamp.pb.h"
#include "services/base/text.h"
#include "services/cli/print/knowledge_text.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"
#include "services/inventory/catalogue/search.h"
#include "services/resource/fields.h"
#include "services/resource/kinds.h"
#include "services/resource/knowledge.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kNamesMax = 12;

// Facts whose absence people want to see, by kind; of the others, those that can be known in part.
std::vector<std::string> WantedFacts(const Message& entry) {
  static const auto* const facts = new std::map<std::string, std::vector<std::string>>{
      {"Vendor", {"country", "parent", "roles"}},
      {"Host", {"provider", "country"}},
      {"Licence", {"category", "irrevocable"}},
      {"Model", {"developer", "weights", "licence", "derivations", "release_time"}},
      {"Application", {"owner", "tier"}},
      {"BusinessService", {"owner", "tier"}}};
  const auto known = facts->find(entry.GetDescriptor()->name());
  if (known != facts->end()) return known->second;
  std::vector<std::string> names;
  for (const resource::FactInfo& fact : resource::FactsOf(entry.GetDescriptor())) {
    if (fact.path.find('.') == std::string::npos) names.push_back(fact.path);
  }
  return names;
}

const std::set<std::string>& NoFacts() {
  static const auto* const names = new std::set<std::string>{
      "name", "display_name", "aliases", "upstream_ids", "evidence",    "known_none",  "revision",
      "etag", "likely",       "bounds",  "labels",       "annotations", "create_time", "update_time"};
  return *names;
}

bool IsTime(const FieldDescriptor& field) {
  return field.message_type() == google::protobuf::Timestamp::descriptor();
}

// All that a message holds, one after the other.
std::string ElementText(const Message& message) {
  std::string out;
  for (const FieldDescriptor* field : resource::SetFields(message)) {
    const std::string text = FieldText(message, field->name());
    if (!text.empty()) out += Cat({out.empty() ? "" : ", ", field->name(), " ", text});
  }
  return out;
}

// "0.85", or "?" where none is given.
std::string RatioText(const Message& message, const char* name) {
  const FieldDescriptor* const field = message.GetDescriptor()->FindFieldByName(name);
  if (!message.GetReflection()->HasField(message, field)) return "?";
  std::ostringstream text;
  text << message.GetReflection()->GetDouble(message, field);
  return text.str();
}

std::string EvidenceText(const Message& evidence) {
  const std::string note = FieldText(evidence, "note"), uri = FieldText(evidence, "uri");
  return Cat({note, note.empty() || uri.empty() ? "" : ": ", uri, " (",
              RatioText(evidence, "confidence_ratio"), ")"});
}

// Where each fact comes from, in the order of the evidence.
std::map<std::string, std::string> SourcesOf(const Message& entry) {
  std::map<std::string, std::string> sources;
  const auto& reflection = *entry.GetReflection();
  const FieldDescriptor* const list = entry.GetDescriptor()->FindFieldByName("evidence");
  for (int i = 0; i < reflection.FieldSize(entry, list); ++i) {
    const Message& evidence = reflection.GetRepeatedMessage(entry, list, i);
    std::string& text = sources[FieldText(evidence, "field_path")];
    text += Cat({text.empty() ? "" : "; ", EvidenceText(evidence)});
  }
  return sources;
}

// Rows of facts: what, value, source.
class FactTable {
 public:
  explicit FactTable(const Message& entry) : entry_(entry), sources_(SourcesOf(entry)) {}

  Table Take() {
    for (const FieldDescriptor* field : resource::SetFields(entry_)) {
      if (NoFacts().count(field->name()) == 0) AddField(*field);
    }
    for (const std::string& name : ListOf("known_none")) Add(name, "none");
    AddLikely();
    AddBounds();
    for (const std::string& name : WantedFacts(entry_)) {
      if (said_.count(name) == 0) table_.Add({name, {"unknown", Paint::kDim}, ""});
    }
    return std::move(table_);
  }

 private:
  std::vector<std::string> ListOf(const char* name) const {
    const FieldDescriptor* const field = entry_.GetDescriptor()->FindFieldByName(name);
    std::vector<std::string> out;
    for (int i = 0; field != nullptr && i < entry_.GetReflection()->FieldSize(entry_, field); ++i)
      out.push_back(entry_.GetReflection()->GetRepeatedString(entry_, field, i));
    return out;
  }

  void Add(const std::string& name, const std::string& value) {
    const bool first = said_.insert(name).second;
    table_.Add({first ? name : "", value, first ? sources_[name] : ""});
  }

  // A list of messages is a row for each, a message a row for each of its fields.
  void AddField(const FieldDescriptor& field) {
    const auto& reflection = *entry_.GetReflection();
    if (field.message_type() == nullptr || IsTime(field)) {
      Add(field.name(), FieldText(entry_, field.name()).substr(0, IsTime(field) ? 10 : std::string::npos));
    } else if (field.is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(entry_, &field); ++i)
        Add(field.name(), ElementText(reflection.GetRepeatedMessage(entry_, &field, i)));
    } else {
      const Message& message = reflection.GetMessage(entry_, &field);
      for (const FieldDescriptor* part : resource::SetFields(message)) {
        if (part->name() != "source")
          Add(field.name(), Cat({part->name(), " ", FieldText(message, part->name())}));
      }
    }
  }

  void AddLikely() {
    const FieldDescriptor* const list = entry_.GetDescriptor()->FindFieldByName("likely");
    const auto& reflection = *entry_.GetReflection();
    for (int i = 0; list != nullptr && i < reflection.FieldSize(entry_, list); ++i) {
      const Message& likely = reflection.GetRepeatedMessage(entry_, list, i);
      const std::string field = FieldText(likely, "field");
      said_.insert(field);
      table_.Add({field,
                  {Cat({"probably ", FieldText(likely, "one_of")}), Paint::kYellow},
                  Cat({FieldText(likely, "reason"), " (confidence ", RatioText(likely, "confidence"), ")"})});
    }
  }

  void AddBounds() {
    const FieldDescriptor* const list = entry_.GetDescriptor()->FindFieldByName("bounds");
    const auto& reflection = *entry_.GetReflection();
    for (int i = 0; list != nullptr && i < reflection.FieldSize(entry_, list); ++i) {
      const Message& bound = reflection.GetRepeatedMessage(entry_, list, i);
      const std::string field = FieldText(bound, "field");
      said_.insert(field);
      const FieldDescriptor* const none_of = bound.GetDescriptor()->FindFieldByName("none_of");
      const char* const is = bound.GetReflection()->FieldSize(bound, none_of) > 0 ? "is " : "can only be ";
      table_.Add({field, {Cat({is, ValuesText(bound)}), Paint::kYellow}, sources_[field]});
    }
  }

  const Message& entry_;
  std::map<std::string, std::string> sources_;
  std::set<std::string> said_;
  Table table_{{{"FACT"}, {"VALUE"}, {"SOURCE", false, true}}};
};

// "Also called: a, b, ... and 3 more".
void PrintNames(Context& context, const char* what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string text;
  for (size_t i = 0; i < std::min(names.size(), kNamesMax); ++i)
    text += Cat({i == 0 ? "" : ", ", Clean(names[i])});
  if (names.size() > kNamesMax) text += Cat({" and ", std::to_string(names.size() - kNamesMax), " more"});
  context.out << what << ": " << text << "\n";
}

// The other names, each once whatever systems use it.
std::vector<std::string> OtherNames(const Message& entry) {
  std::vector<std::string> all = catalogue::Spellings(entry), out;
  const std::set<std::string> names(all.begin(), all.end());
  std::set<std::string> seen = {all[0], all[1]};
  for (size_t i = 2; i < all.size(); ++i) {
    const bool of_system =
        names.count(all[i].substr(all[i].find('/') + 1)) > 0 && all[i].find('/') != std::string::npos;
    if (!of_system && seen.insert(all[i]).second) out.push_back(all[i]);
  }
  return out;
}

void AddPart(const std::string& part, std::string& out) {
  if (!part.empty()) out += Cat({out.empty() ? "" : ", ", part});
}

}  // namespace

Table FactsTable(const Message& resource) { return FactTable(resource).Take(); }

std::string EntrySummary(const Message& entry) {
  std::string out;
  const std::string kind = entry.GetDescriptor()->name();
  const auto text = [&](const char* field) { return FieldText(entry, field); };
  if (kind == "Model") {
    AddPart(text("weights").empty() ? "" : Cat({text("weights"), " weights"}), out);
    AddPart(text("developer").empty() ? "" : Cat({"by ", text("developer")}), out);
    AddPart(text("licence"), out);
    AddPart(text("version_of").empty() ? "" : Cat({"a version of ", text("version_of")}), out);
  } else {
    for (const char* field : {"category", "provider", "country", "roles", "parent"})
      AddPart(text(field), out);
  }
  return out;
}

void PrintEntry(Context& context, const Message& entry, const std::vector<std::string>& versions) {
  const std::string display = FieldText(entry, "display_name");
  context.out << Painted(resource::NameOf(entry), Paint::kBold, context.colour) << "  " << Clean(display)
              << "\n\n";
  PrintTable(context, FactTable(entry).Take(), 2);
  context.out << "\n";
  PrintNames(context, "Versions", versions);
  PrintNames(context, "Also called", OtherNames(entry));
}

}  // namespace linchpin::cli
