#include "services/cli/check/check_report.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "services/base/enum_words.h"
#include "services/base/text.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/score_text.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using base::Cat;
using Figures = risk::AssessChangeResponse::Figures;
using FindingList = google::protobuf::RepeatedPtrField<policy::CheckChangeResponse::FindingChange>;

// Where the documents of the files stand, by name.
class Places {
 public:
  explicit Places(const Loaded& loaded) {
    for (const resource::Document& document : loaded.documents) {
      by_name_.emplace(document.name(), FilePlace{document.file, document.at.line});
    }
  }

  // Where its subject is declared; else the nearest thing on its paths, what it names, what its facts are of.
  FilePlace Of(const policy::Finding& finding) const {
    if (const FilePlace* place = Find(finding.subject())) return *place;
    for (const auto& path : finding.explanation().paths()) {
      for (const std::string& name : path.names()) {
        if (const FilePlace* place = Find(name)) return *place;
      }
    }
    for (const std::string& name : finding.related()) {
      if (const FilePlace* place = Find(name)) return *place;
    }
    for (const auto& fact : finding.explanation().facts()) {
      if (const FilePlace* place = Find(fact.resource())) return *place;
    }
    const FilePlace* place = Find(finding.assignment());
    return place == nullptr ? FilePlace() : *place;
  }

 private:
  const FilePlace* Find(const std::string& name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
  }

  std::unordered_map<std::string, FilePlace> by_name_;
};

void Take(FindingList& from, FindingSort sort, const Places& places, std::vector<CheckedFinding>& into) {
  for (auto& change : from) {
    const FilePlace place = places.Of(change.finding());
    into.push_back({sort, std::move(change), place});
  }
  from.Clear();
}

// "41.7% of weight, 3 consumers".
std::string EventText(const risk::AtomImpact& event) {
  const risk::AtomLoss& proven = event.sustained().proven();
  const risk::AtomLoss& not_excluded = event.sustained().not_excluded();
  const std::string share = PercentOfPpm(proven.index_ppm());
  const std::string at_most = PercentOfPpm(not_excluded.index_ppm());
  return Cat({event.key(), ": ", share == at_most ? share : Cat({share, " (at most ", at_most, ")"}),
              " of weight lost, ", Counted(proven.impacted(), "consumer", "consumers"), " hit"});
}

// "vendors/openai 41.7%, HHI 2,512".
std::string ConcentrationText(const risk::Concentration& figure) {
  if (figure.groups().empty()) return "nothing to measure";
  const auto& top = figure.groups(0);
  return Cat({top.key(), " ", Percent(top.share_ratio()), ", HHI ",
              Grouped(static_cast<int64_t>(std::llround(figure.hhi())))});
}

// "12.5%", "[12.5%, 40%] of weight".
std::string ForeignText(const risk::ForeignShare& foreign) {
  return Cat(
      {Range(Percent(foreign.foreign_share_lower_ratio()), Percent(foreign.foreign_share_upper_ratio())),
       " of weight"});
}

void AddFigure(std::string name, std::string before, std::string after, std::vector<FigureMove>& figures) {
  if (!before.empty() || !after.empty())
    figures.push_back({std::move(name), std::move(before), std::move(after)});
}

std::string DimensionText(common::v1::Dimension dimension) {
  return base::EnumWords(common::v1::Dimension_Name(dimension).substr(sizeof("DIMENSION_") - 1));
}

std::vector<FigureMove> FiguresOf(const risk::AssessChangeResponse& assessment) {
  std::vector<FigureMove> figures;
  const Figures& before = assessment.before();
  const Figures& after = assessment.after();
  AddFigure("risk score", before.has_portfolio() ? ScoreText(before.portfolio()) : "",
            after.has_portfolio() ? ScoreText(after.portfolio()) : "", figures);
  AddFigure("worst event", before.has_worst_event() ? EventText(before.worst_event()) : "",
            after.has_worst_event() ? EventText(after.worst_event()) : "", figures);
  for (int i = 0; i < std::min(before.concentrations_size(), after.concentrations_size()); ++i) {
    AddFigure(DimensionText(after.concentrations(i).dimension()), ConcentrationText(before.concentrations(i)),
              ConcentrationText(after.concentrations(i)), figures);
  }
  AddFigure("foreign", before.has_foreign() ? ForeignText(before.foreign()) : "",
            after.has_foreign() ? ForeignText(after.foreign()) : "", figures);
  for (const auto& move : assessment.moves()) {
    AddFigure(Cat({"score of ", move.name()}), move.has_before() ? ScoreText(move.before()) : "",
              move.has_after() ? ScoreText(move.after()) : "", figures);
  }
  return figures;
}

int64_t Count(const CheckReport& report, policy::Verdict effect) {
  int64_t count = 0;
  for (const CheckedFinding& finding : report.findings) count += finding.change.effect() == effect ? 1 : 0;
  return count;
}

int64_t CountFailed(const CheckReport& report, policy::Verdict effect) {
  int64_t count = 0;
  for (const auto& rule : report.answer.failed_rules()) count += rule.effect() == effect ? 1 : 0;
  return count;
}

}  // namespace

std::string_view NameOf(FindingSort sort) {
  switch (sort) {
    case FindingSort::kIntroduced:
      return "introduced";
    case FindingSort::kWorsened:
      return "worsened";
    case FindingSort::kObscured:
      return "no longer known";
    case FindingSort::kImproved:
      return "improved";
    default:
      return "resolved";
  }
}

