// Damaged documents end in documents or errors, never in a crash or a loop; what is read is written and read
// again the same.
#include <array>
#include <random>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "services/resource/document.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::resource {
namespace {

constexpr int kInputs = 3000;

constexpr char kYaml[] = R"(apiVersion: linchpin/v1
kind: Policy
name: policies/p
displayName: "Of \"all\" \u00e9"
labels: {team: risk, a.b: 'x: y'}
description: |-
  Two
  lines
parameters:
  - {id: home, type: JURISDICTION_SET, defaultValue: [US, "NO"]}
rules:
  - id: a
    select: {where: {tier: {le: 1}, businessUnit: [retail, 3], owner: {exists: true}}}
    concentration: {groupBy: OPERATOR_GROUP, metric: SHARE, limit: 0.4}
  - id: b
    fallback: {testedWithin: 90d}
)";

constexpr char kJson[] =
    R"([{"apiVersion":"linchpin/v1","kind":"Vendor","name":"vendors/a","country":"NO","labels":{"x":"\ud83d\ude00\n"},"ownerships":[{"owner":"vendors/b","sharePpm":5,"fromTime":"2026-10-02T09:00:00Z"}]}])";

constexpr char kKnowledge[] = R"(apiVersion: linchpin/v1
kind: Deployment
name: deployments/d
knownNone: [intermediaries]
bounds:
  - field: host.provider
    oneOf: [vendors/a, none]
  - {field: hosting_mode, noneOf: [SELF_HOSTED]}
likely:
  - {field: pass_through, oneOf: [NO], confidence: 0.75, reason: "as: told"}
evidence:
  - {fieldPath: host.provider, source: INFERRED}
)";

constexpr std::array<std::string_view, 28> kTokens = {
    "[",        "]",    "{",  "}",    ": ",          "- ",      "\n",    "&a ",   "*a", "!!str ",
    "? ",       "| ",   "> ", "\"",   "'",           "#",       "---\n", "...\n", "\t", "\xff",
    "\xc2\x85", "<<: ", "~",  "null", "%YAML 1.2\n", "\\ud800", "1e999", ","};

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  std::string Damage(std::string text) {
    for (uint64_t n = 1 + Below(3); n > 0; --n) {
      const size_t at = Below(text.size() + 1);
      switch (Below(4)) {
        case 0:
          text.insert(at, kTokens[Below(kTokens.size())]);
          break;
        case 1:
          text.erase(at, 1 + Below(8));
          break;
        case 2:
          if (at < text.size()) text[at] = static_cast<char>(random_());
          break;
        default:
          text.insert(at, text.substr(Below(text.size() + 1), Below(40)));
      }
    }
    return text;
  }

 private:
  uint64_t Below(uint64_t n) { return random_() % n; }

  std::mt19937_64 random_;
};

void CheckRead(const std::string& file, const std::string& text, int& documents, int& errors) {
  const ReadResult result = ReadAll(file, text);
  errors += static_cast<int>(result.errors.size());
  for (const Document& document : result.documents) {
    ++documents;
    Locate(text, document, "rules[1].fallback");
    const std::string written = WriteYamlDocument(*document.resource);
    const ReadResult again = ReadAll("again.yaml", written);
    ASSERT_EQ(again.documents.size(), 1u) << text << "\n" << written;
    ASSERT_EQ(WriteYamlDocument(*again.documents[0].resource), written) << text;
  }
}

TEST(DamagedDocuments, AreWholeWhenUndamaged) {
  EXPECT_EQ(ReadAll("f.yaml", kYaml).documents.size(), 1u);
  for (const FileError& error : ReadAll("f.yaml", kYaml).errors) ADD_FAILURE() << error.Text();
  EXPECT_EQ(ReadAll("f.yaml", kKnowledge).documents.size(), 1u);
  for (const FileError& error : ReadAll("f.yaml", kKnowledge).errors) ADD_FAILURE() << error.Text();
  EXPECT_EQ(ReadAll("f.json", kJson).documents.size(), 1u);
  for (const FileError& error : ReadAll("f.json", kJson).errors) ADD_FAILURE() << error.Text();
}

TEST(DamagedDocuments, EndInDocumentsOrErrors) {
  Mutator mutator(11);
  int documents = 0, errors = 0;
  for (int i = 0; i < kInputs; ++i) {
    CheckRead("f.yaml", mutator.Damage(kYaml), documents, errors);
    CheckRead("f.yaml", mutator.Damage(kKnowledge), documents, errors);
    CheckRead("f.json", mutator.Damage(kJson), documents, errors);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(documents, kInputs / 30);
  EXPECT_GT(errors, kInputs / 2);
}

}  // namespace
}  // namespace linchpin::resource
