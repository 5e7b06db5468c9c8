#include "services/policy/domain/suites/suite_runner.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/disposition.h"
#include "services/policy/domain/findings/lifecycle.h"
#include "services/policy/domain/suites/suite_match.h"
#include "services/replica/view_editor.h"
#include "services/resource/document_reader.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using google::protobuf::Message;
using resource::Node;

constexpr char kAssignment[] = "assignments/test";

std::string RowText(const SuiteVariables& variables) {
  std::string text;
  for (const auto& [name, value] : variables) {
    std::string list = value.text;
    for (const Node& item : value.items) absl::StrAppend(&list, list.empty() ? "" : ", ", item.text);
    if (value.type == Node::Type::kList) list = absl::StrCat("[", list, "]");
    absl::StrAppend(&text, text.empty() ? "" : ", ", name, "=", list);
  }
  return text;
}

std::shared_ptr<const replica::View> ViewOf(const std::map<std::string, std::unique_ptr<Message>>& documents,
                                            int64_t revision, absl::Time time) {
  replica::ViewLoader loader;
  for (const auto& [name, document] : documents) {
    const std::string body = document->SerializeAsString();
    replica::DocumentRef ref;
    ref.name = name;
    ref.kind = resource::FindKindOf(document->GetDescriptor());
    ref.revision = revision;
    ref.body = body;
    loader.Add(ref);
  }
  return loader.Finish(revision, time);
}

// One test in one row.
class Case {
 public:
  Case(const PolicySuite& suite, const v1::Policy& policy, const std::vector<v1::JurisdictionSet>& sets,
       const SuiteVariables& row, std::map<std::string, RuleCoverage>& coverage)
      : suite_(suite), policy_(policy), sets_(sets), row_(row), coverage_(coverage), now_(suite.now) {}

  TestResult Run(const SuiteTest& test) {
    result_ = {test.name, RowText(row_), test.at, {}};
    const auto assignment = MakeAssignment();
    for (const Node& fixture : suite_.fixtures) Change(fixture);
    Remember(now_ - suite_.fixture_age);
    for (size_t i = 0; i < test.steps.size() && result_.faults.empty(); ++i) {
      for (const Node& change : test.steps[i].changes) Change(change);
      if (!test.steps[i].changes.empty()) Remember(now_);
      now_ += test.steps[i].advance;
      if (!result_.faults.empty()) break;
      Evaluate(assignment);
      if (test.steps[i].expects) Expect(test.steps[i], test.steps.size() > 1 ? i + 1 : 0);
    }
    return std::move(result_);
  }

 private:
  void Fail(std::string fault) { result_.faults.push_back(std::move(fault)); }

  std::string Place(const resource::Position& at) const {
    return absl::StrCat(suite_.file, ":", at.line, ": ");
  }

  v1::Assignment MakeAssignment() {
    v1::Assignment assignment;
    assignment.set_name(kAssignment);
    assignment.set_policy(policy_.name());
    Node parameters = WithVariables(suite_.parameters, row_);
    parameters.type = Node::Type::kMap;
    for (const v1::Parameter& parameter : policy_.parameters()) {
      const auto value = row_.find(parameter.id());
      if (value != row_.end()) parameters.entries.push_back({parameter.id(), {}, value->second});
    }
    Node root;
    root.type = Node::Type::kMap;
    root.entries.push_back({"parameters", {}, std::move(parameters)});
    resource::MessageReader reader(/*json=*/false);
    if (!root.entries.front().value.entries.empty()) reader.Fill(root, assignment);
    for (const auto& error : reader.errors()) Fail(Place(error.at) + error.message);
    return assignment;
  }

  void Change(const Node& written) {
    const Node node = WithVariables(written, row_);
    if (const Node* name = node.type == Node::Type::kMap ? resource::Find(node, "delete") : nullptr) {
      if (node.entries.size() != 1 || documents_.erase(name->text) + waivers_.erase(name->text) == 0)
        Fail(absl::StrCat(Place(written.at), "`", name->text, "` is not there to be deleted"));
      return;
    }
    Node versioned = node;
    if (resource::Find(node, "apiVersion") == nullptr) {
      Node version;
      version.type = Node::Type::kPlain;
      version.text = "linchpin/v1";
      version.at = node.at;
      versioned.entries.insert(versioned.entries.begin(), {"apiVersion", node.at, version});
    }
    resource::MessageReader reader(/*json=*/false);
    std::optional<resource::Document> document = reader.ReadDocument(versioned);
    for (const auto& error : reader.errors()) Fail(Place(error.at) + error.message);
    if (document) Keep(std::move(*document), written);
  }

  void Keep(resource::Document document, const Node& written) {
    const std::string name = document.name();
    if (document.kind->area == resource::Area::kInventory) {
      documents_[name] = std::move(document.resource);
    } else if (document.kind->descriptor == v1::Waiver::descriptor()) {
      auto waiver = static_cast<const v1::Waiver&>(*document.resource);
      waiver.set_requester("somebody");
      waiver.set_approvals_required(1);
      waiver.clear_approvals();
      for (const char* person : {"one", "two"}) waiver.add_approvals()->set_principal(person);
      waivers_[name] = waiver;
    } else {
      Fail(absl::StrCat(Place(written.at), "a fixture is a resource of the inventory or a waiver"));
    }
  }

