// apply, diff, export: whole states as files.
#include "services/cli/commands/apply.h"

#include <fstream>
#include <optional>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/client/batch.h"
#include "services/cli/client/outcome.h"
#include "services/cli/client/refusal.h"
#include "services/cli/commands.h"
#include "services/cli/commands/log.h"
#include "services/cli/context.h"
#include "services/cli/files.h"
#include "services/cli/import/partial.h"
#include "services/cli/print/current_resources.h"
#include "services/cli/print/evaluation_text.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"
#include "services/cli/print/unified_diff.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/results.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;
using resource::Document;

absl::StatusOr<std::vector<std::string>> FilePaths(const Context& context) {
  std::vector<std::string> paths = context.arguments.All("file");
  paths.insert(paths.end(), context.arguments.operands.begin(), context.arguments.operands.end());
  if (paths.empty()) return UsageError(Cat({"`", context.arguments.command->path, "` needs -f FILE"}));
  return paths;
}

}  // namespace

std::vector<const Document*> StoredDocuments(const Context& context, const Loaded& loaded) {
  std::vector<const Document*> stored;
  for (const Document& document : loaded.documents) {
    if (IsStored(*document.kind)) {
      stored.push_back(&document);
    } else {
      context.Note(Cat({document.name(), " is written by the server alone; left out"}));
    }
  }
  std::vector<const Document*> ordered;
  for (size_t i : ReferenceOrder(stored)) ordered.push_back(stored[i]);
  return ordered;
}

absl::StatusOr<Loaded> LoadGiven(Context& context) {
  absl::StatusOr<std::vector<std::string>> paths = FilePaths(context);
  if (!paths.ok()) return paths.status();
  const bool merge = context.arguments.Has("merge");
  absl::StatusOr<Loaded> loaded = LoadFiles(*paths, context.in, /*partial=*/merge);
  if (!loaded.ok() || !merge) return loaded;
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  if (absl::Status status = CompleteDocuments(**client, *loaded); !status.ok()) return status;
  return loaded;
}

namespace {

absl::StatusOr<int> Write(Context& context, bool remove) {
  absl::StatusOr<Loaded> loaded = LoadGiven(context);
  if (!loaded.ok()) return loaded.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  WriteJob job;
  job.documents = StoredDocuments(context, *loaded);
  job.validate_only = context.arguments.Has("dry-run");
  job.remove = remove;
  if (context.arguments.Has("expected-revision")) {
    absl::StatusOr<int64_t> revision = context.arguments.Number("expected-revision");
    if (!revision.ok()) return revision.status();
    job.expected_revision = *revision;
  }
  job.allow_missing = true;
  OutcomePrinter printer(context);
  job.on_outcome = [&](const Outcome& outcome) { printer.Add(outcome); };
  std::optional<linchpin::policy::v1::EvaluationResult> rehearsed;
  job.on_rehearsed = [&](const auto& evaluation) { rehearsed = evaluation; };
  if (context.err_terminal && !context.quiet()) {
    job.on_progress = [&](size_t done, size_t total) {
      context.err << "\r" << done << " of " << total << "\x1b[K" << std::flush;
    };
  }
  const size_t batches = BatchCount(job.documents);
  if (batches > 1) {
    context.Note(Cat({"more than one batch holds: ", std::to_string(batches),
                      " batches, each all or nothing, in order of references"}));
  }
  const WriteResult result = WriteDocuments(**client, job);
  if (job.on_progress && batches > 0) context.err << "\r\x1b[K";
  printer.Finish();
  if (!result.refusal.status.ok()) return ExplainRefusal(*loaded, result.refusal);
  const std::string format = context.Output("table");
  if (rehearsed && (format == "table" || format == "wide")) {
    context.out << "\n";
    PrintEvaluation(context, *rehearsed);
  }
  context.Note(Cat({printer.Summary(), job.validate_only ? " (dry run: nothing was written)" : "",
                    result.revision > 0 && !job.validate_only
                        ? Cat({"; inventory at revision ", std::to_string(result.revision)})
                        : ""}));
  return kOk;
}

void PrintDiff(const Context& context, const std::string& diff) {
  for (size_t at = 0; at < diff.size();) {
    const size_t end = std::min(diff.find('\n', at), diff.size());
    const std::string_view line = std::string_view(diff).substr(at, end - at);
    const bool head = line.rfind("---", 0) == 0 || line.rfind("+++", 0) == 0;
    const Paint paint = head             ? Paint::kBold
                        : line[0] == '+' ? Paint::kGreen
                        : line[0] == '-' ? Paint::kRed
                        : line[0] == '@' ? Paint::kDim
                                         : Paint::kNone;
    context.out << Painted(line, paint, context.colour) << "\n";
    at = end + 1;
  }
}

absl::StatusOr<int> Diff(Context& context) {
  if (context.arguments.Has("from")) {
    if (context.arguments.Has("file")) return UsageError("give --from REVISION, or -f FILE, not both");
    return DiffRevisions(context);
  }
  if (context.arguments.Has("to")) return UsageError("--to goes with --from");
  absl::StatusOr<Loaded> loaded = LoadGiven(context);
  if (!loaded.ok()) return loaded.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  const std::vector<const Document*> documents = StoredDocuments(context, *loaded);
  std::vector<std::string> names;
  for (const Document* document : documents) names.push_back(document->name());
  auto present = CurrentResources(**client, names);
  if (!present.ok()) return present.status();
  size_t differing = 0;
  for (const Document* document : documents) {
    resource::ClearOutputOnly(*document->resource);
    const auto found = present->find(document->name());
    if (found != present->end()) resource::ClearOutputOnly(*found->second);
    const std::string before = found == present->end() ? "" : resource::WriteYamlDocument(*found->second);
    const std::string after = resource::WriteYamlDocument(*document->resource);
    const std::string diff = UnifiedDiff(before.empty() ? "/dev/null" : Cat({"server/", document->name()}),
                                         before, Cat({document->file, "/", document->name()}), after);
    if (!diff.empty()) ++differing;
    PrintDiff(context, diff);
  }
  context.Note(
      Cat({std::to_string(differing), " of ", std::to_string(documents.size()), " resources differ"}));
  return differing == 0 ? kOk : kDiffers;
}

}  // namespace

