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

std::string Sentence(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '`'), text.end());
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string Item(const std::string& what, const std::string& buys) {
  return Cat({"<li>", Escaped(what), "<br><span class=\"soft\">", Escaped(buys), "</span></li>\n"});
}

}  // namespace

std::string DecisionsPart(const ReportData& data) {
  if (data.risk.decisions().empty()) return Paragraph("Nothing that is stated would lower a score.");
  std::string list = "<ol class=\"do\">\n";
  for (const risk::ReportDecision& decision : data.risk.decisions()) {
    list += Item(Sentence(AdviceText(decision.weakness())),
                 Cat({"Buys up to ", Points(decision.weakness().points()), " of the ",
                      Points(decision.score()), " points of ", decision.application()}));
  }
  return list + "</ol>\n";
}

std::string FindingsPart(const ReportData& data) {
  if (!data.has_policies) return Paragraph("This server evaluates no policies.");
  if (data.finding_count == 0) return Paragraph("No policy is violated.");
  std::vector<std::vector<std::string>> rows;
  for (const policy::v1::Finding& finding : data.findings) {
    rows.push_back({ShortId(finding),
                    policy::v1::Severity_Name(finding.severity()).substr(sizeof("SEVERITY_") - 1),
                    finding.message()});
  }
  const std::string note = data.risk.has_selection() ? "Findings are those of the whole inventory." : "";
  return Figure(Cat({Counted(data.finding_count, "finding is", "findings are"), " open; the gravest:"}), "",
                HtmlTable({"Finding", "Severity", "What"}, rows), note);
}

}  // namespace linchpin::cli
