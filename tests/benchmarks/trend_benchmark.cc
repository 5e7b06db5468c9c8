// What a rule that looks back costs beside one of the same measure that does not: 100,000 applications with
// ten dependencies each, of which some thousand have changed since the window began. One change makes both be
// evaluated whole.
//
// Usage: trend_benchmark [APPLICATIONS] [CHANGED]
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "services/base/steady.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/policy/domain/trends/filled_past.h"
#include "services/policy/domain/trends/past_inventory.h"
#include "tests/benchmarks/policy_world.h"

namespace linchpin::policy {
namespace {

constexpr int kDependencies = 10;
constexpr int kRounds = 5;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

template <typename T>
T Text(const std::string& text) {
  T message;
  if (!google::protobuf::TextFormat::ParseFromString(text, &message)) Fail("no " + text);
  return message;
}

// `count` rules of one kind, each of its own id.
std::shared_ptr<const PolicySet> Policies(const std::string& kind, int count) {
  std::string rules;
  for (int i = 0; i < count; ++i) rules += " rules { id: 'r" + std::to_string(i) + "' " + kind + " }";
  auto set = std::make_shared<const PolicySet>(
      1, std::vector{Text<v1::Policy>("name: 'policies/p'" + rules)},
      std::vector{Text<v1::Assignment>("name: 'assignments/a' policy: 'policies/p'")},
      std::vector<v1::JurisdictionSet>());
  for (const AssignedPolicy& assigned : set->active()) {
    if (!assigned.bound.ok()) Fail(std::string(assigned.bound.status().message()));
  }
  return set;
}

constexpr char kShare[] =
    "concentration { group_by: DIMENSION_OPERATOR_GROUP metric: METRIC_SHARE limit { number_value: 0.4 } }";
constexpr char kTrend[] =
    "trend { group_by: DIMENSION_OPERATOR_GROUP metric: METRIC_SHARE max_growth { number_value: 0.1 } "
    "window { duration_value { seconds: 2592000 } } }";

void Tell(const char* what, const std::function<void()>& work) {
  double least = 1e12;
  for (int round = 0; round < kRounds; ++round) {
    const base::SteadyTime begin = base::SteadyNow();
    work();
    least = std::min(least, absl::ToDoubleMilliseconds(base::SteadyNow() - begin));
  }
  std::printf("%-62s %9.1f ms\n", what, least);
}

// The view once so many dependencies of it have other alternatives.
std::shared_ptr<const replica::View> After(const replica::View& view, Builder& builder, int applications,
                                           int changed) {
  std::map<std::string, std::string> bodies;
  for (int i = 0; i < changed; ++i) {
    const auto dependency =
        builder.RandomDependency(static_cast<int>(builder.random()() % uint64_t(applications)),
                                 static_cast<int>(builder.random()() % kDependencies));
    bodies[dependency.name()] = dependency.SerializeAsString();
  }
  std::vector<replica::DocumentEdit> edits;
  for (const auto& [name, body] : bodies) {
    replica::DocumentEdit edit;
    edit.document.name = name;
    edit.document.kind = resource::FindKindOf(inventory::v1::Dependency::descriptor());
    edit.document.revision = view.revision() + 1;
    edit.document.body = body;
    edits.push_back(edit);
  }
  replica::ViewEditor editor(view);
  editor.Apply(edits, view.revision() + 1, view.time() + absl::Hours(24 * 30));
  return editor.Finish();
}

void Run(int applications, int changed) {
  Builder builder(applications);
  const auto past = builder.Build(kDependencies);
  const auto now = After(*past, builder, applications, changed);
  EvaluationOptions options;
  options.now = now->time() + absl::Minutes(1);
  options.knowledge = engine::Knowledge::Create(now->shared_graph());
  const absl::Time begin = BeginOfWindow(absl::Hours(24 * 30), options.now);
  const PastMoment moment{.missing = PastMoment::Missing::kNone, .view = past};
  options.past = std::make_shared<const PastInventory>("h", PastInventory::Moments{{begin, moment}});
  const auto evaluate = [&](const PolicySet& policies) {
    const auto evaluation = Evaluate(*now, policies.active(), options);
    if (!evaluation.ok()) Fail(std::string(evaluation.status().message()));
    if (evaluation->rules[0].counts[v1::OUTCOME_PASS] != 1) Fail("the rule does not pass");
  };
  std::printf("%d applications, %d dependencies, %d changed since\n", applications,
              applications * kDependencies, changed);
  Tell("one rule on a share", [&, set = Policies(kShare, 1)] { evaluate(*set); });
  Tell("one rule on the growth of that share", [&, set = Policies(kTrend, 1)] { evaluate(*set); });
  Tell("ten such rules, of one window", [&, set = Policies(kTrend, 10)] { evaluate(*set); });
  Tell("of these: the past with what is known now (FillPast)", [&] {
    if (FillPast(past, *now).view->revision() != past->revision()) Fail("no past");
  });
  Tell("the same where nothing has changed since", [&] { FillPast(now, *now); });
}

}  // namespace
}  // namespace linchpin::policy

int main(int argc, char** argv) {
  const int applications = argc > 1 ? std::atoi(argv[1]) : linchpin::policy::kApplications;
  const int changed = argc > 2 ? std::atoi(argv[2]) : 1000;
  if (applications < 1 || applications > 1'000'000 || changed < 1) {
    std::fprintf(stderr, "usage: trend_benchmark [APPLICATIONS] [CHANGED]\n");
    return 2;
  }
  linchpin::policy::Run(applications, changed);
}
