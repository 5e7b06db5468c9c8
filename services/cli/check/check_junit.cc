// The answer as a test report.
#include <string>

#include "services/base/text.h"
#include "services/cli/check/check_printers.h"
#include "services/cli/print/finding_text.h"

namespace linchpin::cli {
namespace {

using base::Cat;

// What XML 1.0 may hold below the printable characters is tab, line feed and carriage return.
bool IsForbidden(unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }

struct Cases {
  std::string text;
  int count = 0;
  int failures = 0;
  int errors = 0;
};

void AddCase(std::string_view assignment, std::string_view name, const std::string& body, Cases& cases) {
  ++cases.count;
  cases.text += Cat({"    <testcase classname=\"", XmlText(assignment), "\" name=\"", XmlText(name), "\"",
                     body.empty() ? "/>\n" : Cat({">\n", body, "    </testcase>\n"})});
}

std::string DetailOf(const CheckedFinding& finding) {
  std::string text = Cat({finding.finding().message(), "\n"});
  const auto add = [&text](std::string_view label, const std::string& more) {
    if (!more.empty()) text += Cat({label, more, "\n"});
  };
  add("before: ", BeforeText(finding));
  add("why: ", WhyText(finding.finding()));
  add("what to do: ", finding.finding().remediation());
  add("where: ", PlaceText(finding.place));
  add("reason: ", ReasonText(finding));
  return text;
}

void AddFinding(const CheckedFinding& finding, Cases& cases) {
  const std::string name =
      Cat({RuleText(finding.finding()), " ", finding.finding().subject(), " (", NameOf(finding.sort), ")"});
  std::string body;
  if (finding.denies()) {
    ++cases.failures;
    body = Cat({"      <failure type=\"", SeverityCell(finding.finding().severity()).text, "\" message=\"",
                XmlText(finding.finding().message()), "\">", XmlText(DetailOf(finding)), "</failure>\n"});
  } else {
    body = Cat({"      <system-out>", XmlText(DetailOf(finding)), "</system-out>\n"});
  }
  AddCase(finding.finding().assignment(), name, body, cases);
}

}  // namespace

std::string XmlText(std::string_view text) {
  std::string safe;
  for (size_t at = 0; at < text.size();) {
    const size_t length = base::Utf8SequenceLength(text.substr(at));
    const std::string_view one = text.substr(at, length == 0 ? 1 : length);
    at += one.size();
    // U+FFFE and U+FFFF are no characters of XML either.
    const bool forbidden = length == 0 || IsForbidden(static_cast<unsigned char>(one[0])) ||
                           one == "\xEF\xBF\xBE" || one == "\xEF\xBF\xBF";
    if (forbidden) {
      safe += "\xEF\xBF\xBD";
    } else if (one == "<") {
      safe += "&lt;";
    } else if (one == ">") {
      safe += "&gt;";
    } else if (one == "&") {
      safe += "&amp;";
    } else if (one == "\"") {
      safe += "&quot;";
    } else if (one == "\r") {
      safe += "&#13;";
    } else {
      safe += one;
    }
  }
  return safe;
}

std::string CheckJunit(const CheckReport& report) {
  Cases cases;
  for (const CheckedFinding& finding : report.findings) AddFinding(finding, cases);
  for (const auto& rule : report.answer.failed_rules()) {
    ++cases.errors;
    AddCase(rule.assignment(), rule.rule(),
            Cat({"      <error message=\"", XmlText(rule.message()), "\"/>\n"}), cases);
  }
  if (cases.count == 0) AddCase("linchpin", "the change touches no finding", "", cases);
  const std::string counts =
      Cat({" tests=\"", std::to_string(cases.count), "\" failures=\"", std::to_string(cases.failures),
           "\" errors=\"", std::to_string(cases.errors), "\""});
  return Cat({"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"linchpin check\"", counts,
              ">\n  <testsuite name=\"", XmlText(report.Verdict()), "\"", counts, ">\n", cases.text,
              "    <system-out>", XmlText(report.Sentence()),
              "</system-out>\n  </testsuite>\n</testsuites>\n"});
}

}  // namespace linchpin::cli