Flag MergeFlag() {
  return {
      "merge",
      0,
      "",
      "Change only what the files state, and take from the catalogue what that refers to and is not there.",
      "",
      {}};
}

namespace {

// The kinds that the words ask for; all that people write if there are no words.
absl::StatusOr<std::vector<const resource::KindInfo*>> KindsToExport(const std::vector<std::string>& words) {
  std::vector<const resource::KindInfo*> kinds;
  const auto add = [&kinds](const auto& wanted) {
    for (const resource::KindInfo* kind : resource::Kinds()) {
      if (wanted(*kind)) kinds.push_back(kind);
    }
  };
  for (const std::string& word : words) {
    if (word == "inventory") {
      add([](const resource::KindInfo& kind) { return kind.area == resource::Area::kInventory; });
      continue;
    }
    absl::StatusOr<const resource::KindInfo*> kind = KindOfWord(word);
    if (!kind.ok()) return kind.status();
    kinds.push_back(*kind);
  }
  if (kinds.empty()) add([](const resource::KindInfo& kind) { return !resource::IsResult(kind); });
  return kinds;
}

// Writes all resources of the kind; how many.
absl::StatusOr<size_t> ExportKind(Context& context, Client& client, const resource::KindInfo& kind,
                                  const std::string& format, DocumentPrinter& printer) {
  ListQuery query;
  query.kind = &kind;
  size_t count = 0;
  const auto total = ListResources(client, query, [&](const Message& message) {
    std::unique_ptr<Message> copy(message.New());
    copy->CopyFrom(message);
    resource::ClearOutputOnly(*copy);
    printer.Add(format == "yaml" ? resource::WriteYamlDocument(*copy)
                                 : resource::WriteJsonDocument(*copy, 0));
    ++count;
  });
  if (total.status().code() == absl::StatusCode::kUnimplemented) {
    context.Note(Cat({"the server does not serve ", kind.collection, "; left out"}));
  } else if (!total.ok()) {
    return total.status();
  }
  return count;
}

absl::StatusOr<int> Export(Context& context) {
  const auto kinds = KindsToExport(context.arguments.operands);
  if (!kinds.ok()) return kinds.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  const std::string path = context.arguments.Get("file");
  std::ofstream file;
  if (!path.empty() && path != "-") {
    file.open(path, std::ios::binary | std::ios::trunc);
    if (!file)
      return base::Error(base::reason::FileNotWritable{.file = path}, Cat({path, ": cannot be written"}));
  }
  std::ostream& out = file.is_open() ? file : context.out;
  const std::string format = context.Output("yaml");
  DocumentPrinter printer(out, format, /*list=*/true);
  size_t count = 0;
  for (const resource::KindInfo* kind : *kinds) {
    const auto exported = ExportKind(context, **client, *kind, format, printer);
    if (!exported.ok()) return exported.status();
    count += *exported;
  }
  printer.Finish();
  out.flush();
  if (!out)
    return base::Error(base::reason::FileCutOff{.file = path}, Cat({path, ": not written completely"}));
  context.Note(Cat({std::to_string(count), " resources exported"}));
  return kOk;
}

}  // namespace

