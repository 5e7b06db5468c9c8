// What to decide, and what rules found.
#include <algorithm>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/score_text.h"
#include "services/cli/report/html.h"
#include "services/cli/report/page_parts.h"
#include "services/cli/report/page_text.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

// Marks of code are for terminals.
std::string Plain(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  return text;
}

std::string Item(const std::string& what, const std::string& buys, const std::string& assumes) {
  return Cat({"<li>", Escaped(Plain(what)), "<br><span class=\"soft\">", Escaped(buys),
              assumes.empty() ? "" : Cat({"<br>", Escaped(Plain(assumes))}), "</span></li>\n"});
}

// "Score 12.3 to 8.1, expected loss EUR 1.2 m to EUR 800 k, for 5 days of work".
std::string BuysText(const risk::Remedy& remedy, const std::string& currency) {
  std::string loss;
  const std::string before = ShortMoney(remedy.loss_before().likely_minor(), currency),
                    after = ShortMoney(remedy.loss_after().likely_minor(), currency);
  if (remedy.has_loss_before() && before != after)
    loss = Cat({", expected loss of a year ", before, " to ", after});
  return Cat({"Score ", Points(remedy.score_before().likely()), " to ", Points(remedy.score_after().likely()),
              loss, ", for ", Counted(remedy.cost_days(), "day", "days"), " of work"});
}

std::string DecisionTable(const risk::RemedyResult& result) {
  std::vector<std::vector<std::string>> rows;
  for (const risk::Remedy& remedy : result.remedies()) {
    const auto fall = [](double before, double after) {
      return Cat({Points(before), " to ", Points(after)});
    };
    rows.push_back({remedy.title(), fall(remedy.score_before().proven(), remedy.score_after().proven()),
                    fall(remedy.score_before().likely(), remedy.score_after().likely()),
                    fall(remedy.score_before().not_excluded(), remedy.score_after().not_excluded()),
                    std::to_string(remedy.cost_days())});
  }
  return HtmlTable({"Change", "Score, proven", "Likely", "Not excluded", "Days of work"}, rows);
}

}  // namespace

std::string DecisionsPart(const ReportData& data) {
  const risk::RemedyResult& result = data.risk.remedies();
  if (result.remedies().empty()) return Paragraph("No change was found that lowers the score.");
  std::string list = "<ol class=\"do\">\n";
  int days = 0;
  for (const risk::Remedy& remedy : result.remedies()) {
    days += remedy.cost_days();
    list += Item(remedy.title(), BuysText(remedy, result.currency()),
                 remedy.assumptions().empty() ? "" : Cat({"If this holds: ", remedy.assumptions(0)}));
  }
  const risk::Remedy& last = *result.remedies().rbegin();
  const std::string title =
      Cat({Counted(result.remedies_size(), "change takes", "changes take"), " the score from ",
           Points(result.remedies(0).score_before().likely()), " to ", Points(last.score_after().likely()),
           " for ", Counted(days, "day", "days"), " of work"});
  const std::string note =
      Cat({"Each after those before it, the best for its cost of ",
           Counted(result.candidate_count(), "change", "changes"),
           " that were tried. `linchpin risk remedies -o yaml` writes them as documents."});
  return Figure(title, list + "</ol>\n", DecisionTable(result), note);
}

std::string FindingsPart(const ReportData& data) {
  if (!data.has_policies) return Paragraph("This server evaluates no policies.");
  const std::string accepted = data.accepted_count == 0
                                   ? ""
                                   : Cat({Counted(data.accepted_count, "more is", "more are"),
                                          " accepted until a day: `linchpin waiver list`."});
  if (data.finding_count == 0) return Paragraph(Cat({"No finding is open. ", accepted}));
  std::vector<std::vector<std::string>> rows;
  for (const policy::v1::Finding& finding : data.findings) {
    rows.push_back({ShortId(finding),
                    policy::v1::Severity_Name(finding.severity()).substr(sizeof("SEVERITY_") - 1),
                    finding.message()});
  }
  const std::string whole = data.risk.has_selection() ? " Findings are those of the whole inventory." : "";
  return Figure(Cat({Counted(data.finding_count, "finding is", "findings are"), " open; the most severe:"}),
                "", HtmlTable({"Finding", "Severity", "What"}, rows), Cat({accepted, whole}));
}

}  // namespace linchpin::cli
