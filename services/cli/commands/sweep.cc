// risk sweep: every loss in turn, ranked.
#include <algorithm>

#include "linchpin/risk/v1/sweep.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

constexpr int64_t kAtomsShown = 20;
constexpr int64_t kAtomsMax = 10'000;  // of the service

namespace risk = linchpin::risk::v1;
using base::Cat;

absl::StatusOr<risk::SweepCutoffsRequest> SweepRequest(const Context& context) {
  risk::SweepCutoffsRequest request;
  for (const std::string& word : context.arguments.All("class")) {
    absl::StatusOr<int> atom_class = FlagEnum(*risk::AtomClass_descriptor(), "class", word);
    if (!atom_class.ok()) return atom_class.status();
    request.add_atom_classes(static_cast<risk::AtomClass>(*atom_class));
  }
  absl::StatusOr<int> readiness =
      FlagEnum(*risk::Readiness_descriptor(), "readiness", context.arguments.Get("readiness"));
  if (!readiness.ok()) return readiness.status();
  request.set_readiness(static_cast<risk::Readiness>(*readiness));
  absl::StatusOr<int64_t> limit = ListLimit(context, kAtomsShown);
  if (!limit.ok()) return limit.status();
  request.set_max_atoms(static_cast<int>(*limit == 0 ? kAtomsMax : std::min(*limit, kAtomsMax)));
  return request;
}

void PrintAtoms(Context& context, const risk::SweepResult& result) {
  Table table({{"LOSS OF"}, {"SERVICE LOST"}, {"IMPAIRED"}, {"STOPPED"}, {"HARDEST HIT", false, true}});
  for (const risk::AtomImpact& atom : result.atoms()) {
    const std::vector<std::string> consumers(atom.consumers().begin(), atom.consumers().end());
    const Paint paint = atom.best_down() > 0    ? Paint::kRed
                        : atom.worst_down() > 0 ? Paint::kYellow
                                                : Paint::kNone;
    table.Add({atom.key(), Range(PercentOfPpm(atom.best_index_ppm()), PercentOfPpm(atom.worst_index_ppm())),
               Range(Grouped(atom.best_impacted()), Grouped(atom.worst_impacted())),
               Table::Cell(Range(Grouped(atom.best_down()), Grouped(atom.worst_down())), paint),
               base::JoinNames(consumers, 3)});
  }
  PrintTable(context, table);
}

// The same for programs: both worlds apart, in base units.
void PrintAtomsCsv(Context& context, const risk::SweepResult& result) {
  Table table({{"LOSS OF"},
               {"SERVICE LOST BEST PPM"},
               {"SERVICE LOST WORST PPM"},
               {"IMPAIRED BEST"},
               {"IMPAIRED WORST"},
               {"STOPPED BEST"},
               {"STOPPED WORST"},
               {"HARDEST HIT"}});
  for (const risk::AtomImpact& atom : result.atoms()) {
    const std::vector<std::string> consumers(atom.consumers().begin(), atom.consumers().end());
    table.Add({atom.key(), std::to_string(atom.best_index_ppm()), std::to_string(atom.worst_index_ppm()),
               std::to_string(atom.best_impacted()), std::to_string(atom.worst_impacted()),
               std::to_string(atom.best_down()), std::to_string(atom.worst_down()),
               base::JoinNames(consumers, consumers.size())});
  }
  PrintTable(context, table);
}

absl::StatusOr<int> RiskSweep(Context& context) {
  absl::StatusOr<risk::SweepCutoffsRequest> request = SweepRequest(context);
  if (!request.ok()) return request.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  risk::SweepCutoffsResponse part;
  risk::SweepResult result;
  const bool progress = context.err_terminal && !context.quiet();
  absl::Status status = (*client)->Stream(kRisk, "SweepCutoffs", *request, part, [&] {
    if (part.has_result()) result = part.result();
    if (progress && part.has_progress()) {
      context.err << "\r" << part.progress().done() << " of " << part.progress().total() << "\x1b[K"
                  << std::flush;
    }
  });
  if (progress) context.err << "\r\x1b[K";
  if (!status.ok()) return status;
  if (PrintMessage(context, result)) return kOk;
  const std::string format = context.Output("table");
  if (format == "name") {
    for (const risk::AtomImpact& atom : result.atoms()) context.out << atom.key() << "\n";
    return kOk;
  }
  if (format != "csv") {
    context.out << "Each lost in turn, whole and for good, "
                << FlagWord(*risk::Readiness_descriptor(), request->readiness())
                << " alternatives standing in; [BEST, WORST]; " << SnapshotText(result.inventory()) << "\n\n";
  }
  if (result.atoms_size() == 0 && format != "csv") {
    context.out << "No loss hits anything.\n";
    return kOk;
  }
  format == "csv" ? PrintAtomsCsv(context, result) : PrintAtoms(context, result);
  if (result.atom_count() > result.atoms_size()) {
    context.Note(Cat({"the worst ", std::to_string(result.atoms_size()), " of ",
                      std::to_string(result.atom_count()), "; --limit shows more"}));
  }
  return kOk;
}

}  // namespace

std::vector<Command> SweepCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {"risk sweep",
       "Lose everything in turn and rank what it would do.",
       "",
       0,
       0,
       {{"class", 0, "CLASS", "What is lost in turn. Absent: vendor. May be given again.", "",
         FlagWords(*risk::AtomClass_descriptor())},
        {"readiness", 0, "READINESS",
         "Which alternatives stand in: all that ever can, or those that need no time.", "sustained",
         FlagWords(*risk::Readiness_descriptor())},
        LimitFlag(kAtomsShown)},
       {"linchpin risk sweep", "linchpin risk sweep --class vendor --class host --class weights",
        "linchpin risk sweep --readiness immediate -o csv"},
       "SERVICE LOST is weighted by criticality. Ranked by what is lost if unknown facts turn out well.",
       RiskSweep});
  return commands;
}

}  // namespace linchpin::cli
