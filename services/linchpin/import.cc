// import litellm: configurations of other tools to resources.
#include <map>
#include <set>

#include "google/protobuf/field_mask.pb.h"
#include "services/inventory/catalog/catalog.h"
#include "services/inventory/importers/litellm.h"
#include "services/linchpin/api.h"
#include "services/linchpin/batch.h"
#include "services/linchpin/commands.h"
#include "services/linchpin/context.h"
#include "services/linchpin/files.h"
#include "services/linchpin/import_merge.h"
#include "services/linchpin/present.h"
#include "services/linchpin/table.h"
#include "services/resource/error.h"
#include "services/resource/json_writer.h"
#include "services/resource/text.h"
#include "services/resource/yaml_writer.h"

namespace linchpin::cli {
namespace {

using importers::ImportCounts;
using importers::ImportFile;
using importers::ImportNote;
using importers::ImportResult;
using importers::Proposal;
using resource::Cat;
using resource::Document;

std::string Count(int64_t count, const char* one, const char* many) {
  return Cat({std::to_string(count), " ", count == 1 ? one : many});
}

absl::StatusOr<std::vector<ImportFile>> ReadFiles(Context& context) {
  const std::vector<std::string> gateways = context.arguments.All("gateway");
  const std::vector<std::string>& paths = context.arguments.operands;
  if (!gateways.empty() && gateways.size() != paths.size()) {
    return UsageError("give --gateway once for each file, in their order");
  }
  std::vector<ImportFile> files;
  for (size_t i = 0; i < paths.size(); ++i) {
    // The importer says itself, with its bound, when a file is too large; one byte more is enough for that.
    absl::StatusOr<FileText> file = ReadText(paths[i], context.in, importers::kMaxLiteLlmBytes + 1);
    if (!file.ok()) return file.status();
    files.push_back({file->name, std::move(file->text), gateways.empty() ? "" : gateways[i]});
  }
  return files;
}

// The answer for people: what came in, what is known of it, and every note.
void PrintReport(Context& context, const ImportResult& result) {
  const ImportCounts& c = result.counts;
  std::ostream& out = context.out;
  out << Count(c.files, "file", "files") << ": " << Count(c.entries, "entry", "entries") << " = "
      << Count(c.deployments, "deployment", "deployments") << " + "
      << Count(c.duplicates, "duplicate", "duplicates") << " + " << c.malformed << " malformed; "
      << Count(c.groups, "route", "routes");
  if (c.aliases > 0) out << ", of them " << Count(c.aliases, "alias", "aliases");
  out << "\n\n";
  Table table({{"OF THE DEPLOYMENTS"}, {"KNOWN", true}, {"UNKNOWN", true}});
  const std::pair<const char*, int> facts[] = {{"model", c.with_model},
                                               {"developer", c.with_developer},
                                               {"origin of the weights", c.with_origin},
                                               {"operator", c.with_operator},
                                               {"hosting mode", c.with_mode},
                                               {"host", c.with_host}};
  for (const auto& [name, known] : facts) {
    const int unknown = c.deployments - known;
    table.Add({name, std::to_string(known),
               Table::Cell(std::to_string(unknown), unknown > 0 ? Paint::kYellow : Paint::kNone)});
  }
  table.Print(out, true, context.colour);
  const std::pair<ImportNote::Kind, const char*> groups[] = {
      {ImportNote::Kind::kSkipped, "Not imported"},
      {ImportNote::Kind::kUnknown, "Imported with something unknown"},
      {ImportNote::Kind::kInfo, "Worth knowing"}};
  for (const auto& [kind, head] : groups) {
    size_t count = 0;
    for (const ImportNote& note : result.notes) count += note.kind == kind;
    if (count == 0) continue;
    out << "\n"
        << Painted(Cat({head, " (", std::to_string(count), ")"}), Paint::kBold, context.colour) << "\n";
    for (const ImportNote& note : result.notes) {
      if (note.kind == kind)
        out << "  " << Clean(Cat({note.file, ":", std::to_string(note.line), ": ", note.message})) << "\n";
    }
  }
}

// The proposals as documents, for `apply`.
void PrintProposals(Context& context, const ImportResult& result, const std::string& format) {
  bool first = true;
  for (const Proposal& proposal : result.proposals) {
    if (format == "yaml") {
      context.out << (first ? "" : "---\n") << resource::WriteYamlDocument(*proposal.resource);
    } else {
      context.out << resource::WriteJsonDocument(*proposal.resource, 0) << "\n";
    }
    first = false;
  }
  for (const ImportNote& note : result.notes) context.Note(note.Text());
}

absl::Status WriteProposals(Context& context, ImportResult& result) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  std::vector<std::string> names;
  for (const Proposal& proposal : result.proposals) names.push_back(resource::NameOf(*proposal.resource));
  auto present = PresentResources(**client, names);
  if (!present.ok()) return present.status();
  std::vector<Document> documents;
  size_t kept = 0;
  for (Proposal& proposal : result.proposals) {
    const auto found = present->find(resource::NameOf(*proposal.resource));
    if (found != present->end() && proposal.from == Proposal::From::kCatalogue) {
      ++kept;
      continue;
    }
    if (found != present->end()) {
      MergeImported(*proposal.resource, context.arguments.Has("overwrite"), *found->second);
      proposal.resource = std::move(found->second);
    }
    Document document;
    document.kind = resource::FindKindOf(proposal.resource->GetDescriptor());
    document.resource = std::move(proposal.resource);
    documents.push_back(std::move(document));
  }
  WriteJob job;
  for (const Document& document : documents) job.documents.push_back(&document);
  job.validate_only = context.arguments.Has("dry-run");
  std::map<std::string, size_t> counts;
  job.on_outcome = [&](const Outcome& outcome) { ++counts[outcome.action]; };
  const WriteResult written = WriteDocuments(**client, job);
  if (!written.refusal.status.ok()) return written.refusal.status;
  context.out << "\nInventory: " << counts["created"] << " created, " << counts["updated"] << " updated, "
              << counts["unchanged"] << " unchanged, " << kept << " of the catalogue there already"
              << (job.validate_only ? " (dry run: nothing was written)" : "") << "\n";
  return absl::OkStatus();
}

absl::StatusOr<int> ImportLiteLlmFiles(Context& context) {
  absl::StatusOr<std::vector<ImportFile>> files = ReadFiles(context);
  if (!files.ok()) return files.status();
  absl::StatusOr<catalog::Catalog> catalogue = catalog::Catalog::Shipped();
  if (!catalogue.ok()) return catalogue.status();
  absl::StatusOr<ImportResult> result = importers::ImportLiteLlm(*files, *catalogue);
  if (!result.ok()) return result.status();
  const std::string format = context.Output("table");
  if (format == "yaml" || format == "json" || format == "jsonl") {
    PrintProposals(context, *result, format);
    return kOk;
  }
  PrintReport(context, *result);
  if (absl::Status status = WriteProposals(context, *result); !status.ok()) return status;
  return kOk;
}

}  // namespace

std::vector<Command> ImportCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {"import litellm",
       "Import configurations of the LiteLLM proxy.",
       "FILE...",
       1,
       -1,
       {{"gateway",
         0,
         "ID",
         "What to call the gateway that a file configures; once for each file. Absent: from the file's name.",
         "",
         {}},
        {"overwrite", 0, "", "Also change fields whose evidence says that somebody declared them.", "", {}},
        DryRunFlag()},
       {"linchpin import litellm litellm_config.yaml", "linchpin import litellm gateways/*.yaml --dry-run",
        "linchpin import litellm litellm_config.yaml -o yaml"},
       "Tells what was resolved against the catalogue, what is unknown and what was left out: entries in = "
       "deployments + duplicates + malformed ones. Entries of the catalogue are "
       "created where they are missing and left alone where they are there. A second import changes what the "
       "file says and leaves other fields as they are, and those "
       "whose evidence has source DECLARED. With -o yaml, json or jsonl the proposed resources are printed "
       "and nothing is written. See docs/integrations/litellm.md.",
       ImportLiteLlmFiles});
  return commands;
}

}  // namespace linchpin::cli
