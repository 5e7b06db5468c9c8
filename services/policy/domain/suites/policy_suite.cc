#include "services/policy/domain/suites/policy_suite.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/base/text.h"
#include "services/resource/document_reader.h"
#include "services/resource/scalars.h"
#include "services/resource/yaml/yaml_reader.h"

namespace linchpin::policy {
namespace {

using base::Cat;
using resource::FileError;
using resource::Node;
using resource::Position;

constexpr size_t kRowsMax = 64;

bool IsScalar(const Node& node) {
  return node.type == Node::Type::kPlain || node.type == Node::Type::kQuoted;
}

class SuiteReader {
 public:
  SuiteReader(std::string_view file, PolicySuite& suite) : file_(file), suite_(suite) {}

  std::vector<FileError> Read(std::string_view text) {
    resource::TreeResult trees = resource::ReadYaml(text, 0, {});
    for (const auto& error : trees.errors) Fail(error.at, error.message);
    if (!errors_.empty()) return std::move(errors_);
    if (trees.documents.size() != 1) {
      Fail({}, "holds one suite: a map with `suite`, `policies` and `tests`");
    } else {
      ReadRoot(trees.documents.front());
    }
    return std::move(errors_);
  }

 private:
  void Fail(const Position& at, std::string message) { errors_.push_back({file_, at, std::move(message)}); }

  // Complains about what is no map, and about keys that are none of `keys`.
  bool CheckMap(const Node& node, const std::vector<std::string>& keys) {
    if (node.type != Node::Type::kMap) {
      Fail(node.at, Cat({"expects a map of ", base::JoinNames(keys, 20), ", not ", resource::Show(node)}));
      return false;
    }
    for (const Node::Entry& entry : node.entries) {
      if (std::find(keys.begin(), keys.end(), entry.key) != keys.end()) continue;
      const auto nearest = base::Nearest(entry.key, keys);
      Fail(entry.at, Cat({"`", entry.key, "` is not known here; ",
                          nearest ? Cat({"did you mean `", *nearest, "`?"})
                                  : Cat({"it is one of ", base::JoinNames(keys, 20)})}));
    }
    return true;
  }

  std::string Text(const Node& map, const char* key) {
    const Node* node = resource::Find(map, key);
    if (node == nullptr) return "";
    if (!IsScalar(*node)) Fail(node->at, Cat({"`", key, "` expects a text, not ", resource::Show(*node)}));
    return node->text;
  }

  const std::vector<Node>& List(const Node& map, const char* key) {
    static const std::vector<Node> none;
    const Node* node = resource::Find(map, key);
    if (node == nullptr) return none;
    if (node->type != Node::Type::kList)
      Fail(node->at, Cat({"`", key, "` expects a list, not ", resource::Show(*node)}));
    return node->items;
  }

  void ReadRoot(const Node& root) {
    if (!CheckMap(root, {"suite", "policies", "policy", "now", "parameters", "matrix", "fixtures",
                         "fixture_files", "fixture_age", "tests"}))
      return;
    suite_.file = file_;
    suite_.name = Text(root, "suite");
    if (suite_.name.empty()) Fail(root.at, "`suite` is missing: give it a name");
    suite_.policy = Text(root, "policy");
    for (const Node& policy : List(root, "policies")) suite_.policy_files.push_back(policy.text);
    for (const Node& file : List(root, "fixture_files")) suite_.fixture_files.push_back(file.text);
    if (suite_.policy_files.empty()) Fail(root.at, "`policies` is missing: list the files of the policy");
    ReadNow(root);
    if (const Node* age = resource::Find(root, "fixture_age"))
      suite_.fixture_age = ReadDuration(*age, "fixture_age");
    if (const Node* parameters = resource::Find(root, "parameters")) suite_.parameters = *parameters;
    ReadMatrix(root);
    suite_.fixtures = List(root, "fixtures");
    for (const Node& test : List(root, "tests")) ReadTest(test);
    if (suite_.tests.empty()) Fail(root.at, "has no `tests`: what does not run does not pass");
  }

  void ReadNow(const Node& root) {
    const Node* now = resource::Find(root, "now");
    const auto time = now == nullptr ? std::nullopt : resource::ParseTime(now->text);
    if (!time) {
      return Fail(now == nullptr ? root.at : now->at,
                  "`now` is the instant at which tests begin, with its offset, such as 2026-03-01T00:00:00Z");
    }
    suite_.now = absl::FromUnixSeconds(time->seconds()) + absl::Nanoseconds(time->nanos());
  }

  void ReadMatrix(const Node& root) {
    for (const Node& row : List(root, "matrix")) {
      if (row.type != Node::Type::kMap) {
        Fail(row.at, "a row of `matrix` is a map of variables, such as {home: [FR, DE], outside: US}");
        continue;
      }
      SuiteVariables variables;
      for (const Node::Entry& entry : row.entries) variables[entry.key] = entry.value;
      suite_.matrix.push_back(std::move(variables));
    }
    if (suite_.matrix.size() > kRowsMax)
      Fail(root.at, Cat({"`matrix` has ", std::to_string(suite_.matrix.size()), " rows; at most ",
                         std::to_string(kRowsMax), " are taken"}));
    if (suite_.matrix.empty()) suite_.matrix.emplace_back();
  }

