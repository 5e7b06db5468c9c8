// The answer for programs: JSON and SARIF.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/base/text.h"
#include "services/cli/check/check_printers.h"
#include "services/cli/version.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;
using resource::JsonQuote;
using Members = std::vector<std::pair<std::string_view, std::string>>;  // Names, and values in JSON.

constexpr char kSchema[] = "https://json.schemastore.org/sarif-2.1.0.json";

std::string Object(const Members& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) {
    if (text.size() > 1) text += ",";
    text += Cat({JsonQuote(name), ":", value});
  }
  return text + "}";
}

std::string Array(const std::vector<std::string>& values) {
  std::string text = "[";
  for (const std::string& value : values) text += Cat({text.size() > 1 ? "," : "", value});
  return text + "]";
}

std::string Text(std::string_view text) { return Object({{"text", JsonQuote(text)}}); }

const char* LevelOf(policy::Severity severity) {
  return severity >= policy::SEVERITY_HIGH     ? "error"
         : severity == policy::SEVERITY_MEDIUM ? "warning"
                                               : "note";
}

// The rules of the results, each once.
class Rules {
 public:
  explicit Rules(const std::vector<RuleNote>& notes) {
    for (const RuleNote& note : notes) notes_.emplace(note.id, &note);
  }

  // The index of a rule.
  size_t Of(const std::string& id) {
    const auto [found, is_new] = indexes_.emplace(id, rules_.size());
    if (is_new) rules_.push_back(Rule(id));
    return found->second;
  }
  const std::vector<std::string>& all() const { return rules_; }

 private:
  std::string Rule(const std::string& id) const {
    const auto note = notes_.find(id);
    if (note == notes_.end()) return Object({{"id", JsonQuote(id)}, {"shortDescription", Text(id)}});
    const RuleNote& of = *note->second;
    Members members = {{"id", JsonQuote(id)}, {"shortDescription", Text(of.title.empty() ? id : of.title)}};
    if (!of.rationale.empty()) members.emplace_back("fullDescription", Text(of.rationale));
    if (!of.remediation.empty()) members.emplace_back("help", Text(of.remediation));
    return Object(members);
  }

  std::map<std::string, const RuleNote*> notes_;
  std::map<std::string, size_t> indexes_;
  std::vector<std::string> rules_;
};

std::string MessageOf(const CheckedFinding& finding) {
  std::string text = finding.finding().message();
  const auto add = [&text](std::string_view label, const std::string& more) {
    if (!more.empty()) text += Cat({"\n", label, more});
  };
  add("Before: ", BeforeText(finding));
  add("Why: ", WhyText(finding.finding()));
  add("What to do: ", finding.finding().remediation());
  add("", ReasonText(finding));
  return text;
}

std::string LocationOf(const CheckedFinding& finding) {
  Members members;
  if (!finding.place.file.empty()) {
    members.emplace_back(
        "physicalLocation",
        Object({{"artifactLocation", Object({{"uri", JsonQuote(FileUri(finding.place.file))}})},
                {"region", Object({{"startLine", std::to_string(finding.place.line)}})}}));
  }
  members.emplace_back("logicalLocations",
                       Array({Object({{"fullyQualifiedName", JsonQuote(finding.finding().subject())},
                                      {"kind", JsonQuote("resource")}})}));
  return Object(members);
}

std::string ResultOf(const CheckedFinding& finding, Rules& rules) {
  const policy::Finding& found = finding.finding();
  const std::string rule = RuleText(found);
  return Object(
      {{"ruleId", JsonQuote(rule)},
       {"ruleIndex", std::to_string(rules.Of(rule))},
       {"level", JsonQuote(LevelOf(found.severity()))},
       {"message", Text(MessageOf(finding))},
       {"locations", Array({LocationOf(finding)})},
       {"partialFingerprints", Object({{"linchpinFinding/v1", JsonQuote(resource::IdOf(found.name()))}})},
       {"baselineState", JsonQuote(finding.sort == FindingSort::kIntroduced ? "new" : "updated")},
       {"properties", Object({{"severity", JsonQuote(policy::Severity_Name(found.severity()).substr(9))},
                              {"assignment", JsonQuote(found.assignment())},
                              {"mode", JsonQuote(policy::Mode_Name(finding.change.mode()).substr(5))},
                              {"effect", JsonQuote(policy::Verdict_Name(finding.change.effect()).substr(8))},
                              {"change", JsonQuote(NameOf(finding.sort))}})}});
}

// What was not evaluated.
std::string NotificationsOf(const CheckReport& report) {
  std::vector<std::string> notifications;
  for (const auto& rule : report.answer.failed_rules()) {
    notifications.push_back(
        Object({{"level", JsonQuote("error")},
                {"message", Text(Cat({rule.assignment(), " ", rule.rule(), ": ", rule.message()}))}}));
  }
  return Array(notifications);
}

}  // namespace

std::string FileUri(std::string_view path) {
  // Not the colon: in the first part of a relative reference it would end a scheme.
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
  constexpr char kHex[] = "0123456789ABCDEF";
  while (path.starts_with("./")) path.remove_prefix(2);
  std::string uri;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return uri;
}

std::string CheckSarif(const CheckReport& report, const std::vector<RuleNote>& notes) {
  Rules rules(notes);
  std::vector<std::string> results;
  for (const CheckedFinding& finding : report.findings) {
    if (finding.sort == FindingSort::kImproved || finding.sort == FindingSort::kResolved) continue;
    results.push_back(ResultOf(finding, rules));
  }
  const std::string driver = Object(
      {{"name", JsonQuote("linchpin")}, {"version", JsonQuote(kVersion)}, {"rules", Array(rules.all())}});
  const std::string invocation =
      Object({{"executionSuccessful", report.answer.failed_rules().empty() ? "true" : "false"},
              {"exitCode", report.fails ? "3" : "0"},
              {"toolExecutionNotifications", NotificationsOf(report)}});
  const std::string run = Object({{"tool", Object({{"driver", driver}})},
                                  {"automationDetails", Object({{"id", JsonQuote("linchpin/check/")}})},
                                  {"invocations", Array({invocation})},
                                  {"columnKind", JsonQuote("unicodeCodePoints")},
                                  {"results", Array(results)},
                                  {"properties", Object({{"verdict", JsonQuote(report.Verdict())},
                                                         {"reason", JsonQuote(report.Sentence())}})}});
  return Object({{"$schema", JsonQuote(kSchema)}, {"version", JsonQuote("2.1.0")}, {"runs", Array({run})}}) +
         "\n";
}

std::string CheckJson(const CheckReport& report) {
  // The lists as they came.
  policy::CheckChangeResponse answer = report.answer;
  for (const CheckedFinding& finding : report.findings) {
    auto& list = finding.sort == FindingSort::kIntroduced ? *answer.mutable_introduced()
                 : finding.sort == FindingSort::kWorsened ? *answer.mutable_worsened()
                 : finding.sort == FindingSort::kObscured ? *answer.mutable_obscured()
                 : finding.sort == FindingSort::kImproved ? *answer.mutable_improved()
                                                          : *answer.mutable_resolved();
    *list.Add() = finding.change;
  }
  return Object({{"verdict", JsonQuote(report.Verdict())},
                 {"fails", report.fails ? "true" : "false"},
                 {"reason", JsonQuote(report.Sentence())},
                 {"change", resource::WriteJson(answer)},
                 {"figures", resource::WriteJson(report.assessment)}}) +
         "\n";
}

}  // namespace linchpin::cli
