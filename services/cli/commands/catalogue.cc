// catalogue search, show and coverage: what the shipped catalogue knows. None needs a server.
#include <algorithm>
#include <cstdint>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/names.h"
#include "services/cli/print/entry_text.h"
#include "services/cli/print/output.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/catalogue/coverage.h"
#include "services/inventory/catalogue/search.h"
#include "services/inventory/importers/litellm/names.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

constexpr int64_t kRowsMax = 20;  // of a table, unless more are asked for

using base::Cat;
using catalogue::Catalogue;
using catalogue::Found;
using google::protobuf::Message;

bool IsTable(const std::string& format) { return format == "table" || format == "wide" || format == "csv"; }

// Entries of the kind asked for, if one was.
absl::Status KeepKind(const Context& context, std::vector<Found>& found) {
  const std::string word = context.arguments.Get("kind");
  if (word.empty()) return absl::OkStatus();
  const resource::KindInfo* const kind = resource::FindKindByWord(word);
  if (kind == nullptr)
    return UsageError(Cat({"--kind expects vendors, hosts, licences or models, not `", word, "`"}));
  found.erase(
      std::remove_if(found.begin(), found.end(),
                     [&](const Found& one) { return one.entry->GetDescriptor() != kind->descriptor; }),
      found.end());
  return absl::OkStatus();
}

std::vector<std::unique_ptr<Message>> Copies(const std::vector<const Message*>& entries) {
  std::vector<std::unique_ptr<Message>> copies;
  for (const Message* entry : entries) {
    copies.emplace_back(entry->New());
    copies.back()->CopyFrom(*entry);
  }
  return copies;
}

// Ids and display names, to suggest from.
std::string NearestHint(const Catalogue& catalogue, std::string_view words) {
  std::vector<std::string> names;
  catalogue.ForEach([&](const Message& entry) {
    names.emplace_back(resource::IdOf(resource::NameOf(entry)));
    for (std::string& name : catalogue::Spellings(entry)) names.push_back(std::move(name));
  });
  return DidYouMean(words, names);
}

// What an import takes the string of a gateway for: without what services append, quantisations, paths.
// Empty where that is no entry, or none of the kind asked for.
absl::StatusOr<std::vector<Found>> ReadAsImport(const Context& context, const Catalogue& catalogue,
                                                const std::string& name) {
  const importers::ModelString parts = importers::SplitModel(name, catalogue);
  if (parts.wildcard || parts.endpoint) return std::vector<Found>();
  const importers::NamedModel model = importers::FindModelByName(parts.form, parts.name, catalogue);
  std::vector<Found> found;
  if (model.model != nullptr) found.push_back({model.model, catalogue::Fit::kString, name});
  if (absl::Status status = KeepKind(context, found); !status.ok()) return status;
  if (found.empty()) return found;
  context.Note(
      Cat({"`", name, "` is read as an import reads it", model.note.empty() ? "" : ": ", model.note}));
  return found;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += Cat({out.empty() ? "" : " ", word});
  return out;
}