std::string CheckReport::Verdict() const { return policy::Verdict_Name(answer.verdict()).substr(8); }

std::string CheckReport::Sentence() const {
  const int64_t worse = answer.totals().introduced() + answer.totals().worsened();
  const std::string of = Cat({" of ", Counted(worse, "new or worse finding", "new or worse findings")});
  if (answer.verdict() == policy::VERDICT_PASS) {
    if (worse == 0) return "no new or worse finding";
    return Cat(
        {Counted(worse, "new or worse finding", "new or worse findings"), ", none of which is enforced"});
  }
  const bool denies = answer.verdict() == policy::VERDICT_DENY;
  std::string text;
  if (const int64_t findings = Count(*this, answer.verdict()); findings > 0) {
    text = Cat({Grouped(findings), of, denies ? " must not be introduced" : " should not be introduced"});
  }
  if (const int64_t rules = CountFailed(*this, answer.verdict()); rules > 0) {
    text += Cat({text.empty() ? "" : "; ", Counted(rules, "rule", "rules"), " cannot be evaluated"});
  }
  // What decides may lie beyond the findings that are listed.
  return text.empty() ? Counted(worse, "new or worse finding", "new or worse findings") : text;
}

std::string CheckReport::ChangeText() const {
  const auto& inventory = answer.proposed();
  const auto& policies = answer.policies();
  const int64_t created = inventory.created() + policies.created();
  return Cat({Counted(created, "resource", "resources"), " created, ",
              Grouped(inventory.updated() + policies.updated()), " changed, ",
              Grouped(inventory.deleted() + policies.deleted()), " deleted; ",
              Grouped(inventory.unchanged() + policies.unchanged()), " unchanged"});
}

std::string CheckReport::BasisText() const {
  return Cat({"inventory revision ", std::to_string(answer.inventory().revision()), ", policy revision ",
              std::to_string(answer.policy_revision())});
}

CheckReport MakeCheckReport(const Loaded& loaded, policy::CheckChangeResponse answer,
                            risk::AssessChangeResponse assessment, bool fail_on_warn) {
  CheckReport report;
  const Places places(loaded);
  Take(*answer.mutable_introduced(), FindingSort::kIntroduced, places, report.findings);
  Take(*answer.mutable_worsened(), FindingSort::kWorsened, places, report.findings);
  Take(*answer.mutable_obscured(), FindingSort::kObscured, places, report.findings);
  Take(*answer.mutable_improved(), FindingSort::kImproved, places, report.findings);
  Take(*answer.mutable_resolved(), FindingSort::kResolved, places, report.findings);
  report.fails =
      answer.verdict() == policy::VERDICT_DENY || (fail_on_warn && answer.verdict() == policy::VERDICT_WARN);
  report.figures = FiguresOf(assessment);
  report.answer = std::move(answer);
  report.assessment = std::move(assessment);
  return report;
}

std::string RuleText(const policy::Finding& finding) {
  if (finding.type() == policy::Finding::TYPE_DATA_GAP) return "data gap";
  return Cat({resource::IdOf(finding.policy()), "/", finding.rule()});
}

std::string WhyText(const policy::Finding& finding) {
  const policy::Explanation& explanation = finding.explanation();
  std::string text;
  if (explanation.has_measure()) {
    const auto& measure = explanation.measure();
    return Cat({base::EnumWords(measure.metric()), " is ", MeasureText(measure.metric(), measure.value()),
                ", the limit ", MeasureText(measure.metric(), measure.limit())});
  }
  if (!explanation.paths().empty()) {
    for (const std::string& name : explanation.paths(0).names())
      text += Cat({text.empty() ? "" : " -> ", name});
    return text;
  }
  for (const auto& miss : explanation.near_misses()) {
    text += Cat(
        {text.empty() ? "" : "; ", miss.candidate(), miss.candidate().empty() ? "" : ": ", miss.reason()});
  }
  return text;
}

std::string BeforeText(const CheckedFinding& finding) {
  const auto& change = finding.change;
  if (change.severity_before() != policy::SEVERITY_UNSPECIFIED &&
      change.severity_before() != finding.finding().severity()) {
    return Cat({SeverityCell(change.severity_before()).text, " before"});
  }
  if (!change.has_measure_before()) return "";
  return Cat({MeasureText(change.measure_before().metric(), change.measure_before().value()), " before"});
}

std::string PlaceText(const FilePlace& place) {
  return place.file.empty() ? "" : Cat({place.file, ":", std::to_string(place.line)});
}

std::string AssignmentText(const CheckedFinding& finding) {
  const bool waived = finding.finding().state() == policy::Finding::STATE_WAIVED;
  return Cat({finding.finding().assignment(), " (", policy::Mode_Name(finding.change.mode()).substr(5),
              waived ? Cat({", waived by ", finding.finding().waiver()}) : "", ")"});
}

std::string ReasonText(const CheckedFinding& finding) {
  const auto reason = finding.finding().resolved_reason();
  if (reason != policy::Finding::RESOLVED_REASON_UNSPECIFIED)
    return base::EnumWords(
        policy::Finding::ResolvedReason_Name(reason).substr(sizeof("RESOLVED_REASON_") - 1));
  return finding.sort == FindingSort::kObscured ? "its rule cannot be evaluated" : "";
}

}  // namespace linchpin::cli
