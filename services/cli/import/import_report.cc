#include "services/cli/import/import_report.h"

#include <algorithm>
#include <sstream>

#include "services/base/text.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using importers::ImportCounts;
using importers::ImportNote;
using importers::ImportResult;

constexpr size_t kNotesShown = 200;  // of one kind
constexpr size_t kOldRoutesShown = 10;

std::string Count(int64_t count, const char* one, const char* many) {
  return Cat({std::to_string(count), " ", count == 1 ? one : many});
}

void PrintHead(Context& context, const std::string& head, size_t count, const std::string& advice) {
  context.out << "\n"
              << Painted(Cat({head, " (", std::to_string(count), ")"}), Paint::kBold, context.colour)
              << advice << "\n";
}

// "model is models/gpt-5, the file says models/gpt-4o".
std::string EditText(const KeptEdit& edit) {
  if (edit.value.empty() && edit.imported.empty()) return Cat({edit.path, " differs from the file"});
  return Cat({edit.path, edit.value.empty() ? " is not set" : " is ", edit.value, ", the file says ",
              edit.imported});
}

// What becomes of what is gone.
const char* RemovalText(const ImportOutcome& outcome) {
  if (!outcome.pruned) return "; --prune removes them";
  if (outcome.not_rehearsed) return "; removed unless something refers to them: too many to rehearse";
  if (!outcome.referred.empty())
    return outcome.dry_run ? "; the removal would be refused" : "; the removal was refused";
  if (!outcome.removed) return "; the removal failed";
  return outcome.dry_run ? "; they would be removed" : "; removed";
}

// A fact of deployments: of how many it is known, and of how many more it is likely.
struct Fact {
  const char* name;
  int known;
  int likely;
};

void PrintKnown(Context& context, const ImportCounts& c) {
  Table table({{"OF THE DEPLOYMENTS"}, {"KNOWN", true}, {"LIKELY", true}, {"UNKNOWN", true}});
  for (const Fact& fact :
       {Fact{"model", c.with_model, c.likely_model}, Fact{"developer", c.with_developer, c.likely_developer},
        Fact{"origin of the weights", c.with_origin, c.likely_developer},
        Fact{"operator", c.with_operator, c.likely_operator},
        Fact{"hosting mode", c.with_mode, c.likely_mode}, Fact{"host", c.with_host, c.likely_host}}) {
    const int unknown = std::max(0, c.deployments - fact.known - fact.likely);
    table.Add({fact.name, std::to_string(fact.known), std::to_string(fact.likely),
               Table::Cell(std::to_string(unknown), unknown > 0 ? Paint::kYellow : Paint::kNone)});
  }
  table.Print(context.out, true, context.colour);
}

void PrintNotes(Context& context, const ImportResult& result, ImportNote::Kind kind) {
  size_t left_out = 0, shown = 0;
  for (const ImportNote& note : result.notes) {
    if (note.kind != kind) continue;
    if (shown++ >= kNotesShown) {
      ++left_out;
      continue;
    }
    context.out << "  " << Clean(Cat({note.file, ":", std::to_string(note.line), ": ", note.message}))
                << "\n";
  }
  if (left_out > 0)
    context.out << "  ... and " << left_out << " more; with -o json all are on the standard error\n";
}

}  // namespace

void PrintReport(Context& context, const ImportResult& result) {
  const ImportCounts& c = result.counts;
  std::ostream& out = context.out;
  out << Count(c.files, "file", "files") << ": " << Count(c.entries, "entry", "entries") << " = "
      << Count(c.deployments, "deployment", "deployments") << " + "
      << Count(c.duplicates, "duplicate", "duplicates") << " + " << c.malformed << " malformed; "
      << Count(c.groups, "route", "routes");
  if (c.aliases > 0) out << ", of them " << Count(c.aliases, "alias", "aliases");
  out << "\n\n";
  PrintKnown(context, c);
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
    PrintNotes(context, result, kind);
  }
}

void PrintRetiring(Context& context, const std::vector<Retiring>& retiring) {
  if (retiring.empty()) return;
  PrintHead(context, "Models that are retired, or within 180 days", retiring.size(), "");
  for (const Retiring& one : retiring) {
    context.out << "  "
                << Painted(Clean(one.Text()), one.retired ? Paint::kRed : Paint::kYellow, context.colour)
                << "\n";
  }
}

void PrintOldRoutes(Context& context, const OldRoutes& old) {
  const size_t count = old.replaced.size() + old.kept.size();
  if (count == 0) return;
  PrintHead(context, "Model groups that were applications are routes now", count,
            "; they no longer count as applications");
  for (size_t i = 0; i < old.replaced.size() && i < kOldRoutesShown; ++i)
    context.out << "  " << old.replaced[i] << " gave way to its route\n";
  if (old.replaced.size() > kOldRoutesShown)
    context.out << "  ... and " << old.replaced.size() - kOldRoutesShown << " more\n";
  for (const std::string& name : old.kept) {
    context.out << "  " << name
                << " was edited by hand: it stays, as an application of yours that depends on the route\n";
  }
  for (const std::string& name : old.repointed) context.out << "  " << name << " leads to the route now\n";
}

void PrintOutcome(Context& context, const ImportOutcome& outcome) {
  size_t edits = 0;
  for (const auto& [name, of_resource] : outcome.kept) edits += of_resource.size();
  if (edits > 0) PrintHead(context, "Kept as edited by hand", edits, "; --overwrite takes the file's");
  for (const auto& [name, of_resource] : outcome.kept) {
    for (const KeptEdit& edit : of_resource)
      context.out << "  " << Clean(Cat({name, ": ", EditText(edit)})) << "\n";
  }
  if (!outcome.gone.empty())
    PrintHead(context, "No longer named by the files", outcome.gone.size(), RemovalText(outcome));
  for (const std::string& name : outcome.gone) {
    const auto referred = outcome.referred.find(name);
    context.out << "  " << name
                << (referred == outcome.referred.end() ? "" : Cat({": referred to by ", referred->second}))
                << "\n";
  }
  const auto count = [&](const char* action) {
    const auto found = outcome.counts.find(action);
    return std::to_string(found == outcome.counts.end() ? 0 : found->second);
  };
  context.out << "\nInventory: " << count("created") << " created, " << count("updated") << " updated, "
              << count("unchanged") << " unchanged, "
              << (outcome.pruned ? Cat({count("deleted"), " deleted, "}) : "") << outcome.of_catalogue_there
              << " of the catalogue there already"
              << (outcome.dry_run ? " (dry run: nothing was written)" : "") << "\n";
}

void PrintFactQuestions(Context& context, const FactQuestions& asks) {
  if (asks.first.empty()) return;
  const std::string head = asks.first.size() == asks.unknown
                               ? Cat({"What is left to find out (", std::to_string(asks.unknown), ")"})
                               : Cat({"What to find out first (", std::to_string(asks.first.size()), " of ",
                                      std::to_string(asks.unknown), " unknown facts)"});
  context.out << "\n" << Painted(head, Paint::kBold, context.colour) << "\n";
  std::istringstream lines(WriteFactQuestions(asks));
  for (std::string line; std::getline(lines, line);)
    context.out << Painted(line, line[0] == '#' ? Paint::kDim : Paint::kNone, context.colour) << "\n";
}

}  // namespace linchpin::cli
