#include "services/cli/commands/policy/finding_changes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/base/enum_words.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/as_of_client.h"
#include "services/cli/commands/policy/findings.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"
#include "services/resource/json/json_writer.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;

std::string WordOf(policy::Severity severity) {
  return policy::Severity_Name(severity).substr(sizeof("SEVERITY_") - 1);
}

// How far the measure lies beyond its limit, in the direction of a violation; 0 without a measure.
double Excess(const policy::Finding& finding) {
  if (!finding.explanation().has_measure()) return 0;
  const policy::Explanation::Measure& measure = finding.explanation().measure();
  const double beyond = measure.value() - measure.limit();
  return measure.comparator().rfind("LT", 0) == 0 || measure.comparator().rfind("LE", 0) == 0 ? -beyond
                                                                                              : beyond;
}

// Compares two states of one finding that is open at both.
FindingChange Compare(const policy::Finding& before, const policy::Finding& after) {
  FindingChange change{Movement::kSame, before, after, ""};
  if (before.severity() != after.severity()) {
    change.movement = after.severity() > before.severity() ? Movement::kWorse : Movement::kBetter;
    change.why = Cat({WordOf(before.severity()), " to ", WordOf(after.severity())});
    return change;
  }
  const double excess_before = Excess(before), excess_after = Excess(after);
  if (excess_before == excess_after) return change;
  change.movement = excess_after > excess_before ? Movement::kWorse : Movement::kBetter;
  change.why = Cat({Fixed(before.explanation().measure().value(), 3), " to ",
                    Fixed(after.explanation().measure().value(), 3)});
  return change;
}

bool Before(const FindingChange& a, const FindingChange& b) {
  if (a.movement != b.movement) return a.movement < b.movement;
  if (a.finding().severity() != b.finding().severity())
    return a.finding().severity() > b.finding().severity();
  return a.finding().name() < b.finding().name();
}

const char* WordOf(Movement movement) {
  switch (movement) {
    case Movement::kNew:
      return "new";
    case Movement::kWorse:
      return "worse";
    case Movement::kBetter:
      return "better";
    case Movement::kResolved:
      return "resolved";
    case Movement::kSame:
      break;
  }
  return "same";
}

Table::Cell MovementCell(Movement movement) {
  const bool bad = movement == Movement::kNew || movement == Movement::kWorse;
  return {WordOf(movement), bad ? Paint::kRed : Paint::kGreen};
}

// What the measure or severity did, or why it is resolved; then what it is about.
Table ChangeTable(const std::vector<FindingChange>& changes) {
  Table table({{"CHANGE"}, {"SEVERITY"}, {"ID"}, {"RULE"}, {"FROM TO"}, {"FINDING", false, true}});
  for (const FindingChange& change : changes) {
    const policy::Finding& finding = change.finding();
    table.Add({MovementCell(change.movement), SeverityCell(finding.severity()), ShortId(finding),
               finding.rule(), change.why, finding.message()});
  }
  return table;
}

int CountOf(const std::vector<FindingChange>& changes, Movement movement) {
  return static_cast<int>(std::count_if(changes.begin(), changes.end(), [&](const FindingChange& change) {
    return change.movement == movement;
  }));
}

std::string Summary(const std::vector<FindingChange>& changes) {
  std::string text;
  for (Movement movement : {Movement::kNew, Movement::kWorse, Movement::kBetter, Movement::kResolved}) {
    text +=
        Cat({text.empty() ? "" : ", ", std::to_string(CountOf(changes, movement)), " ", WordOf(movement)});
  }
  return text;
}

// {"change": "new", "finding": {...}, "before": {...}}
void PrintJson(const Context& context, const std::vector<FindingChange>& changes, bool lines) {
  const char* separator = "";
  context.out << (lines ? "" : "[");
  for (const FindingChange& change : changes) {
    context.out << separator << "{\"change\": \"" << WordOf(change.movement)
                << "\", \"finding\": " << resource::WriteJson(change.finding(), 0);
    if (change.before && change.after)
      context.out << ", \"before\": " << resource::WriteJson(*change.before, 0);
    context.out << "}" << (lines ? "\n" : "");
    separator = lines ? "" : ",\n ";
  }
  context.out << (lines ? "" : "]\n");
}

