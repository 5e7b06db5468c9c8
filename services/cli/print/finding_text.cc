#include "services/cli/print/finding_text.h"

#include <map>

#include "services/base/enum_words.h"
#include "services/base/text.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/evidence_text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/resource/kinds.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;

constexpr size_t kShortId = 12;

std::string RuleOf(const policy::Finding& finding) {
  if (finding.type() == policy::Finding::TYPE_WAIVER_EXPIRING) return "waiver expiring";
  if (finding.type() == policy::Finding::TYPE_DATA_GAP) return "data gap";
  if (finding.policy().empty()) return "-";
  return Cat({resource::IdOf(finding.policy()), "/", finding.rule()});
}

// The message, which mostly begins with its subject, else with the subject before it.
std::string WithSubject(const policy::Finding& finding) {
  if (finding.type() == policy::Finding::TYPE_DATA_GAP) return finding.message();
  if (finding.subject().empty() || finding.message().find(finding.subject()) != std::string::npos)
    return finding.message();
  return Cat({finding.subject(), ": ", finding.message()});
}

// The same, with what follows the subject's name relative to it: paths do not repeat where they begin.
std::string ShortMessage(const policy::Finding& finding) {
  std::string text = WithSubject(finding);
  const std::string& subject = finding.subject();
  size_t at = subject.empty() ? std::string::npos : text.find(subject);
  if (at == std::string::npos) return text;
  at += subject.size();
  for (const std::string& repeated : {subject + " -> ", subject + "/"}) {
    for (size_t found = text.find(repeated, at); found != std::string::npos;
         found = text.find(repeated, found))
      text.erase(found, repeated.size());
  }
  return text;
}

std::string ComparatorText(const std::string& comparator) {
  static const auto* const words = new std::map<std::string, std::string>{
      {"GT", "above"}, {"GE", "at least"}, {"LT", "below"}, {"LE", "at most"}, {"EQ", "exactly"}};
  const auto found = words->find(comparator);
  return found == words->end() ? comparator : found->second;
}

void PrintMeasure(Context& context, const policy::Explanation::Measure& m) {
  context.out << "\nMeasure: " << base::EnumWords(m.metric()) << " is " << MeasureText(m.metric(), m.value())
              << "; a violation when " << ComparatorText(m.comparator()) << " "
              << MeasureText(m.metric(), m.limit());
  if (m.lower() != m.upper())
    context.out << "; between " << MeasureText(m.metric(), m.lower()) << " and "
                << MeasureText(m.metric(), m.upper()) << ", as unknown facts turn out";
  context.out << "; " << Counted(m.population(), "consumer", "consumers") << "\n";
  const bool losses = m.metric() == "SHARE_KEPT";
  Table table({{losses ? "LOST" : "SHARE", true}, {losses ? "WITHOUT" : "GROUP"}});
  for (const auto& group : m.groups()) table.Add({Percent(group.share_ratio()), group.key()});
  table.Print(context.out, true, context.colour, 0, 2);
}

// --- How a measure has grown.

// What has become of a consumer that accounts for a growth.
std::string ChangeText(policy::Growth::Change change) {
  switch (change) {
    case policy::Growth::CHANGE_CAME:
      return "new in the inventory";
    case policy::Growth::CHANGE_WENT:
      return "gone: the rest weighs more";
    case policy::Growth::CHANGE_COUNTED:
      return "counted since";
    case policy::Growth::CHANGE_NO_LONGER_COUNTED:
      return "no longer counted: the rest weighs more";
    default:
      return "depends on something else, or weighs more";
  }
}

void PrintEnds(Context& context, const policy::Explanation& explanation) {
  const policy::Growth& growth = explanation.growth();
  const std::string& metric = explanation.measure().metric();
  Table table({{""}, {"WHEN"}, {"REVISION", true}, {"MEASURE", true}, {"CONSUMERS", true}});
  table.Add({"then", InstantText(growth.past_time()), Grouped(growth.past_revision()),
             MeasureText(metric, growth.past_value()), Grouped(growth.past_population())});
  table.Add({"now", InstantText(explanation.evaluated_time()), Grouped(explanation.inventory_revision()),
             MeasureText(metric, growth.value()), Grouped(explanation.measure().population())});
  table.Print(context.out, true, context.colour, 0, 2);
}

void PrintContributors(Context& context, const policy::Growth& growth) {
  if (growth.contributors_size() == 0) return;
  context.out << "\nWho accounts for it";
  if (!growth.group().empty()) context.out << ", by the weight of " << growth.group();
  context.out << ":\n";
  Table table({{"POINTS", true}, {"CONSUMER"}, {"THEN", true}, {"NOW", true}, {"WHAT", false, true}});
  for (const auto& one : growth.contributors())
    table.Add({Cat({"+", Percent(one.points())}), one.consumer(), Percent(one.past_part()),
               Percent(one.part()), ChangeText(one.change())});
  table.Print(context.out, true, context.colour, 0, 2);
  const int64_t more = growth.contributor_count() - growth.contributors_size();
  if (more > 0) context.out << "  ... and " << Grouped(more) << " more\n";
}

