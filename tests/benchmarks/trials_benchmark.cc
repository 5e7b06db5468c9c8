// Years drawn at random in which something fails or does not, without timelines: 10,000 applications with
// five needs of two alternatives each, 100,000 edges, 256 vendors and their hosts. Usage: trials_benchmark
// [TRIALS]
//
// The peer evaluates one trial after the other by the same draws and the same formula, which is how the rule
// is written (S8, S9); on the trials that it takes both must count the same. What is asked is whether all
// applications of a tenth fail, so that no trial is decided before the end. Goal: 1,000,000 trials a second
// on one thread.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "services/engine/loss/draws.h"
#include "services/engine/structure/failure_sample.h"
#include "tests/benchmarks/vendor_graph.h"

namespace linchpin::engine {
namespace {

constexpr double kChance = 0.02;
constexpr int64_t kPeerTrials = 2000;

double ChanceOf(std::string_view) { return kChance; }

// Trial by trial. The formula is walked from the front: what is read stands before what reads it.
int64_t CountOneByOne(const FailureFunction& function, int64_t trials) {
  const std::vector<Gate> gates = function.formula().Below(function.root());
  std::vector<std::vector<uint64_t>> keys;
  for (const AtomGroup& variable : function.variables()) {
    std::vector<uint64_t>& hashes = keys.emplace_back();
    for (const std::string& key : variable.keys) hashes.push_back(Fnv1a64(key));
  }
  const auto limit = static_cast<uint64_t>(std::floor(kChance * 1e9));
  std::vector<char> value(function.formula().size(), 0);
  int64_t failures = 0;
  for (int64_t trial = 0; trial < trials; ++trial) {
    const uint64_t state = TrialState(1, static_cast<uint64_t>(trial));
    for (Gate gate : gates) {
      const Formula::Kind kind = function.formula().kind(gate);
      if (kind == Formula::Kind::kVariable) {
        value[gate] = 0;
        for (uint64_t key : keys[function.formula().variable(gate)])
          value[gate] |= Scaled(Draw(SourceState(state, key), 0), 1'000'000'000) < limit;
      } else if (kind != Formula::Kind::kConstant) {
        const bool is_and = kind == Formula::Kind::kAnd;
        char all = is_and;
        for (Gate argument : function.formula().arguments(gate))
          all = is_and ? all & value[argument] : all | value[argument];
        value[gate] = all;
      }
    }
    failures += value[function.root()];
  }
  return failures;
}

double Clock() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void Run(int64_t trials) {
  const auto plan = *EvaluationPlan::Create(Build(kTwoAlternatives));
  const AtomCache atoms(plan->shared_knowledge());
  FailureQuestion question;
  question.atoms = {&atoms.Of(AtomClass::kVendor), &atoms.Of(AtomClass::kHost)};
  for (ConsumerIndex consumer : plan->graph().consumers()) question.consumers.push_back(consumer);
  const auto function = FailureFunction::Create(*plan, question);
  if (!function.ok() || !function->has_formula()) {
    std::fprintf(stderr, "no formula: %s\n", function.status().ToString().c_str());
    std::abort();
  }
  double seconds[2];
  int64_t failures[2];
  for (int threads : {1, 2}) {
    const double begin = Clock();
    const auto sample =
        **SampleFailures(*function, {.chance = ChanceOf, .trials = trials, .threads = threads});
    seconds[threads - 1] = Clock() - begin;
    failures[threads - 1] = sample.failures;
  }
  const double begin = Clock();
  const int64_t expected = CountOneByOne(*function, kPeerTrials);
  const double peer = (Clock() - begin) / static_cast<double>(kPeerTrials);
  const int64_t ours = (**SampleFailures(*function, {.chance = ChanceOf, .trials = kPeerTrials})).failures;
  if (ours != expected || failures[0] != failures[1]) {
    std::fprintf(stderr, "answers differ: %lld and %lld, %lld and %lld\n", static_cast<long long>(ours),
                 static_cast<long long>(expected), static_cast<long long>(failures[0]),
                 static_cast<long long>(failures[1]));
    std::abort();
  }
  const EdgeList list = EdgesOf(plan->graph());
  std::printf(
      "%zu edges, %zu atoms: %.0f trials/s on one thread (goal 1000000), %.2f times that on two; one by one "
      "%.0f trials/s, "
      "%.0f times as long; answers equal\n",
      list.edges.size(), function->atom_count(), static_cast<double>(trials) / seconds[0],
      seconds[0] / seconds[1], 1 / peer, peer * static_cast<double>(trials) / seconds[0]);
}

}  // namespace
}  // namespace linchpin::engine

int main(int argc, char** argv) {
  const int64_t trials = argc > 1 ? std::atoll(argv[1]) : 4'000'000;
  if (trials < 1) {
    std::fprintf(stderr, "usage: trials_benchmark [TRIALS]\n");
    return 2;
  }
  linchpin::engine::Run(trials);
  return 0;
}