std::vector<Command> ApplyCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "apply",
       .summary = "Create and change resources so that they are as the files say.",
       .operands = "[FILE...]",
       .operands_max = -1,
       .flags =
           {FileFlag(),
            MergeFlag(),
            DryRunFlag(),
            {"expected-revision",
             0,
             "N",
             "Write only if the inventory is still at this revision, the one of a check, say.",
             "",
             {}},
            CheckFlag(),
            {"check-token",
             0,
             "TOKEN",
             "The token of a check that was made before (`linchpin check -o json`), of exactly this change.",
             "",
             {}},
            OverrideCheckFlag()},
       .outputs = OutcomeOutputs(),
       .examples = {"linchpin apply -f inventory.yaml",
                    "linchpin apply -f inventory/ -f policies.yaml --dry-run",
                    "linchpin export | linchpin apply -f -", "linchpin apply --merge -f facts.yaml"},
       .details =
           "Prints created, updated or unchanged for each resource, and may be repeated. A document is the "
           "whole resource: what it leaves out is removed. With --merge what it leaves out stays "
           "(docs/reference/files.md). Up to 10,000 resources of the inventory are written all or nothing; "
           "larger sets go in several batches in the order of references. Policies, assignments, "
           "jurisdiction sets, tables of hazards and scenarios follow, one by one; --dry-run rehearses "
           "policies, assignments and jurisdiction sets together and tells what they would find in the "
           "stored inventory. What the server refuses is reported with the file, line and column that it "
           "comes from. Where the server takes changes of the inventory only with a check, each batch is "
           "checked and written in one go, again if somebody else writes meanwhile; what policies forbid is "
           "not written, and the exit code is 3 (docs/operating/admission.md).",
       .run = [](Context& context) { return Write(context, false); }});
  commands.push_back(
      {.path = "diff",
       .summary = "Show what apply would change, as a unified diff; or what differs between two revisions.",
       .operands = "[FILE...] | --from REVISION [NAME]",
       .operands_max = -1,
       .flags = {FileFlag(), MergeFlag(), FromFlag(), ToFlag()},
       .outputs = {"table", "wide", "json", "jsonl", "yaml"},
       .examples = {"linchpin diff -f inventory.yaml", "linchpin diff --from 7d",
                    "linchpin diff --from 812 --to 815 vendors/openai"},
       .details = "With --from, what was changed and changed back is no difference; NAME narrows it to a "
                  "resource with what is under it, or to a collection. Exit code 0: no difference; 1: "
                  "differences; 2 or more: an error.",
       .run = Diff});
  commands.push_back(
      {.path = "export",
       .summary = "Write resources as files that apply reads again.",
       .operands = "[KIND...|inventory]",
       .operands_max = -1,
       .flags = {{"file", 'f', "FILE", "File to write; absent or `-`: the standard output.", "", {}}},
       .outputs = {"yaml", "json", "jsonl"},
       .reads_past = true,
       .examples = {"linchpin export -f everything.yaml", "linchpin export vendors models",
                    "linchpin export -o jsonl -f everything.jsonl",
                    "linchpin export inventory --as-of 41 -o jsonl | sha256sum"},
       .details = "Without a kind, all kinds that are written by people; `inventory` means those of the "
                  "inventory. Applying the file to the same server changes nothing. JSON is one list, jsonl "
                  "one resource a line.",
       .run = Export});
  return commands;
}

// `delete -f` and `policy apply` are the same walk.
absl::StatusOr<int> DeleteFiles(Context& context) { return Write(context, true); }
absl::StatusOr<int> ApplyFiles(Context& context) { return Write(context, false); }

}  // namespace linchpin::cli