  void ReadTest(const Node& node) {
    if (!CheckMap(node, {"name", "steps", "change", "advance", "expect"})) return;
    SuiteTest test;
    test.name = Text(node, "name");
    test.at = node.at;
    if (test.name.empty()) Fail(node.at, "a test needs a `name`");
    const bool stepped = resource::Find(node, "steps") != nullptr;
    if (stepped) {
      for (const Node& step : List(node, "steps")) {
        if (CheckMap(step, {"change", "advance", "expect"})) test.steps.push_back(ReadStep(step));
      }
    } else {
      test.steps.push_back(ReadStep(node));
    }
    const auto expects = [](const SuiteStep& step) { return step.expects; };
    if (std::none_of(test.steps.begin(), test.steps.end(), expects))
      Fail(node.at, Cat({"test `", test.name, "` expects nothing: add `expect`"}));
    suite_.tests.push_back(std::move(test));
  }

  absl::Duration ReadDuration(const Node& node, const char* key) {
    const auto duration = resource::ParseDuration(node.text);
    if (duration && duration->seconds() >= 0) return absl::Seconds(duration->seconds());
    Fail(node.at, Cat({"`", key, "` expects a duration such as 30d"}));
    return absl::ZeroDuration();
  }

  SuiteStep ReadStep(const Node& node) {
    SuiteStep step;
    step.at = node.at;
    step.changes = List(node, "change");
    if (const Node* advance = resource::Find(node, "advance"))
      step.advance = ReadDuration(*advance, "advance");
    if (const Node* expect = resource::Find(node, "expect")) ReadExpectation(*expect, step);
    return step;
  }

  void ReadExpectation(const Node& node, SuiteStep& step) {
    if (!CheckMap(node, {"findings", "at_least"})) return;
    step.expects = true;
    step.at_least = Text(node, "at_least") == "true";
    if (resource::Find(node, "findings") == nullptr)
      Fail(node.at, "`expect` needs `findings`, if need be []");
    for (const Node& finding : List(node, "findings")) {
      if (!CheckMap(finding, {"rule", "subject", "type", "severity", "state", "message", "discriminators"}))
        continue;
      ExpectedFinding expected;
      expected.at = finding.at;
      for (const Node::Entry& entry : finding.entries) expected.fields[entry.key] = entry.value;
      step.findings.push_back(std::move(expected));
    }
    if (step.at_least && step.findings.empty())
      Fail(node.at, "`at_least` with no finding expects nothing: any outcome would pass");
  }

  const std::string file_;
  PolicySuite& suite_;
  std::vector<FileError> errors_;
};

// What a variable or an element of it is: `home`, `home[1]`; null if there is none.
const Node* Lookup(std::string_view name, const SuiteVariables& variables) {
  const size_t bracket = name.find('[');
  const auto found = variables.find(name.substr(0, bracket));
  if (found == variables.end()) return nullptr;
  if (bracket == std::string_view::npos) return &found->second;
  if (name.back() != ']' || found->second.type != Node::Type::kList) return nullptr;
  const auto index = resource::ParseInt(name.substr(bracket + 1, name.size() - bracket - 2));
  if (!index || *index < 0 || *index >= static_cast<int64_t>(found->second.items.size())) return nullptr;
  return &found->second.items[static_cast<size_t>(*index)];
}

Node ScalarWithVariables(const Node& node, const SuiteVariables& variables) {
  Node result = node;
  for (size_t begin = result.text.find("${"); begin != std::string::npos;
       begin = result.text.find("${", begin)) {
    const size_t end = result.text.find('}', begin);
    if (end == std::string::npos) break;
    const Node* value = Lookup(std::string_view(result.text).substr(begin + 2, end - begin - 2), variables);
    if (value != nullptr && begin == 0 && end + 1 == result.text.size()) {
      Node whole = *value;
      whole.at = node.at;
      return whole;
    }
    if (value == nullptr || !IsScalar(*value)) {
      begin = end;
      continue;
    }
    result.text.replace(begin, end + 1 - begin, value->text);
    begin += value->text.size();
  }
  return result;
}

}  // namespace

std::vector<FileError> ReadSuite(std::string_view file, std::string_view text, PolicySuite& suite) {
  return SuiteReader(file, suite).Read(text);
}

std::vector<FileError> AddFixtures(std::string_view file, std::string_view text, PolicySuite& suite) {
  std::vector<FileError> errors;
  for (const resource::YamlPart& part : resource::SplitYaml(text)) {
    resource::TreeResult trees =
        resource::ReadYaml(text.substr(part.offset, part.size), part.line_offset, {});
    for (const auto& error : trees.errors) errors.push_back({std::string(file), error.at, error.message});
    for (Node& document : trees.documents) suite.fixtures.push_back(std::move(document));
  }
  return errors;
}

Node WithVariables(const Node& node, const SuiteVariables& variables) {
  if (IsScalar(node)) return ScalarWithVariables(node, variables);
  Node result = node;
  for (Node& item : result.items) item = WithVariables(item, variables);
  for (Node::Entry& entry : result.entries) entry.value = WithVariables(entry.value, variables);
  return result;
}

}  // namespace linchpin::policy
