#include "services/cli/print/evaluation_text.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;
using policy::EvaluationResult;

void PrintRules(Context& context, const EvaluationResult& result) {
  Table table({{"RULE"},
               {"ASSIGNMENT", false, false, 2},
               {"VIOLATION", true},
               {"LIKELY", true},
               {"INDETERMINATE", true},
               {"ERROR", true},
               {"NO DATA", true},
               {"PASS", true},
               {"LIKELY", true},
               {"NOT ASKED", true, false, 1}});
  for (const auto& rule : result.rules()) {
    std::map<std::pair<int, bool>, int64_t> counts;
    for (const auto& count : rule.counts())
      counts[{count.outcome(), count.certainty() == policy::CERTAINTY_LIKELY}] += count.count();
    const auto cell = [&](policy::Outcome outcome, bool likely, Paint paint) {
      const int64_t count = counts[{outcome, likely}];
      return Table::Cell(Grouped(count), count > 0 ? paint : Paint::kNone);
    };
    const auto all = [&](policy::Outcome outcome, Paint paint) {
      counts[{outcome, false}] += std::exchange(counts[{outcome, true}], 0);
      return cell(outcome, false, paint);
    };
    table.Add({Cat({resource::IdOf(rule.policy()), "/", rule.rule()}), rule.assignment(),
               cell(policy::OUTCOME_VIOLATION, false, Paint::kRed),
               cell(policy::OUTCOME_VIOLATION, true, Paint::kYellow),
               all(policy::OUTCOME_INDETERMINATE, Paint::kYellow), all(policy::OUTCOME_ERROR, Paint::kRed),
               all(policy::OUTCOME_NO_DATA, Paint::kYellow), cell(policy::OUTCOME_PASS, false, Paint::kNone),
               cell(policy::OUTCOME_PASS, true, Paint::kNone),
               all(policy::OUTCOME_NOT_APPLICABLE, Paint::kNone)});
  }
  PrintTable(context, table);
}

}  // namespace

bool IsWaived(const policy::Finding& finding) { return finding.state() == policy::Finding::STATE_WAIVED; }

void PrintEvaluation(Context& context, const EvaluationResult& result) {
  if (result.rules().empty()) {
    context.Note("no assignment is active, so that nothing is evaluated");
    return;
  }
  PrintRules(context, result);
  context.out << "\n";
  const std::vector<policy::Finding> findings(result.findings().begin(), result.findings().end());
  if (findings.empty()) {
    context.out << Painted("Nothing would be found.", Paint::kGreen, context.colour) << "\n";
  } else {
    PrintTable(context, FindingTable(findings, context.Output("table") == "wide"));
  }
  const auto waived = std::count_if(findings.begin(), findings.end(), IsWaived);
  context.Note(Cat({Counted(result.findings_size(), "finding", "findings"),
                    waived == 0 ? "" : Cat({", of which ", std::to_string(waived), " waived"}), " at ",
                    SnapshotText(result.inventory()), "; nothing was stored"}));
}

}  // namespace linchpin::cli
