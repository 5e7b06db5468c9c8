// risk sweep: every loss in turn, ranked.
#include <algorithm>
#include <functional>

#include "linchpin/risk/v1/sweep.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/stand_in_text.h"
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

std::string Readings(const risk::AtomLosses& losses,
                     const std::function<std::string(const risk::AtomLoss&)>& text, bool all) {
  return ReadingText(text(losses.proven()), text(losses.likely()), text(losses.not_excluded()), all);
}

// Those that are surely hit before those that probably are; with `all` also those of whom it cannot be
// excluded.
std::string HardestHit(const risk::AtomImpact& atom, bool all) {
  std::vector<std::string> parts;
  auto add = [&](const auto& names, const char* word) {
    if (names.empty()) return;
    parts.push_back(Cat({word, base::JoinNames({names.begin(), names.end()}, 3)}));
  };
  add(atom.consumers(), "");
  add(atom.likely_consumers(), "probably ");
  if (all) add(atom.not_excluded_consumers(), "not excluded: ");
  return base::JoinNames(parts, parts.size());
}

// Nothing that is stated or likely points to a loss.
bool IsOnlyNotExcluded(const risk::AtomImpact& atom) {
  return atom.sustained().likely().impacted() == 0 && atom.immediate().likely().impacted() == 0;
}

void PrintAtoms(Context& context, const risk::SweepResult& result, bool all) {
  Table table(
      {{"LOSS OF"}, {"LOST AT ONCE"}, {"LOST FOR GOOD"}, {"STOPPED FOR GOOD"}, {"HARDEST HIT", false, true}});
  int left = 0;
  for (const risk::AtomImpact& atom : result.atoms()) {
    if (!all && IsOnlyNotExcluded(atom)) {
      ++left;
      continue;
    }
    auto percent = [](const risk::AtomLoss& loss) { return PercentOfPpm(loss.index_ppm()); };
    auto down = [](const risk::AtomLoss& loss) { return Grouped(loss.down()); };
    const Paint paint = atom.sustained().proven().down() > 0   ? Paint::kRed
                        : atom.sustained().likely().down() > 0 ? Paint::kYellow
                                                               : Paint::kNone;
    table.Add({atom.key(), Readings(atom.immediate(), percent, all), Readings(atom.sustained(), percent, all),
               Table::Cell(Readings(atom.sustained(), down, all), paint), HardestHit(atom, all)});
  }
  context.out << StandInText(result.stand_in_route_count());
  if (!table.empty()) PrintTable(context, table);
  if (left > 0) {
    context.out << (table.empty() ? "" : "\n")
                << Painted(Cat({"Of ", Counted(left, "more loss", "more losses"),
                                " nothing points to harm, though it cannot be excluded; --all lists them."}),
                           Paint::kDim, context.colour)
                << "\n";
  }
}

// The same for programs: the readings apart, in base units.
void PrintAtomsCsv(Context& context, const risk::SweepResult& result) {
  std::vector<Table::Column> columns = {{"LOSS OF"}};
  for (const char* when : {"AT ONCE", "FOR GOOD"}) {
    for (const char* reading : {"PROVEN", "LIKELY", "NOT EXCLUDED"}) {
      for (const char* figure : {"LOST PPM", "IMPAIRED", "STOPPED"})
        columns.push_back({Cat({figure, " ", when, " ", reading})});
    }
  }
  for (const char* head : {"CONSUMERS PROVEN", "CONSUMERS LIKELY", "CONSUMERS NOT EXCLUDED"})
    columns.push_back({head});
  Table table(columns);
  for (const risk::AtomImpact& atom : result.atoms()) {
    std::vector<Table::Cell> row = {atom.key()};
    for (const risk::AtomLosses* losses : {&atom.immediate(), &atom.sustained()}) {
      for (const risk::AtomLoss* loss : {&losses->proven(), &losses->likely(), &losses->not_excluded()}) {
        row.emplace_back(std::to_string(loss->index_ppm()));
        row.emplace_back(std::to_string(loss->impacted()));
        row.emplace_back(std::to_string(loss->down()));
      }
    }
    for (const auto* names : {&atom.consumers(), &atom.likely_consumers(), &atom.not_excluded_consumers()}) {
      row.emplace_back(base::JoinNames({names->begin(), names->end()}, static_cast<size_t>(names->size())));
    }
    table.Add(std::move(row));
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
    context.out
        << "Each is lost alone, completely and permanently: what fails at once, and what stays down when "
           "every fallback has taken over; "
        << SnapshotText(result.inventory()) << "\n\n";
  }
  if (result.atoms_size() == 0 && format != "csv") {
    context.out << "No loss hits anything.\n";
    return kOk;
  }
  const bool all = context.arguments.Has("all") || format == "wide";
  format == "csv" ? PrintAtomsCsv(context, result) : PrintAtoms(context, result, all);
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
      {.path = "risk sweep",
       .summary =
           "Simulate the loss of each vendor, host, licence, model or country, one at a time, and rank them.",
       .flags =
           {{"class", 0, "CLASS", "What to lose, one at a time. Default: vendor. Repeatable.", "",
             FlagWords(*risk::AtomClass_descriptor())},
            {"readiness", 0, "READINESS",
             "Rank by what stays lost when all alternatives stand in, or by what is lost at once.",
             "sustained", FlagWords(*risk::Readiness_descriptor())},
            {"all", 0, "", "List also losses that cannot be excluded but to which nothing points.", "", {}},
            LimitFlag(kAtomsShown)},
       .outputs = ListOutputs(),
       .reads_past = true,
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk sweep", "linchpin risk sweep --class vendor --class host --class weights",
                    "linchpin risk sweep --readiness immediate -o csv"},
       .details = "What is lost is weighted by criticality. Figures are proven; where likely facts add to "
                  "them, both stand. `risk simulate` of the same loss says the same for the instant and for "
                  "the end of a long horizon.",
       .run = RiskSweep});
  return commands;
}

}  // namespace linchpin::cli
