#include "services/policy/domain/rules/attribute_rule.h"
#include "services/policy/domain/findings/finding_words.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"

namespace linchpin::policy {
namespace {

using engine::Truth;

bool ReadsConsumer(const AttributeSpec& spec) {
  const auto reads = [](const FieldTest& test) { return test.reads_consumer(); };
  return std::any_of(spec.must.begin(), spec.must.end(), reads) ||
         std::any_of(spec.must_not.begin(), spec.must_not.end(), reads);
}

Truth Not(Truth truth) { return truth == Truth::kUnknown ? truth : engine::Known(truth == Truth::kFalse); }

}  // namespace

// What the tests of one subject add up to.
struct AttributeEvaluator::Tally {
  std::vector<std::string> failed;         // For certain.
  std::vector<std::string> likely_failed;  // On likely facts.
  LikelyFacts failed_by;
  std::vector<std::string> open;
  MissingFacts missing;
  LikelyFacts leaned;
};

AttributeEvaluator::AttributeEvaluator(const World& world, Workspace& workspace, const BoundRule& rule)
    : world_(world),
      rule_(rule),
      spec_(std::get<AttributeSpec>(rule.spec)),
      reads_consumer_(ReadsConsumer(spec_)),
      documents_(workspace.documents()) {}

SubjectResult AttributeEvaluator::Evaluate(std::string_view name, bool explain) {
  const Subject subject = documents_.Read(name, reads_consumer_);
  Tally tally;
  for (const FieldTest& test : spec_.must) Judge(test, false, subject, tally);
  for (const FieldTest& test : spec_.must_not) Judge(test, true, subject, tally);
  return Conclude(std::move(tally), explain);
}

void AttributeEvaluator::Judge(const FieldTest& test, bool forbidden, const Subject& subject,
                               Tally& tally) const {
  SelectionFacts facts, on_likely;
  const auto favours = [forbidden](Truth holds) { return forbidden ? Not(holds) : holds; };
  const Truth proven = favours(test.Holds(subject, world_, /*likely=*/false, facts));
  Truth likely = Truth::kUnknown;
  if (proven == Truth::kUnknown && world_.knowledge().has_likely())
    likely = favours(test.Holds(subject, world_, /*likely=*/true, on_likely));
  const FactDecision decision = DecideByFacts(rule_.assurance, proven, likely);
  const auto text = [&] { return RequirementWords(forbidden, test.text()); };
  if (decision.truth == Truth::kFalse) {
    (decision.likely ? tally.likely_failed : tally.failed).push_back(text());
    AddLikely(on_likely.leaned, tally.failed_by);
  } else if (decision.truth == Truth::kTrue) {
    AddLikely(on_likely.leaned, tally.leaned);
  } else {
    tally.open.push_back(text());
    tally.missing.insert(tally.missing.end(), facts.missing.begin(), facts.missing.end());
  }
}

SubjectResult AttributeEvaluator::Conclude(Tally tally, bool explain) const {
  if (rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION) {
    tally.failed.insert(tally.failed.end(), tally.open.begin(), tally.open.end());
    tally.open.clear();
  }
  if (rule_.on_unknown == v1::UNKNOWN_HANDLING_IGNORE) tally.open.clear();
  SubjectResult result;
  result.open = !tally.open.empty();
  const bool proven = !tally.failed.empty();
  if (!proven && tally.likely_failed.empty()) {
    result.outcome = result.open ? v1::OUTCOME_INDETERMINATE : v1::OUTCOME_PASS;
    result.likely = !result.open && !tally.leaned.empty();
    if (result.open) result.missing = std::move(tally.missing);
    SortUnique(result.missing);
    return result;
  }
  result.outcome = v1::OUTCOME_VIOLATION;
  result.violation_count = 1;
  result.likely = !proven;
  if (!explain) return result;
  Violation& violation = result.violations.emplace_back();
  violation.likely = !proven;
  violation.evidence.texts = {{"failed", absl::StrJoin(proven ? tally.failed : tally.likely_failed, "; ")}};
  for (const engine::FactRef& fact : proven ? LikelyFacts{} : tally.failed_by) {
    if (violation.explanation.facts_size() == kFactsMax) break;
    *violation.explanation.add_facts() = world_.FactUsed(fact, /*likely=*/true);
  }
  return result;
}

}  // namespace linchpin::policy