void PrintGrowth(Context& context, const policy::Explanation& explanation) {
  const policy::Growth& growth = explanation.growth();
  context.out << "\nBoth ends of the window:\n";
  PrintEnds(context, explanation);
  PrintContributors(context, growth);
  if (growth.moves_size() > 0) {
    context.out << "\nFacts that changed:\n";
    Table table({{"DEPLOYMENT"}, {"THEN"}, {"NOW"}});
    for (const auto& move : growth.moves()) table.Add({move.deployment(), move.from(), move.to()});
    table.Print(context.out, true, context.colour, 0, 2);
  }
  if (growth.learnt_count() == 0) return;
  context.out << "\nKnown since, and read so at both ends: "
              << Counted(growth.learnt_count(), "fact", "facts") << "\n";
  for (const std::string& learnt : growth.learnt()) context.out << "  " << learnt << "\n";
}

// A vendor's country is stated; the origin of its models is derived from it.
std::string DerivedText(const policy::Explanation::FactUsed& fact) {
  if (!fact.derived()) return "";
  return fact.path() == "country" ? ", from which the origin of its models is derived" : ", derived";
}

std::string StateText(policy::Finding::State state) {
  const auto* value = policy::Finding::State_descriptor()->FindValueByNumber(state);
  return value == nullptr ? "?" : base::EnumWords(resource::EnumShortName(*value));
}

// What became of it, oldest first.
void PrintTransitions(Context& context, const policy::Finding& finding) {
  if (finding.transitions().empty()) return;
  context.out << "\nHistory:\n";
  if (finding.earlier_transition_count() > 0) {
    context.out << "  "
                << Counted(finding.earlier_transition_count(), "earlier change is", "earlier changes are")
                << " no longer kept\n";
  }
  Table table({{"WHEN"}, {"STATE"}, {"BY"}, {"WHY", false, true}});
  for (const auto& step : finding.transitions()) {
    std::string state = StateText(step.to());
    if (step.from() == step.to()) state += Cat({", ", base::EnumWords(SeverityCell(step.severity()).text)});
    table.Add(
        {InstantText(step.time()), state, step.principal().empty() ? "-" : step.principal(), step.reason()});
  }
  table.Print(context.out, true, context.colour, 0, 2);
}

// Why a fact is taken to be so: the rule that it follows from, or the reason that a document states.
std::string LikelyText(const policy::Explanation::FactUsed& fact) {
  if (!fact.likely()) return fact.rule().empty() ? "" : Cat({", by rule ", fact.rule()});
  std::string text = ", likely";
  if (fact.likely_confidence() > 0) text += Cat({" (", Percent(fact.likely_confidence()), " sure)"});
  if (!fact.rule().empty()) text += Cat({", by rule ", fact.rule()});
  return fact.reason().empty() ? text : Cat({text, ": ", fact.reason()});
}

void PrintGap(Context& context, const policy::Finding& finding) {
  const policy::DataGap& gap = finding.data_gap();
  Table table({{""}, {""}});
  for (const std::string& name : gap.resources()) table.Add({"lacks it", name});
  table.Print(context.out, false, context.colour);
  if (gap.resource_count() > gap.resources_size())
    context.out << "... and " << Grouped(gap.resource_count() - gap.resources_size()) << " more lack it\n";
  if (!gap.fill_in().empty()) context.out << "\n" << gap.fill_in();
}

void PrintExplanation(Context& context, const policy::Explanation& e) {
  if (e.has_measure()) PrintMeasure(context, e.measure());
  if (e.has_growth()) PrintGrowth(context, e);
  if (e.paths_size() > 0) context.out << "\nPaths, what offends last:\n";
  for (const auto& path : e.paths()) {
    std::string text;
    for (const std::string& name : path.names()) text += Cat({text.empty() ? "" : " -> ", name});
    context.out << "  " << text << "\n";
  }
  if (e.facts_size() > 0) {
    context.out << "\nFacts:\n";
    Table table({{"RESOURCE"}, {"FIELD"}, {"VALUE"}, {"SOURCE", false, true}});
    for (const auto& fact : e.facts()) {
      table.Add(
          {fact.resource(), fact.path(),
           fact.unknown() ? Table::Cell("unknown", Paint::kYellow)
                          : Table::Cell(Cat({fact.value(), DerivedText(fact), LikelyText(fact)})),
           EvidenceText(fact.source(), fact.has_confidence() ? fact.confidence() : -1, fact.source_uri())});
    }
    table.Print(context.out, true, context.colour, 0, 2);
  }
  if (e.near_misses_size() == 0) return;
  context.out << "\nCandidates that do not qualify:\n";
  Table table({{"DEPENDENCY"}, {"CANDIDATE"}, {"WHY"}});
  for (const auto& miss : e.near_misses()) table.Add({miss.dependency(), miss.candidate(), miss.reason()});
  table.Print(context.out, true, context.colour, 0, 2);
}

}  // namespace

