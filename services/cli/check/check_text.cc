// The answer for a terminal.
#include <algorithm>

#include "services/base/text.h"
#include "services/cli/check/check_printers.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;

// Of each sort; more scroll what decides out of sight.
constexpr size_t kShown = 50;
constexpr size_t kFiguresShown = 12;

Paint PaintOf(policy::Verdict verdict) {
  return verdict == policy::VERDICT_DENY   ? Paint::kRed
         : verdict == policy::VERDICT_WARN ? Paint::kYellow
                                           : Paint::kGreen;
}

void PrintLine(std::ostream& out, std::string_view label, const std::string& text) {
  if (!text.empty()) out << "      " << label << ": " << Clean(text) << "\n";
}

void PrintFinding(Context& context, const CheckedFinding& finding) {
  std::ostream& out = context.out;
  const Table::Cell severity = SeverityCell(finding.finding().severity());
  out << "  " << Painted(severity.text, severity.paint, context.colour) << " "
      << Clean(RuleText(finding.finding())) << ": " << Clean(finding.finding().message());
  const std::string before = BeforeText(finding);
  const std::string reason = ReasonText(finding);
  if (!before.empty()) out << " (" << before << ")";
  if (!reason.empty()) out << " (" << reason << ")";
  out << "\n";
  if (finding.sort == FindingSort::kResolved || finding.sort == FindingSort::kImproved) return;
  PrintLine(out, "why", WhyText(finding.finding()));
  PrintLine(out, "what to do", finding.finding().remediation());
  PrintLine(out, "where", PlaceText(finding.place));
  PrintLine(out, "under", AssignmentText(finding));
}

int64_t TotalOf(const policy::CheckChangeResponse::ChangeTotals& totals, FindingSort sort) {
  switch (sort) {
    case FindingSort::kIntroduced:
      return totals.introduced();
    case FindingSort::kWorsened:
      return totals.worsened();
    case FindingSort::kObscured:
      return totals.obscured();
    case FindingSort::kImproved:
      return totals.improved();
    default:
      return totals.resolved();
  }
}

void PrintFindings(Context& context, const CheckReport& report) {
  constexpr FindingSort kSorts[] = {FindingSort::kIntroduced, FindingSort::kWorsened, FindingSort::kObscured,
                                    FindingSort::kImproved, FindingSort::kResolved};
  for (const FindingSort sort : kSorts) {
    const int64_t total = TotalOf(report.answer.totals(), sort);
    if (total == 0) continue;
    std::string head(NameOf(sort));
    head[0] = static_cast<char>(std::toupper(head[0]));
    context.out << "\n" << Painted(head, Paint::kBold, context.colour) << " (" << Grouped(total) << ")\n";
    int64_t shown = 0;
    for (const CheckedFinding& finding : report.findings) {
      if (finding.sort != sort || shown == static_cast<int64_t>(kShown)) continue;
      ++shown;
      PrintFinding(context, finding);
    }
    if (shown < total) context.out << "  and " << Grouped(total - shown) << " more; -o json has them\n";
  }
}

void PrintFailedRules(Context& context, const CheckReport& report) {
  if (report.answer.failed_rules().empty()) return;
  context.out << "\n"
              << Painted("Rules that cannot be evaluated", Paint::kBold, context.colour) << " ("
              << Grouped(report.answer.totals().failed_rules()) << ")\n";
  for (const auto& rule : report.answer.failed_rules()) {
    context.out << "  " << Clean(Cat({rule.assignment(), " ", rule.rule(), ": ", rule.message()})) << "\n";
  }
}

void PrintFigures(Context& context, const CheckReport& report) {
  if (report.figures.empty()) return;
  context.out << "\n" << Painted("Figures", Paint::kBold, context.colour) << "\n";
  Table table({{"FIGURE"}, {"BEFORE"}, {"AFTER"}});
  const size_t shown = std::min(report.figures.size(), kFiguresShown);
  for (size_t i = 0; i < shown; ++i) {
    const FigureMove& move = report.figures[i];
    const bool same = move.before == move.after;
    table.Add({move.name, move.before.empty() ? "none" : move.before,
               same ? Table::Cell("the same", Paint::kDim)
                    : Table::Cell(move.after.empty() ? "none" : move.after, Paint::kBold)});
  }
  table.Print(context.out, true, context.colour, 0, 2);
  const auto left = static_cast<int64_t>(report.figures.size() - shown) + report.assessment.move_count() -
                    report.assessment.moves_size();
  if (left > 0) context.out << "  and " << Counted(left, "score moves", "scores move") << " besides\n";
}

}  // namespace

void PrintCheckText(Context& context, const CheckReport& report) {
  const policy::Verdict verdict = report.answer.verdict();
  context.out << Painted(Cat({report.Verdict(), ": ", report.Sentence()}), PaintOf(verdict), context.colour)
              << "\n"
              << report.ChangeText() << "; checked at " << report.BasisText() << "\n";
  PrintFailedRules(context, report);
  PrintFindings(context, report);
  if (report.answer.totals().unchanged() > 0) {
    context.out << "\n"
                << Counted(report.answer.totals().unchanged(), "finding", "findings")
                << " there already, neither better nor worse\n";
  }
  PrintFigures(context, report);
}

}  // namespace linchpin::cli
