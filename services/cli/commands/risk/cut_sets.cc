// risk cut-sets: the smallest sets of losses that stop something.
#include <algorithm>
#include <set>

#include "linchpin/risk/v1/cut_set.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/failure_flags.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int64_t kSetsShown = 20;
constexpr int64_t kSetsMax = 10'000;  // of the service
constexpr int64_t kSizeMax = 10;      // of the service

absl::StatusOr<risk::ListCutSetsRequest> Request(const Context& context, Client& client) {
  risk::ListCutSetsRequest request;
  absl::StatusOr<risk::FailureQuestion> question = ReadFailureQuestion(context, client);
  if (!question.ok()) return question.status();
  *request.mutable_question() = *std::move(question);
  absl::StatusOr<risk::Together> together = ReadTogether(context);
  if (!together.ok()) return together.status();
  request.set_together(*together);
  auto readings = ReadReadingFlags(context);
  if (!readings.ok()) return readings.status();
  request.mutable_readings()->Swap(&*readings);
  absl::StatusOr<int64_t> size = context.arguments.Number("max-size");
  if (!size.ok()) return size.status();
  if (*size < 1 || *size > kSizeMax)
    return UsageError("--max-size expects 1 to 10; --count-all counts larger sets");
  request.set_max_size(static_cast<int>(*size));
  request.set_count_all(context.arguments.Has("count-all"));
  absl::StatusOr<int64_t> limit = ListLimit(context, kSetsShown);
  if (!limit.ok()) return limit.status();
  request.set_max_sets(static_cast<int>(*limit == 0 ? kSetsMax : std::min(*limit, kSetsMax)));
  return request;
}

std::string Spaced(const google::protobuf::RepeatedPtrField<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += Cat({text.empty() ? "" : " ", word});
  return text;
}

std::string AtomsText(const risk::CutSet& set) {
  const std::vector<std::string> atoms(set.atoms().begin(), set.atoms().end());
  return atoms.empty() ? "nothing" : base::JoinNames(atoms, atoms.size());
}

std::string ThroughText(const risk::CutSet& set) {
  const std::vector<std::string> names(set.dependencies().begin(), set.dependencies().end());
  return base::JoinNames(names, 2);
}

const risk::CutSetList* ListOf(const risk::ListCutSetsResponse& r, risk::Reading reading) {
  for (const risk::CutSetList& list : r.lists()) {
    if (list.reading() == reading) return &list;
  }
  return nullptr;
}

int64_t Single(const risk::CutSetList* list) {
  return list == nullptr || list->count_by_size_size() < 2 ? 0 : list->count_by_size(1);
}

// The first set that holds for certain, else probably; what cannot be excluded is for asking, not for
// building.
const risk::CutSet* MostPressing(const risk::ListCutSetsResponse& r) {
  for (risk::Reading reading : {risk::READING_PROVEN, risk::READING_LIKELY}) {
    const risk::CutSetList* list = ListOf(r, reading);
    if (list != nullptr && list->cut_sets_size() > 0) return &list->cut_sets(0);
  }
  return nullptr;
}

// What to do about the first line.
void PrintAdvice(Context& context, const risk::ListCutSetsResponse& r) {
  const risk::CutSet* set = MostPressing(r);
  if (set == nullptr) {
    context.out << "No set of this size stops it, as far as is known.\n\n";
    return;
  }
  context.out << Painted("First:", Paint::kBold, context.colour) << " ";
  const std::string through = set->dependencies_size() > 0 ? set->dependencies(0) : "its dependency";
  if (set->atoms_size() == 0) {
    context.out << "it fails with nothing lost; see to " << through << ".\n\n";
  } else if (set->atoms_size() == 1) {
    context.out << "give " << through << " an alternative that goes on without " << set->atoms(0) << ".\n\n";
  } else {
    context.out << "no single loss stops it; it takes " << set->atoms_size() << ". An alternative for "
                << through << " beside " << AtomsText(*set) << " would make it take one more.\n\n";
  }
}

// "2 single losses stop applications/claims for certain, 3 probably; 17 cannot be excluded."
void PrintSentence(Context& context, const std::string& subject, const risk::ListCutSetsResponse& r) {
  const risk::CutSetList *proven = ListOf(r, risk::READING_PROVEN), *likely = ListOf(r, risk::READING_LIKELY),
                         *open = ListOf(r, risk::READING_NOT_EXCLUDED);
  std::vector<std::string> parts;
  if (proven != nullptr) parts.push_back(Cat({std::to_string(Single(proven)), " for certain"}));
  if (likely != nullptr) parts.push_back(Cat({std::to_string(Single(likely)), " probably"}));
  if (open != nullptr) parts.push_back(Cat({std::to_string(Single(open)), " where nothing is excluded"}));
  context.out << "Single losses that stop " << Painted(subject, Paint::kBold, context.colour) << ": "
              << base::JoinNames(parts, parts.size()) << ".\n";
}