std::string MeasureText(const std::string& metric, double value) {
  const std::string words = base::EnumWords(metric);
  if (words.find("share") != std::string::npos) return Percent(value);
  return Fixed(value, words.find("hhi") != std::string::npos ? 0 : 2);
}

std::string InstantText(google::protobuf::Timestamp time) {
  time.set_nanos(0);
  return resource::FormatTime(time);
}

void PrintWatchLine(Context& context, const policy::Finding& finding, bool snapshot) {
  const Table::Cell severity = SeverityCell(finding.severity());
  const bool step = !snapshot && !finding.transitions().empty();
  context.out << InstantText(finding.state_time()) << "  "
              << Painted(severity.text, severity.paint, context.colour) << "  " << ShortId(finding) << "  "
              << StateText(finding.state()) << "  " << Clean(ShortMessage(finding));
  if (step) {
    const auto& last = *finding.transitions().rbegin();
    context.out << "  (" << (last.principal().empty() ? "" : Cat({Clean(last.principal()), ": "}))
                << Clean(last.reason()) << ")";
  }
  context.out << "\n";
}

Table::Cell SeverityCell(policy::Severity severity) {
  const auto* value = policy::Severity_descriptor()->FindValueByNumber(severity);
  const std::string name = value == nullptr ? "?" : resource::EnumShortName(*value);
  return {name, severity >= policy::SEVERITY_HIGH     ? Paint::kRed
                : severity == policy::SEVERITY_MEDIUM ? Paint::kYellow
                                                      : Paint::kNone};
}

Table::Cell CertaintyCell(policy::Certainty certainty) {
  const auto* value = policy::Certainty_descriptor()->FindValueByNumber(certainty);
  const bool known = value != nullptr && certainty != policy::CERTAINTY_UNSPECIFIED;
  return {known ? base::EnumWords(resource::EnumShortName(*value)) : "-",
          certainty == policy::CERTAINTY_PROVEN ? Paint::kNone : Paint::kYellow};
}

std::string ShortId(const policy::Finding& finding) {
  return std::string(resource::IdOf(finding.name())).substr(0, kShortId);
}

Table FindingTable(const std::vector<policy::Finding>& findings, bool wide) {
  std::vector<Table::Column> columns = {{"SEVERITY"}, {"CERTAINTY"}, {"ID"}, {"RULE", false, false, 1}};
  if (wide) {
    columns.insert(columns.end(),
                   {{"SUBJECT"}, {"STATE"}, {"FIRST SEEN"}, {"ASSIGNMENT"}, {"OWNER"}, {"WAIVER"}});
  }
  columns.push_back({"WHAT", false, true});
  Table table(columns);
  for (const policy::Finding& finding : findings) {
    std::vector<Table::Cell> row = {SeverityCell(finding.severity()), CertaintyCell(finding.certainty()),
                                    wide ? finding.name() : ShortId(finding), RuleOf(finding)};
    if (wide) {
      row.emplace_back(finding.subject());
      row.emplace_back(FieldText(finding, "state"));
      row.emplace_back(finding.has_first_seen_time() ? InstantText(finding.first_seen_time()) : "-");
      row.emplace_back(finding.assignment());
      row.emplace_back(finding.owner());
      row.emplace_back(finding.waiver());
    }
    row.emplace_back(wide ? finding.message() : ShortMessage(finding));
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
  table.Add({"certainty", CertaintyCell(finding.certainty()).text});
  table.Add({"subject", finding.subject()});
  table.Add({"rule", RuleOf(finding)});
  if (!finding.assignment().empty()) table.Add({"assignment", finding.assignment()});
  std::string state = base::EnumWords(FieldText(finding, "state"));
  if (finding.resolved_reason() != 0)
    state += Cat({", ", base::EnumWords(FieldText(finding, "resolved_reason"))});
  if (finding.has_state_time()) state += Cat({", since ", InstantText(finding.state_time())});
  table.Add({"state", state});
  if (!finding.owner().empty()) table.Add({"owner", finding.owner()});
  if (!finding.waiver().empty()) table.Add({"waiver", finding.waiver()});
  if (finding.has_acknowledgement()) {
    const auto& known = finding.acknowledgement();
    std::string text = Cat({known.principal(), ", ", InstantText(known.time())});
    if (!known.note().empty()) text += Cat({": ", known.note()});
    if (known.has_until_time()) text += Cat({" (until ", InstantText(known.until_time()), ")"});
    table.Add({"acknowledged by", text});
  }
  if (finding.has_first_seen_time()) {
    table.Add({"seen",
               Cat({InstantText(finding.first_seen_time()), " to ", InstantText(finding.last_seen_time())})});
  }
  const bool gap = finding.type() == policy::Finding::TYPE_DATA_GAP;
  for (const std::string& related : finding.related()) table.Add({gap ? "waits" : "related", related});
  table.Print(out, false, context.colour);
  if (gap && finding.data_gap().subject_count() > finding.related_size())
    out << "... and " << Grouped(finding.data_gap().subject_count() - finding.related_size())
        << " more wait\n";
  if (gap) PrintGap(context, finding);
  PrintExplanation(context, finding.explanation());
  PrintTransitions(context, finding);
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
