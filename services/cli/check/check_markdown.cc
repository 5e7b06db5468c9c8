// The answer as a comment on a pull request.
#include <algorithm>
#include <string>

#include "services/base/text.h"
#include "services/cli/check/check_printers.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;

// A comment of GitHub holds 65,536 characters.
constexpr size_t kShown = 40;
constexpr size_t kFiguresShown = 12;

std::string Cell(std::string_view text) { return text.empty() ? "" : MarkdownText(text); }

// What happened, why and what to do, as one cell.
std::string WhatCell(const CheckedFinding& finding) {
  std::string cell = Cell(finding.finding().message());
  const auto add = [&cell](std::string_view label, const std::string& text) {
    if (!text.empty()) cell += Cat({"<br>", label, MarkdownText(text)});
  };
  add("Before: ", BeforeText(finding));
  add("Why: ", WhyText(finding.finding()));
  add("What to do: ", finding.finding().remediation());
  add("", ReasonText(finding));
  return cell;
}

void AddFindings(const CheckReport& report, FindingSort sort, bool full, std::string& text) {
  std::string rows;
  size_t shown = 0, there = 0;
  for (const CheckedFinding& finding : report.findings) {
    if (finding.sort != sort || ++there > kShown) continue;
    ++shown;
    rows +=
        Cat({"| ", SeverityCell(finding.finding().severity()).text, " | ", Cell(RuleText(finding.finding())),
             " | ", full ? WhatCell(finding) : Cell(finding.finding().message()), " | ",
             Cell(full ? PlaceText(finding.place) : ReasonText(finding)), " |\n"});
  }
  if (shown == 0) return;
  std::string head(NameOf(sort));
  head[0] = static_cast<char>(std::toupper(head[0]));
  text += Cat({"\n### ", head, "\n\n| Severity | Rule | What | ", full ? "Where" : "Reason",
               " |\n| --- | --- | --- | --- |\n", rows});
  if (there > shown) text += Cat({"\nand ", std::to_string(there - shown), " more\n"});
}

void AddFailedRules(const CheckReport& report, std::string& text) {
  if (report.answer.failed_rules().empty()) return;
  text += "\n### Rules that cannot be evaluated\n\n| Assignment | Rule | Why |\n| --- | --- | --- |\n";
  for (const auto& rule : report.answer.failed_rules()) {
    text +=
        Cat({"| ", Cell(rule.assignment()), " | ", Cell(rule.rule()), " | ", Cell(rule.message()), " |\n"});
  }
}

void AddFigures(const CheckReport& report, std::string& text) {
  if (report.figures.empty()) return;
  text += "\n### Figures\n\n| Figure | Before | After |\n| --- | --- | --- |\n";
  for (size_t i = 0; i < std::min(report.figures.size(), kFiguresShown); ++i) {
    const FigureMove& move = report.figures[i];
    const bool same = move.before == move.after;
    const std::string after = move.after.empty() ? "none" : Cell(move.after);
    text += Cat({"| ", Cell(move.name), " | ", move.before.empty() ? "none" : Cell(move.before), " | ",
                 same ? "the same" : Cat({"**", after, "**"}), " |\n"});
  }
}

bool IsMarkup(char c) { return std::string_view("\\`*_[]~!").find(c) != std::string_view::npos; }

}  // namespace

std::string MarkdownText(std::string_view text) {
  const std::string clean = Clean(text);
  std::string safe;
  for (size_t i = 0; i < clean.size(); ++i) {
    const char c = clean[i];
    switch (c) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '|':
        safe += "&#124;";
        break;
      case '@':  // A mention would call people.
        safe += "&#64;";
        break;
      case '#':
        safe += "&#35;";
        break;
      case '$':  // A pair would be a formula.
        safe += "&#36;";
        break;
      case ':':  // `https://` would become a link.
        safe += clean.compare(i, 3, "://") == 0 ? "&#58;" : ":";
        break;
      default:
        if (IsMarkup(c)) safe += '\\';
        safe += c;
    }
  }
  return safe;
}

std::string CheckMarkdown(const CheckReport& report) {
  const char* sign = report.answer.verdict() == policy::VERDICT_DENY   ? "\xE2\x9B\x94"
                     : report.answer.verdict() == policy::VERDICT_WARN ? "\xE2\x9A\xA0\xEF\xB8\x8F"
                                                                       : "\xE2\x9C\x85";
  std::string text =
      Cat({"## ", sign, " Linchpin: ", report.Verdict(), "\n\n", MarkdownText(report.Sentence()), "\n\n",
           MarkdownText(report.ChangeText()), "; checked at ", MarkdownText(report.BasisText()), "\n"});
  AddFailedRules(report, text);
  AddFindings(report, FindingSort::kIntroduced, true, text);
  AddFindings(report, FindingSort::kWorsened, true, text);
  AddFindings(report, FindingSort::kObscured, true, text);
  AddFindings(report, FindingSort::kImproved, false, text);
  AddFindings(report, FindingSort::kResolved, false, text);
  AddFigures(report, text);
  return text;
}

}  // namespace linchpin::cli