// Sets that hold for certain first, then those that probably do; the rest only where nothing else is there.
void PrintSets(Context& context, const risk::ListCutSetsResponse& r) {
  Table table({{"LOSS OF", false, true}, {"READING"}, {"THROUGH", false, false, 1}});
  std::set<std::string> shown;
  for (const risk::CutSetList& list : r.lists()) {
    if (list.reading() == risk::READING_NOT_EXCLUDED && r.lists_size() > 1) continue;
    for (const risk::CutSet& set : list.cut_sets()) {
      if (!shown.insert(AtomsText(set)).second) continue;
      const bool pressing = set.atoms_size() <= 1 && list.reading() == risk::READING_PROVEN;
      table.Add({Table::Cell(AtomsText(set), pressing ? Paint::kRed : Paint::kNone),
                 ReadingText(list.reading()), ThroughText(set)});
    }
  }
  if (!table.empty()) {
    PrintTable(context, table);
    context.out << "\n";
  }
}

void PrintCounts(Context& context, const risk::ListCutSetsResponse& r) {
  std::vector<Table::Column> columns = {{"SETS OF SIZE", true}};
  int sizes = 0;
  for (const risk::CutSetList& list : r.lists()) {
    std::string head = ReadingText(list.reading());
    for (char& c : head) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    columns.push_back({head, true});
    sizes = std::max(sizes, list.count_by_size_size());
  }
  Table table(columns);
  for (int size = 0; size < sizes; ++size) {
    std::vector<Table::Cell> row = {std::to_string(size)};
    bool any = size > 0;
    for (const risk::CutSetList& list : r.lists()) {
      const bool known = size < list.count_by_size_size() || list.counted_all();
      const int64_t count = size < list.count_by_size_size() ? list.count_by_size(size) : 0;
      any |= count > 0;
      row.emplace_back(known ? Grouped(count) : "?");
    }
    if (any) table.Add(row);
  }
  PrintTable(context, table);
}

void PrintLimits(Context& context, const risk::ListCutSetsRequest& request,
                 const risk::ListCutSetsResponse& r) {
  for (const risk::CutSetList& list : r.lists()) {
    const std::string reading = ReadingText(list.reading());
    if (!list.has_complete_to_size()) {
      context.Note(
          Cat({reading, ": too many sets to find any for certain; name fewer consumers or classes"}));
    } else if (list.complete_to_size() < request.max_size()) {
      context.Note(Cat({reading, ": complete up to size ", std::to_string(list.complete_to_size()),
                        " only; name fewer consumers or classes for more"}));
    }
    if (list.omitted_count() > 0 && list.reading() != risk::READING_NOT_EXCLUDED)
      context.Note(Cat({reading, ": ", Grouped(list.omitted_count()),
                        " more are counted and not listed; --limit shows more"}));
    if (!list.numbers_bind_at().empty())
      context.Note(
          Cat({reading, ": sets were tried one by one, since numbers bind at ", list.numbers_bind_at()}));
  }
}

void PrintCsv(Context& context, const risk::ListCutSetsResponse& r) {
  Table table({{"READING"}, {"SIZE"}, {"ATOMS"}, {"DEPENDENCIES"}});
  for (const risk::CutSetList& list : r.lists()) {
    for (const risk::CutSet& set : list.cut_sets()) {
      table.Add({FlagWord(*risk::Reading_descriptor(), list.reading()), std::to_string(set.atoms_size()),
                 Spaced(set.atoms()), Spaced(set.dependencies())});
    }
  }
  PrintTable(context, table);
}

absl::StatusOr<int> RiskCutSets(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<risk::ListCutSetsRequest> request = Request(context, **client);
  if (!request.ok()) return request.status();
  risk::ListCutSetsResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "ListCutSets", *request, response); !status.ok())
    return status;
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "csv") {
    PrintCsv(context, response);
    return kOk;
  }
  PrintSentence(context, SubjectText(request->question(), request->together()), response);
  PrintAdvice(context, response);
  PrintSets(context, response);
  PrintCounts(context, response);
  context.out << "\n"
              << FlagWord(*risk::Readiness_descriptor(), request->question().readiness())
              << " alternatives standing in; " << SnapshotText(response.inventory()) << "\n";
  PrintLimits(context, *request, response);
  return kOk;
}

}  // namespace

std::vector<Command> CutSetCommands() {
  std::vector<Flag> flags = FailureFlags();
  for (Flag& flag : TogetherFlags()) flags.push_back(std::move(flag));
  flags.push_back({"max-size", 0, "SIZE", "Size of the largest sets that are listed, 1 to 10.", "3", {}});
  flags.push_back({"count-all", 0, "", "Count the sets of every size, exactly.", "", {}});
  flags.push_back(LimitFlag(kSetsShown));
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk cut-sets",
       .summary = "Show the smallest sets of losses that stop an application or business service.",
       .operands = "[NAME...]",
       .operands_max = -1,
       .flags = flags,
       .outputs = FigureOutputs(),
       .reads_past = true,
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk cut-sets claims",
                    "linchpin risk cut-sets claims --max-size 2 --class vendor --class host",
                    "linchpin risk cut-sets claims search --together all",
                    "linchpin risk cut-sets claims --count-all -o json"},
       .details =
           "A set is listed if losing all of it stops the consumer, and losing less of it does not. Those of "
           "size 1 are single points of failure. Without a name: sets that stop any consumer at all. THROUGH "
           "names the dependencies that are lost. Sets are listed that hold for certain and then those that "
           "probably do; --reading not-excluded lists what open facts do not rule out.",
       .run = RiskCutSets});
  return commands;
}

}  // namespace linchpin::cli
