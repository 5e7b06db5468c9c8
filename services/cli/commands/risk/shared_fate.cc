// risk shared-fate: fallbacks that fall together with what they stand in for.
#include <algorithm>

#include "linchpin/risk/v1/shared_fate.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/names.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using risk::ListSharedFatesResponse;
using risk::SharedAtom;
using risk::SharedFate;

constexpr int64_t kFatesShown = 20;
constexpr int64_t kFatesMax = 10'000;  // of the service
constexpr int kAtomsShown = 3;

// What an atom is to a deployment, as a verb: "runs", "hosts".
std::string LayerText(risk::SharedLayer layer) {
  switch (layer) {
    case risk::SHARED_LAYER_OPERATOR:
      return "operates";
    case risk::SHARED_LAYER_GATEWAY:
      return "is the gateway of";
    case risk::SHARED_LAYER_HOST_PROVIDER:
      return "hosts";
    case risk::SHARED_LAYER_DEVELOPER:
      return "develops";
    case risk::SHARED_LAYER_WEIGHTS_SOURCE:
      return "supplies the weights of";
    default:
      return "";
  }
}

// "vendor:microsoft (operates the first, hosts the fallback)".
std::string AtomText(const SharedAtom& atom) {
  const std::string first = LayerText(atom.primary_layer()), second = LayerText(atom.fallback_layer());
  std::string why;
  if (!first.empty() && first == second) {
    why = Cat({first, " both"});
  } else if (!first.empty() && !second.empty()) {
    why = Cat({first, " the first, ", second, " the fallback"});
  }
  return why.empty() ? atom.atom() : Cat({atom.atom(), " (", why, ")"});
}

std::string AtomsText(const SharedFate& fate) {
  std::string text;
  for (int i = 0; i < std::min(fate.atoms_size(), kAtomsShown); ++i) {
    text += Cat({i == 0 ? "" : ", ", AtomText(fate.atoms(i))});
  }
  const int64_t more = fate.atom_count() - std::min<int64_t>(fate.atoms_size(), kAtomsShown);
  return more > 0 ? Cat({text, " and ", Grouped(more), " more"}) : text;
}

Table::Cell StateText(const SharedFate& fate) {
  if (fate.atoms_size() == 0) return Table::Cell("stands", Paint::kGreen);
  switch (fate.atoms(0).reading()) {
    case risk::READING_PROVEN:
      return Table::Cell("falls too", Paint::kRed);
    case risk::READING_LIKELY:
      return Table::Cell("probably falls too", Paint::kYellow);
    default:
      return Table::Cell("not excluded", Paint::kDim);
  }
}

// Whether something leaves the dependency with nothing.
bool TakenWhole(const SharedFate& fate) {
  return std::any_of(fate.atoms().begin(), fate.atoms().end(), [](const SharedAtom& atom) {
    return atom.takes_all() && atom.reading() != risk::READING_NOT_EXCLUDED;
  });
}

void PrintSentence(Context& context, const ListSharedFatesResponse& r) {
  const int64_t proven = r.falling().proven(), likely = r.falling().likely() - proven;
  const int64_t with = r.dependency_count() - r.without_fallback_count();
  context.out << Painted(Cat({Grouped(proven), " of ", Counted(r.fallback_count(), "fallback", "fallbacks"),
                              proven == 1 ? " falls with what it stands in for"
                                          : " fall with what they stand in for",
                              likely > 0 ? Cat({", ", Grouped(likely), " more probably"}) : ""}),
                         Paint::kBold, context.colour)
              << ". " << Grouped(r.taken_whole().likely()) << " of "
              << Counted(with, "dependency that has one", "dependencies that have one")
              << (r.taken_whole().likely() == 1 ? " loses" : " lose") << " everything to one loss";
  if (r.without_fallback_count() > 0)
    context.out << "; " << Counted(r.without_fallback_count(), "dependency has", "dependencies have")
                << " none";
  context.out << ".\n";
}

