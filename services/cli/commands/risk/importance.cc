// risk importance: which loss matters most to the failing of something.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "linchpin/risk/v1/importance.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/failure_flags.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int64_t kAtomsShown = 15;
constexpr int64_t kAtomsMax = 10'000;        // of the service
constexpr int64_t kTrialsMax = 100'000'000;  // of the service

// "vendor=0.05" of a class, "vendor:openai=0.02" of an atom.
absl::Status ReadChance(const std::string& text, risk::GetImportanceRequest& request) {
  const size_t equals = text.rfind('=');
  const char* const begin = text.data() + (equals == std::string::npos ? text.size() : equals + 1);
  const char* const end = text.data() + text.size();
  double chance = 0;
  const auto [parsed, error] = std::from_chars(begin, end, chance);
  if (error != std::errc() || parsed != end || !(chance >= 0 && chance <= 1))
    return UsageError(
        Cat({"--chance expects CLASS=P or ATOM=P with P from 0 to 1, such as vendor:openai=0.02; `", text,
             "` is not that"}));
  risk::AtomChance& message = *request.add_chances();
  message.set_chance(chance);
  const std::string subject = text.substr(0, equals);
  if (subject.find(':') != std::string::npos) {
    message.set_atom(subject);
    return absl::OkStatus();
  }
  absl::StatusOr<int> atom_class = FlagEnum(*risk::AtomClass_descriptor(), "chance", subject);
  if (!atom_class.ok()) return atom_class.status();
  message.set_atom_class(static_cast<risk::AtomClass>(*atom_class));
  return absl::OkStatus();
}

absl::StatusOr<risk::GetImportanceRequest> Request(const Context& context, Client& client) {
  risk::GetImportanceRequest request;
  for (const std::string& text : context.arguments.All("chance")) {
    if (absl::Status status = ReadChance(text, request); !status.ok()) return status;
  }
  absl::StatusOr<risk::FailureQuestion> question = ReadFailureQuestion(context, client);
  if (!question.ok()) return question.status();
  *request.mutable_question() = *std::move(question);
  absl::StatusOr<risk::Together> together = ReadTogether(context);
  if (!together.ok()) return together.status();
  request.set_together(*together);
  auto readings = ReadReadingFlags(context);
  if (!readings.ok()) return readings.status();
  request.mutable_readings()->Swap(&*readings);
  if (context.arguments.Has("trials")) {
    absl::StatusOr<int64_t> trials = context.arguments.Number("trials");
    if (!trials.ok()) return trials.status();
    if (*trials < 1 || *trials > kTrialsMax)
      return UsageError(Cat({"--trials must be from 1 to ", Grouped(kTrialsMax)}));
    request.set_trials(*trials);
  }
  absl::StatusOr<int64_t> limit = ListLimit(context, kAtomsShown);
  if (!limit.ok()) return limit.status();
  request.set_max_atoms(static_cast<int>(*limit == 0 ? kAtomsMax : std::min(*limit, kAtomsMax)));
  return request;
}

std::string Share(const risk::Figure& figure) {
  return Range(Percent(figure.lower()), Percent(figure.upper()));
}
std::string OneFactor(double value) { return std::isinf(value) ? "all" : Cat({Fixed(value, 2), "x"}); }
std::string Factor(const risk::Figure& figure) {
  return Range(OneFactor(figure.lower()), OneFactor(figure.upper()));
}

// The reading that is shown: likely, unless one is asked for.
const risk::ImportanceList& Shown(const risk::GetImportanceResponse& r) {
  for (const risk::ImportanceList& list : r.lists()) {
    if (list.reading() == risk::READING_LIKELY) return list;
  }
  return r.lists(0);
}

void PrintSentence(Context& context, const std::string& subject, const risk::GetImportanceResponse& r) {
  std::vector<std::string> parts;
  for (const risk::ImportanceList& list : r.lists())
    parts.push_back(Cat({ReadingText(list.reading()), " ", Share(list.failure())}));
  context.out << "Chance within a year that " << Painted(subject, Paint::kBold, context.colour)
              << " stops: " << base::JoinNames(parts, parts.size()) << ".\n";
  const risk::ImportanceList& shown = Shown(r);
  if (shown.atoms_size() == 0 || shown.failure().upper() <= 0) return;
  const risk::AtomImportance& first = shown.atoms(0);
  context.out << Painted("First:", Paint::kBold, context.colour) << " " << first.atom() << " is decisive in "
              << Share(first.criticality()) << " of the failures; without it they were "
              << (std::isinf(first.risk_reduction_worth().lower())
                      ? std::string("none")
                      : Cat({Factor(first.risk_reduction_worth()), " less likely"}))
              << ". `linchpin risk cut-sets` shows what it fails with, and through which dependency.\n";
}

// What drawing says, where the figures are bounds.
void PrintSamples(Context& context, const risk::GetImportanceResponse& r) {
  for (const risk::ImportanceList& list : r.lists()) {
    if (!list.has_sample()) continue;
    const risk::FailureSample& sample = list.sample();
    context.out << "In " << Grouped(sample.trials()) << " years drawn, " << ReadingText(list.reading())
                << ": it stops in " << Percent(sample.failure_ratio()) << " of them (standard error "
                << Percent(sample.standard_error()) << ").\n";
  }
}