// A finding about a dependency is about the consumer that it belongs to.
bool IsAbout(const policy::Finding& finding, const std::string& subject) {
  return finding.subject() == subject || finding.subject().rfind(subject + "/", 0) == 0;
}

// A resolved finding as it stands now, with the reason; as it stood if it is no longer kept.
void TellResolved(Client& client, std::vector<FindingChange>& changes) {
  for (FindingChange& change : changes) {
    if (change.movement != Movement::kResolved) continue;
    policy::GetFindingRequest request;
    policy::Finding finding;
    request.set_name(change.before->name());
    if (!client.Call(kPolicy, "GetFinding", request, finding).ok()) continue;
    change.why = base::EnumWords(policy::Finding::ResolvedReason_Name(finding.resolved_reason())
                                     .substr(sizeof("RESOLVED_REASON_") - 1));
    change.after = std::move(finding);
  }
}

}  // namespace

std::vector<FindingChange> CompareFindings(const std::vector<policy::Finding>& before,
                                           const std::vector<policy::Finding>& after) {
  std::map<std::string, const policy::Finding*> then;
  for (const policy::Finding& finding : before) then[finding.name()] = &finding;
  std::vector<FindingChange> changes;
  for (const policy::Finding& finding : after) {
    const auto known = then.find(finding.name());
    FindingChange change = known == then.end() ? FindingChange{Movement::kNew, std::nullopt, finding, ""}
                                               : Compare(*known->second, finding);
    if (known != then.end()) then.erase(known);
    if (change.movement == Movement::kNew && finding.episode() > 1) change.why = "reopened";
    if (change.movement != Movement::kSame) changes.push_back(std::move(change));
  }
  for (const auto& [name, finding] : then) {
    changes.push_back({Movement::kResolved, *finding, std::nullopt, ""});
  }
  std::sort(changes.begin(), changes.end(), Before);
  return changes;
}

absl::StatusOr<int> ListFindingChanges(Context& context, const policy::ListFindingsRequest& request) {
  const absl::StatusOr<std::string> since = AsOfText("since", context.arguments.Get("since"), context.now());
  if (!since.ok()) return since.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  policy::ListFindingsRequest then = request;
  then.set_as_of(*since);
  // Whom a data gap concerned is not kept: all of then is read, and told apart here.
  then.clear_subject();
  absl::StatusOr<FindingList> before = ReadFindings(**client, then, 0);
  if (base::Is<base::reason::BeforeHistory>(before.status())) {
    context.Note("nothing was recorded then yet: whatever is open counts as new");
    before = FindingList();
  }
  if (!before.ok()) return before.status();
  const absl::StatusOr<FindingList> after = ReadFindings(**client, request, 0);
  if (!after.ok()) return after.status();
  std::vector<FindingChange> changes = CompareFindings(before->findings, after->findings);
  if (!request.subject().empty()) {
    std::erase_if(changes, [&](const FindingChange& change) {
      return change.movement == Movement::kResolved && !IsAbout(change.finding(), request.subject());
    });
  }
  TellResolved(**client, changes);
  const std::string format = context.Output("table");
  if (format == "json" || format == "jsonl") {
    PrintJson(context, changes, format == "jsonl");
    return kOk;
  }
  if (format == "yaml" || format == "name")
    return UsageError("--since answers as table, wide, csv, json or jsonl");
  if (!changes.empty() || format == "csv") PrintTable(context, ChangeTable(changes));
  context.Note(Cat(
      {"since ", *since, ": ", Summary(changes), "; ", std::to_string(after->findings.size()), " open now"}));
  return kOk;
}

}  // namespace linchpin::cli
