#include "services/linchpin/finding_text.h"

#include "services/linchpin/enums.h"
#include "services/linchpin/figures.h"
#include "services/linchpin/output.h"
#include "services/resource/kinds.h"
#include "services/resource/scalars.h"
#include "services/resource/text.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using resource::Cat;

constexpr size_t kShortId = 12;

std::string RuleOf(const policy::Finding& finding) {
  if (finding.policy().empty())
    return finding.type() == policy::Finding::TYPE_DATA_GAP ? "missing fact" : "-";
  return Cat({resource::IdOf(finding.policy()), "/", finding.rule()});
}

// The message, which mostly begins with its subject, else with the subject before it.
std::string WithSubject(const policy::Finding& finding) {
  if (finding.subject().empty() || finding.message().find(finding.subject()) != std::string::npos)
    return finding.message();
  return Cat({finding.subject(), ": ", finding.message()});
}

// To the second.
std::string TimeText(google::protobuf::Timestamp time) {
  time.set_nanos(0);
  return resource::FormatTime(time);
}

void PrintMeasure(Context& context, const policy::Explanation::Measure& m) {
  context.out << "\nMeasure: " << Words(m.metric()) << " is " << resource::FormatNumber(m.value());
  if (!m.numerator().empty()) context.out << " (exactly " << m.numerator() << "/" << m.denominator() << ")";
  context.out << "; a violation when " << m.comparator() << " " << resource::FormatNumber(m.limit());
  if (m.lower() != m.upper())
    context.out << "; between " << resource::FormatNumber(m.lower()) << " and "
                << resource::FormatNumber(m.upper()) << ", as unknown facts turn out";
  context.out << "; " << Counted(m.population(), "consumer", "consumers") << "\n";
  Table table({{"SHARE", true}, {"GROUP"}});
  for (const auto& group : m.groups()) table.Add({Percent(group.share_ratio()), group.key()});
  table.Print(context.out, true, context.colour, 0, 2);
}

void PrintExplanation(Context& context, const policy::Explanation& e) {
  if (e.has_measure()) PrintMeasure(context, e.measure());
  if (e.paths_size() > 0) context.out << "\nPaths, what offends last:\n";
  for (const auto& path : e.paths()) {
    std::string text;
    for (const std::string& name : path.names()) text += Cat({text.empty() ? "" : " -> ", name});
    context.out << "  " << text << "\n";
  }
  if (e.facts_size() > 0) {
    context.out << "\nFacts:\n";
    Table table({{"RESOURCE"}, {"FIELD"}, {"VALUE"}});
    for (const auto& fact : e.facts()) {
      table.Add({fact.resource(), fact.path(),
                 fact.unknown() ? Table::Cell("unknown", Paint::kYellow)
                                : Table::Cell(Cat({fact.value(), fact.derived() ? " (derived)" : ""}))});
    }
    table.Print(context.out, true, context.colour, 0, 2);
  }
  if (e.near_misses_size() == 0) return;
  context.out << "\nCandidates that did not do:\n";
  Table table({{"DEPENDENCY"}, {"CANDIDATE"}, {"WHY"}});
  for (const auto& miss : e.near_misses()) table.Add({miss.dependency(), miss.candidate(), miss.reason()});
  table.Print(context.out, true, context.colour, 0, 2);
}

}  // namespace

Table::Cell SeverityCell(policy::Severity severity) {
  const auto* value = policy::Severity_descriptor()->FindValueByNumber(severity);
  const std::string name = value == nullptr ? "?" : resource::EnumShortName(*value);
  return {name, severity >= policy::SEVERITY_HIGH     ? Paint::kRed
                : severity == policy::SEVERITY_MEDIUM ? Paint::kYellow
                                                      : Paint::kNone};
}

std::string ShortId(const policy::Finding& finding) {
  return std::string(resource::IdOf(finding.name())).substr(0, kShortId);
}

Table FindingTable(const std::vector<policy::Finding>& findings, bool wide) {
  std::vector<Table::Column> columns = {{"SEVERITY"}, {"ID"}, {"RULE", false, false, 1}};
  if (wide) columns.insert(columns.end(), {{"SUBJECT"}, {"STATE"}, {"FIRST SEEN"}, {"ASSIGNMENT"}});
  columns.push_back({"WHAT", false, true});
  Table table(columns);
  for (const policy::Finding& finding : findings) {
    std::vector<Table::Cell> row = {SeverityCell(finding.severity()),
                                    wide ? finding.name() : ShortId(finding), RuleOf(finding)};
    if (wide) {
      row.emplace_back(finding.subject());
      row.emplace_back(FieldText(finding, "state"));
      row.emplace_back(finding.has_first_seen_time() ? TimeText(finding.first_seen_time()) : "-");
      row.emplace_back(finding.assignment());
    }
    row.emplace_back(wide ? finding.message() : WithSubject(finding));
    table.Add(std::move(row));
  }
  return table;
}

void PrintFinding(Context& context, const policy::Finding& finding) {
  std::ostream& out = context.out;
  const Table::Cell severity = SeverityCell(finding.severity());
  out << Painted(severity.text, severity.paint, context.colour) << " "
      << Painted(Clean(finding.message()), Paint::kBold, context.colour) << "\n\n";
  Table table({{""}, {""}});
  table.Add({"finding", finding.name()});
  table.Add({"subject", finding.subject()});
  table.Add({"rule", RuleOf(finding)});
  if (!finding.assignment().empty()) table.Add({"assignment", finding.assignment()});
  std::string state = Words(FieldText(finding, "state"));
  if (finding.resolved_reason() != 0) state += Cat({", ", Words(FieldText(finding, "resolved_reason"))});
  if (finding.has_state_time()) state += Cat({", since ", TimeText(finding.state_time())});
  table.Add({"state", state});
  if (finding.has_first_seen_time()) {
    table.Add(
        {"seen", Cat({TimeText(finding.first_seen_time()), " to ", TimeText(finding.last_seen_time())})});
  }
  for (const std::string& related : finding.related()) table.Add({"related", related});
  table.Print(out, false, context.colour);
  PrintExplanation(context, finding.explanation());
  if (!finding.remediation().empty()) out << "\nWhat to do: " << Clean(finding.remediation()) << "\n";
  if (finding.explanation().inventory_revision() > 0)
    out << "\nAt inventory revision " << finding.explanation().inventory_revision() << ".\n";
}

absl::StatusOr<policy::Severity> SeverityOf(std::string_view flag, std::string_view word) {
  absl::StatusOr<int> severity = FlagEnum(*policy::Severity_descriptor(), flag, word);
  if (!severity.ok()) return severity.status();
  return static_cast<policy::Severity>(*severity);
}

}  // namespace linchpin::cli