void PrintAtoms(Context& context, const risk::ImportanceList& list) {
  Table table({{"LOSS OF", false, true},
               {"CHANCE", true},
               {"DECISIVE", true},
               {"HAS A PART", true, false, 2},
               {"IF LOST", true, false, 3},
               {"IF NEVER", true, false, 4},
               {"IF SEEN", true, false, 5},
               {"BIRNBAUM", true, false, 6}});
  for (const risk::AtomImportance& atom : list.atoms()) {
    table.Add({atom.atom(), Percent(atom.chance()), Share(atom.criticality()), Share(atom.fussell_vesely()),
               Factor(atom.risk_achievement_worth()), Factor(atom.risk_reduction_worth()),
               Share(atom.diagnostic()), Share(atom.birnbaum())});
  }
  PrintTable(context, table);
}

void PrintCsv(Context& context, const risk::GetImportanceResponse& r) {
  using Get = const risk::Figure& (risk::AtomImportance::*)() const;
  const std::vector<std::pair<const char*, Get>> figures = {
      {"BIRNBAUM", &risk::AtomImportance::birnbaum},
      {"CRITICALITY", &risk::AtomImportance::criticality},
      {"FUSSELL VESELY", &risk::AtomImportance::fussell_vesely},
      {"RAW", &risk::AtomImportance::risk_achievement_worth},
      {"RRW", &risk::AtomImportance::risk_reduction_worth},
      {"DIAGNOSTIC", &risk::AtomImportance::diagnostic}};
  std::vector<Table::Column> columns = {{"READING"}, {"ATOM"}, {"CHANCE"}};
  for (const auto& [head, get] : figures) {
    columns.push_back({Cat({head, " LOWER"})});
    columns.push_back({Cat({head, " UPPER"})});
  }
  Table table(columns);
  for (const risk::ImportanceList& list : r.lists()) {
    for (const risk::AtomImportance& atom : list.atoms()) {
      std::vector<Table::Cell> row = {FlagWord(*risk::Reading_descriptor(), list.reading()), atom.atom(),
                                      resource::FormatNumber(atom.chance())};
      for (const auto& [head, get] : figures) {
        row.emplace_back(resource::FormatNumber((atom.*get)().lower()));
        row.emplace_back(resource::FormatNumber((atom.*get)().upper()));
      }
      table.Add(std::move(row));
    }
  }
  PrintTable(context, table);
}

void PrintLimits(Context& context, const risk::GetImportanceResponse& r) {
  for (const risk::ImportanceList& list : r.lists()) {
    if (list.bound_reason() == risk::ImportanceList::BOUND_REASON_UNSPECIFIED) continue;
    context.Note(
        Cat({ReadingText(list.reading()), ": figures in brackets are bounds that hold for certain",
             list.numbers_bind_at().empty() ? "" : Cat({", since numbers bind at ", list.numbers_bind_at()}),
             "; name fewer consumers or classes for exact ones"}));
  }
  const risk::ImportanceList& shown = Shown(r);
  if (shown.atom_count() > shown.atoms_size()) {
    context.Note(Cat({"the first ", std::to_string(shown.atoms_size()), " of ",
                      std::to_string(shown.atom_count()), "; --limit shows more"}));
  }
}

absl::StatusOr<int> RiskImportance(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<risk::GetImportanceRequest> request = Request(context, **client);
  if (!request.ok()) return request.status();
  risk::GetImportanceResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "GetImportance", *request, response); !status.ok())
    return status;
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "csv") {
    PrintCsv(context, response);
    return kOk;
  }
  if (response.lists().empty()) return kOk;
  PrintSentence(context, SubjectText(request->question(), request->together()), response);
  PrintSamples(context, response);
  context.out << "\n";
  PrintAtoms(context, Shown(response));
  context.out << "\n"
              << ReadingText(Shown(response).reading()) << "; "
              << (response.hazard_table().empty() ? std::string()
                                                  : Cat({"chances of ", response.hazard_table(), " ",
                                                         response.hazard_table_version(), "; "}))
              << SnapshotText(response.inventory()) << "\n";
  PrintLimits(context, response);
  return kOk;
}

}  // namespace

std::vector<Command> ImportanceCommands() {
  std::vector<Flag> flags = FailureFlags();
  for (Flag& flag : TogetherFlags()) flags.push_back(std::move(flag));
  flags.push_back(
      {"chance",
       0,
       "WHAT=P",
       "Chance within a year of a class of losses (vendor=0.05) or of one (vendor:openai=0.02), in place "
       "of the table of hazards. Repeatable.",
       "",
       {}});
  flags.push_back({"trials",
                   0,
                   "N",
                   "How many years to draw where the chance is not exact, at most 100,000,000. Absent: "
                   "1,000,000.",
                   "",
                   {}});
  flags.push_back(LimitFlag(kAtomsShown));
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk importance",
       .summary = "Show which loss matters most to the failing of an application or business service.",
       .operands = "NAME...",
       .operands_min = 1,
       .operands_max = -1,
       .flags = flags,
       .outputs = FigureOutputs(),
       .reads_past = true,
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk importance claims",
                    "linchpin risk importance claims --chance vendor:openai=0.1",
                    "linchpin risk importance claims --class vendor --class host -o csv"},
       .details = "DECISIVE: the share of failures in which the loss is decisive (criticality). HAS A PART: "
                  "in which it is in a minimal cut set that occurs (Fussell-Vesely). IF LOST: how many times "
                  "as likely the failure were, with it lost for certain (RAW). IF NEVER: how many times less "
                  "likely, with it never lost (RRW). IF SEEN: the chance that it was lost, if the failure is "
                  "seen (diagnostic). The table reads likely facts unless --reading says otherwise.",
       .run = RiskImportance});
  return commands;
}

}  // namespace linchpin::cli
