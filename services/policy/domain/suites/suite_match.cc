#include "services/policy/domain/suites/suite_match.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/resource/scalars.h"

namespace linchpin::policy {
namespace {

using resource::Node;
using v1::Finding;

// "DATA_GAP" of the value of an enum field.
std::string EnumText(const Finding& finding, const char* field) {
  const auto* descriptor = Finding::descriptor()->FindFieldByName(field);
  return resource::EnumShortName(*finding.GetReflection()->GetEnum(finding, descriptor));
}

bool FieldFits(const Finding& finding, const std::string& key, const Node& wanted) {
  if (key == "rule") return finding.rule() == wanted.text;
  if (key == "subject") return finding.subject() == wanted.text;
  if (key == "message") return finding.message().find(wanted.text) != std::string::npos;
  if (key != "discriminators") return EnumText(finding, key.c_str()) == wanted.text;
  return std::all_of(wanted.entries.begin(), wanted.entries.end(), [&](const Node::Entry& entry) {
    const auto have = finding.discriminators().find(entry.key);
    return have != finding.discriminators().end() && have->second == entry.value.text;
  });
}

bool Fits(const ExpectedFinding& expected, const Finding& finding) {
  return std::all_of(expected.fields.begin(), expected.fields.end(),
                     [&](const auto& field) { return FieldFits(finding, field.first, field.second); });
}

std::string ExpectedText(const ExpectedFinding& expected) {
  std::string text;
  const auto add = [&](const std::string& key, const std::string& value) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", key, ": ", value);
  };
  for (const auto& [key, value] : expected.fields) {
    if (key != "discriminators") add(key, value.text);
    for (const Node::Entry& entry : value.entries) add(entry.key, entry.value.text);
  }
  return absl::StrCat("{", text, "}");
}

std::string FoundText(const Finding& finding) {
  std::string text = absl::StrCat("{", finding.rule().empty() ? "" : "rule: " + finding.rule() + ", ",
                                  "type: ", EnumText(finding, "type"), ", subject: ", finding.subject());
  for (const auto& [key, value] : finding.discriminators()) absl::StrAppend(&text, ", ", key, ": ", value);
  return absl::StrCat(text, ", state: ", EnumText(finding, "state"), "}: ", finding.message());
}

// Gives each expectation a finding of its own, if that can be: the matching of a bipartite graph by
// augmenting paths, so that a loose expectation never takes the only finding of a strict one.
class Matching {
 public:
  Matching(const std::vector<ExpectedFinding>& expected, const std::vector<Finding>& found)
      : expected_(expected), found_(found), taken_by_(found.size(), -1) {}

  // Whether the expectation gets a finding.
  bool Place(size_t expectation) {
    std::vector<bool> seen(found_.size(), false);
    return Augment(expectation, seen);
  }
  bool IsTaken(size_t finding) const { return taken_by_[finding] >= 0; }

 private:
  // Recursion is as deep as there are expectations in one step of one test.
  bool Augment(size_t expectation, std::vector<bool>& seen) {
    for (size_t i = 0; i < found_.size(); ++i) {
      if (seen[i] || !Fits(expected_[expectation], found_[i])) continue;
      seen[i] = true;
      if (taken_by_[i] >= 0 && !Augment(static_cast<size_t>(taken_by_[i]), seen)) continue;
      taken_by_[i] = static_cast<int>(expectation);
      return true;
    }
    return false;
  }

  const std::vector<ExpectedFinding>& expected_;
  const std::vector<Finding>& found_;
  std::vector<int> taken_by_;
};

}  // namespace

std::vector<std::string> Differences(const SuiteStep& step, const std::vector<Finding>& found) {
  std::vector<std::string> faults;
  Matching matching(step.findings, found);
  for (size_t i = 0; i < step.findings.size(); ++i) {
    if (!matching.Place(i)) faults.push_back("not found: " + ExpectedText(step.findings[i]));
  }
  for (size_t i = 0; i < found.size() && !step.at_least; ++i) {
    if (!matching.IsTaken(i)) faults.push_back("found, not expected: " + FoundText(found[i]));
  }
  return faults;
}

}  // namespace linchpin::policy