absl::Status PrintFound(Context& context, const std::vector<Found>& found, size_t total) {
  const std::string format = context.Output("table");
  if (!IsTable(format)) {
    std::vector<const Message*> entries;
    for (const Found& one : found) entries.push_back(one.entry);
    return PrintResources(context, Copies(entries));
  }
  Table table({{"NAME"}, {"CALLED"}, {"WHAT", false, true}});
  for (const Found& one : found)
    table.Add({resource::NameOf(*one.entry), one.spelling, EntrySummary(*one.entry)});
  PrintTable(context, table);
  if (found.size() < total) {
    context.Note(Cat({"the first ", std::to_string(found.size()), " of ", std::to_string(total),
                      "; --limit 0 shows all"}));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> SearchCatalogue(Context& context) {
  absl::StatusOr<Catalogue> catalogue = Catalogue::Shipped();
  if (!catalogue.ok()) return catalogue.status();
  const std::string words = Joined(context.arguments.operands);
  std::vector<Found> found = catalogue::Search(*catalogue, words);
  if (absl::Status status = KeepKind(context, found); !status.ok()) return status;
  if (found.empty()) {
    absl::StatusOr<std::vector<Found>> read = ReadAsImport(context, *catalogue, words);
    if (!read.ok()) return read.status();
    found = *std::move(read);
  }
  if (found.empty()) {
    context.Note(Cat({"nothing in the catalogue is called `", words, "`", NearestHint(*catalogue, words)}));
    return kNotFound;
  }
  absl::StatusOr<int64_t> limit = ListLimit(context, kRowsMax);
  if (!limit.ok()) return limit.status();
  const size_t total = found.size();
  if (*limit > 0 && total > static_cast<size_t>(*limit)) found.resize(static_cast<size_t>(*limit));
  if (absl::Status status = PrintFound(context, found, total); !status.ok()) return status;
  return kOk;
}

// The one entry that is called so.
absl::StatusOr<const Message*> EntryOf(const Context& context, const Catalogue& catalogue,
                                       const std::string& name) {
  std::vector<Found> found = catalogue::Resolve(catalogue, name);
  if (absl::Status status = KeepKind(context, found); !status.ok()) return status;
  if (found.size() == 1) return found[0].entry;
  absl::StatusOr<std::vector<Found>> read = ReadAsImport(context, catalogue, name);
  if (!read.ok()) return read.status();
  if (read->size() == 1) return (*read)[0].entry;
  if (found.empty()) {
    return base::Error(base::reason::ResourceNotFound{.name = name},
                       Cat({"nothing in the catalogue is called `", name, "`", NearestHint(catalogue, name),
                            "; `linchpin catalogue search WORDS` looks for parts of names"}));
  }
  std::vector<std::string> names;
  for (const Found& one : found) names.push_back(resource::NameOf(*one.entry));
  return UsageError(Cat({"`", name, "` is what ", base::JoinNames(names), " are called; name one"}));
}

std::vector<std::string> VersionsOf(const Catalogue& catalogue, const std::string& name) {
  std::vector<std::string> versions;
  catalogue.ForEach([&](const Message& entry) {
    if (FieldText(entry, "version_of") == name) versions.push_back(resource::NameOf(entry));
  });
  return versions;
}

absl::StatusOr<int> ShowEntries(Context& context) {
  absl::StatusOr<Catalogue> catalogue = Catalogue::Shipped();
  if (!catalogue.ok()) return catalogue.status();
  std::vector<const Message*> entries;
  for (const std::string& name : context.arguments.operands) {
    absl::StatusOr<const Message*> entry = EntryOf(context, *catalogue, name);
    if (!entry.ok()) return entry.status();
    entries.push_back(*entry);
  }
  if (context.Output("table") != "table") {
    if (absl::Status status = PrintResources(context, Copies(entries)); !status.ok()) return status;
    return kOk;
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) context.out << "\n";
    PrintEntry(context, *entries[i], VersionsOf(*catalogue, resource::NameOf(*entries[i])));
  }
  return kOk;
}

absl::StatusOr<int> ShowCoverage(Context& context) {
  absl::StatusOr<Catalogue> catalogue = Catalogue::Shipped();
  if (!catalogue.ok()) return catalogue.status();
  context.out << catalogue::CoverageTables(*catalogue);
  return kOk;
}

Flag KindFlag() {
  return {"kind", 0, "KIND", "Only entries of that kind: vendors, hosts, licences or models.", "", {}};
}

}  // namespace

std::vector<Command> CatalogueCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "catalogue search",
       .summary = "Find vendors, models, hosts and licences of the shipped catalogue by any spelling.",
       .operands = "WORDS",
       .operands_min = 1,
       .operands_max = -1,
       .flags = {KindFlag(), LimitFlag(kRowsMax)},
       .outputs = ListOutputs(),
       .examples = {"linchpin catalogue search azure", "linchpin catalogue search llama 3.3 70b",
                    "linchpin catalogue search claude --kind models -o name"},
       .details =
           "Needs no server. Names, aliases, ids of other systems and strings of gateways count, whatever "
           "their case and punctuation; the best fit comes first. Exit code 4: nothing is called so.",
       .run = SearchCatalogue});
  commands.push_back(
      {.path = "catalogue show",
       .summary = "Show what the shipped catalogue knows of one thing, each fact with its source.",
       .operands = "NAME...",
       .operands_min = 1,
       .operands_max = -1,
       .flags = {KindFlag()},
       .outputs = {"table", "json", "jsonl", "yaml", "name"},
       .examples = {"linchpin catalogue show gpt4o", "linchpin catalogue show aws",
                    "linchpin catalogue show bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0 -o yaml"},
       .details = "Needs no server. NAME is any spelling that means one entry, and what an import would read "
                  "as one. With -o yaml the entry comes as `apply` reads it.",
       .run = ShowEntries});
  commands.push_back(
      {.path = "catalogue coverage",
       .summary = "Report how much the shipped catalogue says, by family of models and role of vendors.",
       .examples = {"linchpin catalogue coverage"},
       .details = "Needs no server. Prints Markdown, the same as docs/concepts/catalogue.md.",
       .run = ShowCoverage});
  return commands;
}

}  // namespace linchpin::cli
