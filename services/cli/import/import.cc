// import litellm: configurations of other tools to resources.
#include <sstream>

#include "services/base/error.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/client/batch.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/import/fact_questions.h"
#include "services/cli/import/import_files.h"
#include "services/cli/import/import_gone.h"
#include "services/cli/import/import_merge.h"
#include "services/cli/import/import_prune.h"
#include "services/cli/import/import_report.h"
#include "services/cli/import/import_retirement.h"
#include "services/cli/import/old_routes.h"
#include "services/cli/print/current_resources.h"
#include "services/cli/print/output.h"
#include "services/cli/print/question_text.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/catalogue/entries.h"
#include "services/inventory/importers/litellm/import_litellm.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using importers::ImportFile;
using importers::ImportNote;
using importers::ImportResult;
using importers::ProposedResource;
using resource::Document;

// What is unknown if the proposals are all that there is.
FactQuestions AsksOf(const ImportResult& result) {
  Standing standing;
  for (const ProposedResource& proposal : result.proposals) standing.Add(*proposal.resource);
  return FindFactQuestions(standing);
}

// Documents for `apply`, and the asks as comments at their end.
void PrintYaml(Context& context, const ImportResult& result) {
  DocumentPrinter printer(context.out, "yaml", /*list=*/false);
  for (const ProposedResource& proposal : result.proposals)
    printer.Add(resource::WriteYamlDocument(*proposal.resource));
  printer.Finish();
  std::istringstream asks(WriteFactQuestions(AsksOf(result)));
  for (std::string line; std::getline(asks, line);) context.out << "# " << line << "\n";
}

// One object, which `apply` reads as it reads the answer of a list call.
void PrintJson(Context& context, const ImportResult& result) {
  context.out << "{\n\"resources\": ";
  DocumentPrinter printer(context.out, "json", /*list=*/true);
  for (const ProposedResource& proposal : result.proposals)
    printer.Add(resource::WriteJsonDocument(*proposal.resource, 0));
  printer.Finish();
  context.out << ",\"asks\": " << WriteAsksJson(AsksOf(result)) << "\n}\n";
}

// The proposals as documents, for `apply`.
void PrintProposals(Context& context, const ImportResult& result, const std::string& format) {
  if (format == "yaml") {
    PrintYaml(context, result);
  } else if (format == "json") {
    PrintJson(context, result);
  } else {
    for (const ProposedResource& proposal : result.proposals)
      context.out << resource::WriteJsonDocument(*proposal.resource, 0) << "\n";
  }
  for (const ImportNote& note : result.notes) context.Note(note.Text());
  for (const Retiring& one : FindRetiring(result, context.now())) context.Note(one.Text());
}

// Proposals on their way into the inventory.
struct Write {
  std::vector<Document> documents;
  // Entries of the catalogue as somebody has them already.
  std::vector<std::unique_ptr<google::protobuf::Message>> there;
  ImportOutcome outcome;
};

// Merges proposals with what is there.
absl::StatusOr<Write> MergeProposals(Context& context, Client& client, ImportResult& result) {
  std::vector<std::string> names;
  for (const ProposedResource& proposal : result.proposals)
    names.push_back(resource::NameOf(*proposal.resource));
  auto present = CurrentResources(client, names);
  if (!present.ok()) return present.status();
  Write write;
  for (ProposedResource& proposal : result.proposals) {
    const std::string name = resource::NameOf(*proposal.resource);
    const auto found = present->find(name);
    if (found != present->end() && proposal.from == ProposedResource::From::kCatalogue) {
      if (catalogue::AddHostedDevelopers(*proposal.resource, *found->second)) {
        write.documents.push_back(DocumentOf(std::move(found->second)));
        continue;
      }
      ++write.outcome.of_catalogue_there;
      write.there.push_back(std::move(found->second));
      continue;
    }
    if (found != present->end()) {
      std::vector<KeptEdit> edits =
          MergeImported(*proposal.resource, context.arguments.Has("overwrite"), *found->second);
      if (!edits.empty()) write.outcome.kept.emplace_back(name, std::move(edits));
      proposal.resource = std::move(found->second);
    }
    write.documents.push_back(DocumentOf(std::move(proposal.resource)));
  }
  return write;
}

absl::Status WriteAll(Client& client, Write& write) {
  WriteJob job;
  for (const Document& document : write.documents) job.documents.push_back(&document);
  job.validate_only = write.outcome.dry_run;
  job.on_outcome = [&](const Outcome& one) { ++write.outcome.counts[one.action]; };
  return WriteDocuments(client, job).refusal.status;
}

// What is unknown once the import is as it stands, whether it was written or rehearsed.
absl::StatusOr<FactQuestions> AsksAfter(Client& client, const Write& write) {
  Standing standing;
  for (const Document& document : write.documents) standing.Add(*document.resource);
  for (const auto& resource : write.there) standing.Add(*resource);
  if (absl::Status status = standing.ReadReferred(client); !status.ok()) return status;
  return FindFactQuestions(standing);
}

// What leaves the most undecided in the inventory as it now is. Of a rehearsal, and where the server asks
// nothing, the unknown facts that most of the files rests on.
absl::Status TellWhatIsOpen(Context& context, Client& client, const Write& write) {
  if (!write.outcome.dry_run) {
    const auto questions = ReadQuestions(client, kQuestionsShown);
    if (!questions.ok() && questions.status().code() != absl::StatusCode::kUnimplemented)
      return questions.status();
    if (questions.ok()) {
      context.out << "\n";
      PrintQuestions(context, *questions);
      if (questions->question_count() > 0)
        context.out << "  `linchpin question list -o yaml` writes them all to fill in\n";
      return absl::OkStatus();
    }
  }
  absl::StatusOr<FactQuestions> asks = AsksAfter(client, write);
  if (!asks.ok()) return asks.status();
  PrintFactQuestions(context, *asks);
  return absl::OkStatus();
}

