// The forms in which `linchpin check` answers.
#ifndef LINCHPIN_SERVICES_CLI_CHECK_CHECK_PRINTERS_H_
#define LINCHPIN_SERVICES_CLI_CHECK_CHECK_PRINTERS_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/cli/check/check_report.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// For a terminal: the verdict first, then what is introduced or worse with why and what to do, what is
// resolved, and the figures that move.
void PrintCheckText(Context& context, const CheckReport& report);

// GitHub-flavoured Markdown, for a comment on a pull request.
std::string CheckMarkdown(const CheckReport& report);

// JSON: the verdict, and the answers of CheckChange and AssessChange as proto JSON.
std::string CheckJson(const CheckReport& report);

// What a rule says of itself, for the table of rules of SARIF.
struct RuleNote {
  std::string id;  // "fallback/second-vendor".
  std::string title;
  std::string rationale;
  std::string remediation;
};

// SARIF 2.1.0: one result for each finding that is introduced, worsened or obscured, one rule for each of
// theirs. A rule that `notes` does not have is known by its id.
std::string CheckSarif(const CheckReport& report, const std::vector<RuleNote>& notes);

// JUnit XML: one test case for each finding that the change touches; one that denies is a failure, a rule
// that cannot be evaluated an error. A change that touches none has one case, which passes.
std::string CheckJunit(const CheckReport& report);

// Text that Markdown shows as it is, also in a cell of a table: nothing in it is markup, a mention of a
// person or a reference to an issue.
std::string MarkdownText(std::string_view text);

// Text between tags and in attributes of XML 1.0: characters that no XML may hold become U+FFFD.
std::string XmlText(std::string_view text);

// A relative reference to a file, percent-encoded.
std::string FileUri(std::string_view path);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CHECK_CHECK_PRINTERS_H_
