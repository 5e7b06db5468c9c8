// Evaluation of policies over 100,000 applications, with one and with ten dependencies each: every kind of
// rule by itself, a policy of several, and the step from one evaluation to the next when nothing has changed.
#include <cstdlib>
#include <memory>
#include <string>

#include "benchmark/benchmark.h"
#include "google/protobuf/text_format.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/lifecycle.h"
#include "tests/benchmarks/policy_world.h"

namespace linchpin::policy {
namespace {

const replica::View& ViewWith(int dependencies) {
  static auto* const one = new std::shared_ptr<const replica::View>(Builder().Build(1));
  static auto* const ten = new std::shared_ptr<const replica::View>(Builder().Build(10));
  return dependencies == 1 ? **one : **ten;
}

v1::Rule Rule(const std::string& text) {
  v1::Rule rule;
  if (!google::protobuf::TextFormat::ParseFromString(text, &rule)) std::abort();
  return rule;
}

v1::Rule LineageRule() {
  return Rule(R"(id: "lineage" select { all { path: "tier" op: OP_LE values { int_value: 2 } } }
                 lineage { denied { list_value { values: "CN" } } })");
}
v1::Rule CleanLineageRule() {
  return Rule(R"(id: "clean" lineage { denied { list_value { values: "JP" } } })");
}
v1::Rule FallbackRule() {
  return Rule(R"(id: "fallback" select { all { path: "tier" op: OP_LE values { int_value: 2 } } }
                 fallback { different_in: DIMENSION_OPERATOR_GROUP different_in: DIMENSION_HOST_PROVIDER_GROUP
                            tested_within { seconds: 7776000 } })");
}
v1::Rule ConcentrationRule() {
  return Rule(R"(id: "share" concentration { group_by: DIMENSION_OPERATOR_GROUP metric: METRIC_SHARE
                 limit { number_value: 0.4 } })");
}

PolicySet SetOf(const std::vector<v1::Rule>& rules) {
  v1::Policy policy;
  policy.set_name("policies/p");
  for (const v1::Rule& rule : rules) *policy.add_rules() = rule;
  v1::Assignment assignment;
  assignment.set_name("assignments/a");
  assignment.set_policy("policies/p");
  return PolicySet(1, {policy}, {assignment}, {});
}

void Run(benchmark::State& state, const std::vector<v1::Rule>& rules) {
  const replica::View& view = ViewWith(static_cast<int>(state.range(0)));
  const PolicySet policies = SetOf(rules);
  EvaluationOptions options;
  options.now = absl::FromUnixSeconds(kNow);
  for (auto _ : state) {
    auto evaluation = Evaluate(view, policies.active(), options);
    if (!evaluation.ok()) state.SkipWithError("no evaluation");
    state.counters["findings"] = static_cast<double>(evaluation->findings.size());
  }
}

void Lineage(benchmark::State& state) { Run(state, {LineageRule()}); }
void LineageWithoutOffence(benchmark::State& state) { Run(state, {CleanLineageRule()}); }
void Fallback(benchmark::State& state) { Run(state, {FallbackRule()}); }
void Concentration(benchmark::State& state) { Run(state, {ConcentrationRule()}); }
void AllKinds(benchmark::State& state) {
  Run(state, {LineageRule(), CleanLineageRule(), FallbackRule(), ConcentrationRule()});
}

void StepWithoutChange(benchmark::State& state) {
  const replica::View& view = ViewWith(static_cast<int>(state.range(0)));
  const PolicySet policies = SetOf({LineageRule(), FallbackRule()});
  EvaluationOptions options;
  options.now = absl::FromUnixSeconds(kNow);
  auto evaluation = Evaluate(view, policies.active(), options);
  if (!evaluation.ok()) std::abort();
  const FindingMap findings = Advance({}, *evaluation, policies, nullptr, view).findings;
  for (auto _ : state) {
    state.PauseTiming();
    Evaluation copy = *evaluation;
    state.ResumeTiming();
    const LifecycleStep step = Advance(findings, std::move(copy), policies, &policies, view);
    if (!step.changed.empty()) state.SkipWithError("something changed");
  }
}

BENCHMARK(Lineage)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(LineageWithoutOffence)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(Fallback)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(Concentration)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(AllKinds)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(StepWithoutChange)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace linchpin::policy

BENCHMARK_MAIN();