// A list that is empty by mistake must not remove a gateway.
absl::Status CheckPrune(Context& context, const ImportResult& result, const std::vector<Document>& gone) {
  const bool asked = context.arguments.Has("prune") && !context.arguments.Has("prune-all");
  if (!asked || result.empty_gateways.empty() || gone.empty()) return absl::OkStatus();
  return UsageError(
      Cat({"the file names no deployment of gateway ", base::JoinNames(result.empty_gateways),
           ", so --prune would remove ",
           gone.size() == 1 ? "the 1 resource" : Cat({"all ", std::to_string(gone.size()), " resources"}),
           " that earlier imports made; nothing was written. Add --prune-all if the gateway is gone"}));
}

absl::Status WriteProposals(Context& context, ImportResult& result) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<std::vector<Document>> gone = FindGone(**client, result);
  if (!gone.ok()) return gone.status();
  absl::StatusOr<OldRoutes> old = FindOldRoutes(**client, result);
  if (!old.ok()) return old.status();
  for (Document& document : old->gone) gone->push_back(std::move(document));
  if (absl::Status status = CheckPrune(context, result, *gone); !status.ok()) return status;
  absl::StatusOr<Write> write = MergeProposals(context, **client, result);
  if (!write.ok()) return write.status();
  ImportOutcome& outcome = write->outcome;
  for (Document& document : old->writes) write->documents.push_back(std::move(document));
  outcome.dry_run = context.arguments.Has("dry-run");
  outcome.pruned = context.arguments.Has("prune") || context.arguments.Has("prune-all");
  for (const Document& document : *gone) outcome.gone.push_back(document.name());
  if (absl::Status status = WriteAll(**client, *write); !status.ok()) return status;
  if (absl::Status status = RemoveOldRoutes(**client, write->documents, outcome.dry_run, *old); !status.ok())
    return status;
  PrintOldRoutes(context, *old);
  // What was written is told, whatever becomes of the removal.
  const absl::Status removal =
      outcome.pruned ? Prune(**client, write->documents, *gone, outcome) : absl::OkStatus();
  PrintOutcome(context, outcome);
  const absl::Status told = TellWhatIsOpen(context, **client, *write);
  return removal.ok() ? told : removal;
}

absl::StatusOr<int> ImportLiteLlmFiles(Context& context) {
  absl::StatusOr<std::vector<ImportFile>> files =
      ReadImportFiles(context.arguments.operands, context.arguments.All("gateway"), context.in);
  if (!files.ok()) return files.status();
  absl::StatusOr<catalogue::Catalogue> catalogue = catalogue::Catalogue::Shipped();
  if (!catalogue.ok()) return catalogue.status();
  absl::StatusOr<ImportResult> result = importers::ImportLiteLlm(*files, *catalogue);
  if (!result.ok()) return result.status();
  const std::string format = context.Output("table");
  if (format == "yaml" || format == "json" || format == "jsonl") {
    PrintProposals(context, *result, format);
    return kOk;
  }
  PrintReport(context, *result);
  PrintRetiring(context, FindRetiring(*result, context.now()));
  if (absl::Status status = WriteProposals(context, *result); !status.ok()) return status;
  return kOk;
}

}  // namespace

std::vector<Command> ImportCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "import litellm",
       .summary = "Import configurations of the LiteLLM proxy.",
       .operands = "FILE...",
       .operands_min = 1,
       .operands_max = -1,
       .flags = {{"gateway",
                  0,
                  "ID",
                  "What to call the gateway that a file configures; once for each file. Absent: from the "
                  "file's name.",
                  "",
                  {}},
                 {"overwrite", 0, "", "Also change what people have edited since the last import.", "", {}},
                 {"prune",
                  0,
                  "",
                  "Remove what an earlier import of these gateways made and the files do not name any more, "
                  "all or nothing.",
                  "",
                  {}},
                 {"prune-all",
                  0,
                  "",
                  "As --prune, also where a file names no deployment of its gateway any more, so that all of "
                  "it goes.",
                  "",
                  {}},
                 DryRunFlag(),
                 CheckFlag(),
                 OverrideCheckFlag()},
       .outputs = DocumentOutputs(),
       .examples = {"linchpin import litellm litellm_config.yaml",
                    "linchpin import litellm gateways/*.yaml --dry-run",
                    "linchpin import litellm litellm_config.yaml -o yaml"},
       .details =
           "Tells what was resolved against the catalogue, what is unknown and what was left out: entries in "
           "= deployments + duplicates + malformed ones. Entries of the catalogue are created where they are "
           "missing and left alone where they are there. A second import changes what the last one wrote; "
           "what people have edited since stays and is listed, unless --overwrite. What the files do not "
           "name any more is listed, and removed with --prune. At the end stand the first open questions of "
           "the inventory (`linchpin question list`); with --dry-run the unknown facts that most rests on, "
           "as documents to fill in for `apply --merge`. With -o yaml, json or jsonl the proposed resources "
           "are printed and nothing is written. See docs/integrations/litellm.md.",
       .run = ImportLiteLlmFiles});
  return commands;
}

}  // namespace linchpin::cli