void PrintFates(Context& context, const ListSharedFatesResponse& r) {
  Table table({{"DEPENDENCY"},
               {"FIRST", false, false, 2},
               {"FALLBACK"},
               {"WHEN THE FIRST FALLS"},
               {"LEFT", false, false, 1},
               {"BOTH FALL WITH", false, true}});
  for (const SharedFate& fate : r.fates()) {
    table.Add({fate.dependency(), fate.primary(), fate.fallback(), StateText(fate),
               fate.atoms_size() == 0 ? ""
               : TakenWhole(fate)     ? "nothing"
                                      : "another",
               AtomsText(fate)});
  }
  PrintTable(context, table);
}

void PrintCsv(Context& context, const ListSharedFatesResponse& r) {
  Table table({{"DEPENDENCY"},
               {"PRIMARY"},
               {"FALLBACK"},
               {"POSITION"},
               {"ATOM"},
               {"READING"},
               {"PRIMARY LAYER"},
               {"FALLBACK LAYER"},
               {"TAKES ALL"}});
  for (const SharedFate& fate : r.fates()) {
    for (const SharedAtom& atom : fate.atoms()) {
      table.Add({fate.dependency(), fate.primary(), fate.fallback(), std::to_string(fate.position()),
                 atom.atom(), FlagWord(*risk::Reading_descriptor(), atom.reading()),
                 FlagWord(*risk::SharedLayer_descriptor(), atom.primary_layer()),
                 FlagWord(*risk::SharedLayer_descriptor(), atom.fallback_layer()),
                 atom.takes_all() ? "yes" : "no"});
    }
  }
  PrintTable(context, table);
}

absl::StatusOr<int> RiskSharedFate(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  risk::ListSharedFatesRequest request;
  const auto consumers = NamesOfAnyKind(**client, context.arguments.operands);
  if (!consumers.ok()) return consumers.status();
  request.mutable_consumers()->Add(consumers->begin(), consumers->end());
  request.set_include_all(context.arguments.Has("all"));
  absl::StatusOr<int64_t> limit = ListLimit(context, kFatesShown);
  if (!limit.ok()) return limit.status();
  request.set_max_fates(static_cast<int>(*limit == 0 ? kFatesMax : std::min(*limit, kFatesMax)));
  ListSharedFatesResponse response;
  absl::Status status = (*client)->Call(kRisk, "ListSharedFates", request, response);
  if (!status.ok()) return status;
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "csv") {
    PrintCsv(context, response);
    return kOk;
  }
  PrintSentence(context, response);
  if (response.fates_size() > 0) {
    context.out << "\n";
    PrintFates(context, response);
  }
  context.out << "\n" << SnapshotText(response.inventory()) << "\n";
  if (response.fate_count() > response.fates_size()) {
    context.Note(Cat({"the first ", std::to_string(response.fates_size()), " of ",
                      std::to_string(response.fate_count()), "; --limit shows more"}));
  }
  if (response.taken_whole().likely() > 0)
    context.Note("\nNext:\n  linchpin risk remedies --kind add-fallback");
  return kOk;
}

}  // namespace

std::vector<Command> SharedFateCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk shared-fate",
       .summary = "Show fallbacks that fall together with what they stand in for, and by what.",
       .operands = "[NAME...]",
       .operands_max = -1,
       .flags = {{"all",
                  0,
                  "",
                  "List every fallback: also those of which it is only not excluded, and those that stand.",
                  "",
                  {}},
                 LimitFlag(kFatesShown)},
       .outputs = FigureOutputs(),
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk shared-fate", "linchpin risk shared-fate claims-triage",
                    "linchpin risk shared-fate --all -o csv"},
       .details = "Those that leave a dependency with nothing come first, then by criticality. LEFT says "
                  "whether another alternative stands. With names: of these applications, business services "
                  "and routes only.",
       .run = RiskSharedFate});
  return commands;
}

}  // namespace linchpin::cli