  // What is written stands from then on: rules of kind trend look back to it.
  void Remember(absl::Time time) { history_.insert_or_assign(time, ViewOf(documents_, ++revision_, time)); }

  PastMoment MomentAt(absl::Time instant) const {
    const auto after = history_.upper_bound(instant);
    if (after != history_.begin())
      return {.missing = PastMoment::Missing::kNone, .view = std::prev(after)->second};
    return {.missing = PastMoment::Missing::kBeforeHistory, .begins = history_.begin()->first};
  }
  std::shared_ptr<const PastInventory> PastOf(const PolicySet& set) const {
    PastInventory::Moments moments;
    for (const absl::Time instant : MomentsOf(set.active(), now_))
      moments.emplace(instant, MomentAt(instant));
    return std::make_shared<const PastInventory>("test", std::move(moments));
  }

  void Evaluate(const v1::Assignment& assignment) {
    const auto view = std::prev(history_.end())->second;
    for (const auto& [name, why] : *view->quarantine()) Fail(absl::StrCat("`", name, "`: ", why));
    auto set = std::make_unique<PolicySet>(1, std::vector<v1::Policy>{policy_},
                                           std::vector<v1::Assignment>{assignment}, sets_);
    EvaluationOptions options;
    options.now = now_;
    options.policy_revision = 1;
    options.watch = &findings_;
    options.past = PastOf(*set);
    auto evaluation = policy::Evaluate(*view, set->active(), options);
    if (!evaluation.ok()) return Fail(std::string(evaluation.status().message()));
    for (const RuleOutcome& rule : evaluation->rules) {
      coverage_[rule.rule].violations += rule.counts[v1::OUTCOME_VIOLATION];
      coverage_[rule.rule].passes += rule.counts[v1::OUTCOME_PASS];
    }
    LifecycleStep step = Advance(findings_, *std::move(evaluation), *set, before_.get(), *view);
    std::vector<v1::Waiver> waivers;
    for (const auto& [name, waiver] : waivers_) waivers.push_back(waiver);
    const Dispositions dispositions{WaiverBook(waivers), {}};
    const auto knowledge = engine::Knowledge::Create(view->shared_graph());
    Dispose({dispositions, *set, *view, *knowledge, {revision_, 1, now_}}, step);
    findings_ = std::move(step.findings);
    before_ = std::move(set);
  }

  void Expect(const SuiteStep& step, size_t number) {
    std::vector<v1::Finding> found;
    for (const auto& [name, finding] : findings_) {
      if (Holds(*finding)) found.push_back(FindingOf(*finding));
    }
    SuiteStep wanted = step;
    for (ExpectedFinding& expected : wanted.findings) {
      for (auto& [key, value] : expected.fields) value = WithVariables(value, row_);
    }
    const std::string prefix = number == 0 ? "" : absl::StrCat("step ", number, ": ");
    for (const std::string& fault : Differences(wanted, found)) Fail(prefix + fault);
  }

  const PolicySuite& suite_;
  const v1::Policy& policy_;
  const std::vector<v1::JurisdictionSet>& sets_;
  const SuiteVariables& row_;
  std::map<std::string, RuleCoverage>& coverage_;
  absl::Time now_;
  int64_t revision_ = 0;
  std::map<std::string, std::unique_ptr<Message>> documents_;
  std::map<absl::Time, std::shared_ptr<const replica::View>> history_;  // By when it was written.
  std::map<std::string, v1::Waiver> waivers_;
  FindingMap findings_;
  std::unique_ptr<PolicySet> before_;
  TestResult result_;
};

// The policy that the suite is of; null: the fault says why there is none.
const v1::Policy* PolicyOf(const PolicySuite& suite, const std::vector<v1::Policy>& policies,
                           std::string& fault) {
  if (suite.policy.empty() && policies.size() == 1) return &policies.front();
  for (const v1::Policy& policy : policies) {
    if (policy.name() == suite.policy) return &policy;
  }
  fault = suite.policy.empty() ? "the files hold several policies: say which by `policy`"
                               : absl::StrCat("the files hold no policy `", suite.policy, "`");
  if (policies.empty()) fault = "the files hold no policy";
  return nullptr;
}

}  // namespace

bool SuiteResult::passed() const {
  return std::all_of(tests.begin(), tests.end(), [](const TestResult& test) { return test.faults.empty(); });
}

int SuiteResult::complete() const {
  return static_cast<int>(std::count_if(coverage.begin(), coverage.end(),
                                        [](const RuleCoverage& rule) { return rule.complete(); }));
}

SuiteResult RunSuite(const PolicySuite& suite, const std::vector<v1::Policy>& policies,
                     const std::vector<v1::JurisdictionSet>& sets) {
  SuiteResult result;
  std::string fault;
  const v1::Policy* policy = PolicyOf(suite, policies, fault);
  if (policy == nullptr) {
    result.tests.push_back({suite.name, "", {}, {fault}});
    return result;
  }
  std::map<std::string, RuleCoverage> coverage;
  for (const SuiteVariables& row : suite.matrix) {
    for (const SuiteTest& test : suite.tests)
      result.tests.push_back(Case(suite, *policy, sets, row, coverage).Run(test));
  }
  for (const v1::Rule& rule : policy->rules()) {
    const RuleCoverage& counted = coverage[rule.id()];
    result.coverage.push_back({rule.id(), counted.violations, counted.passes});
  }
  return result;
}

}  // namespace linchpin::policy
