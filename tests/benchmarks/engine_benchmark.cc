// What the engine costs: sweeps against plain reachability, one scenario over time, one changed dependency,
// memory.
//
// The comparison: for each of 256 vendors, Boost.Graph marks what a breadth-first search over a prebuilt
// graph reaches from it; Sweep finds what the loss of that vendor does in every reading. The floor is a bare
// pass of AND and OR over arrays of words, which knows neither numbers nor weights nor readings; that Sweep
// counts what it counts is checked, and so is Boost where every need has a single alternative, so that all
// that is reached falls. At the end of a run the program prints the ratios, which the goals are about: at
// least 6 times as fast as Boost, at most 4 times the floor.
#include <unistd.h>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/breadth_first_search.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "services/engine/graph/graph.h"
#include "services/engine/simulation/simulate.h"
#include "services/engine/simulation/sweep.h"
#include "tests/benchmarks/vendor_graph.h"

namespace linchpin::engine {
namespace {

// What the exit of each vendor hits, made once for each graph.
const AtomIndex& VendorsOf(const EvaluationPlan& plan) {
  static std::map<const Graph*, std::unique_ptr<const AtomIndex>> made;
  auto& index = made[&plan.graph()];
  if (index == nullptr) index = std::make_unique<const AtomIndex>(plan.knowledge(), AtomClass::kVendor);
  return *index;
}

const std::shared_ptr<const EvaluationPlan>& PlanOf(const Shape& shape, const char* key) {
  static std::map<std::string, std::shared_ptr<const EvaluationPlan>> made;
  auto& plan = made[key];
  if (plan == nullptr) {
    plan = *EvaluationPlan::Create(Build(shape));
    (void)Sweep(*plan, AtomIndex(plan->knowledge(),
                                 AtomClass::kVendor));  // Baselines and atoms are made on first use.
  }
  return plan;
}

// What goes into the closing lines: the best time of each, in seconds of processor time.
std::map<std::string, double>& Times() {
  static std::map<std::string, double> times;
  return times;
}

class Timed {
 public:
  explicit Timed(std::string key) : key_(std::move(key)), start_(ProcessorSeconds()) {}
  ~Timed() {
    const double s = ProcessorSeconds() - start_;
    auto [entry, is_new] = Times().try_emplace(key_, s);
    if (!is_new) entry->second = std::min(entry->second, s);
  }

 private:
  std::string key_;
  double start_;
};

// Ends the program where the contenders do not agree.
void CheckEqual(uint64_t a, uint64_t b, const char* what) {
  if (a == b) return;
  std::fprintf(stderr, "%s: %llu and %llu\n", what, static_cast<unsigned long long>(a),
               static_cast<unsigned long long>(b));
  std::abort();
}

using BoostGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

BoostGraph BoostGraphOf(const Graph& graph) {
  const EdgeList list = EdgesOf(graph);
  BoostGraph out(list.vertices);
  for (const auto& [from, to] : list.edges) boost::add_edge(from, to, out);
  return out;
}

void BoostReachability(benchmark::State& state, const Shape& shape, const char* key) {
  const Graph& graph = PlanOf(shape, key)->graph();
  const BoostGraph boost_graph = BoostGraphOf(graph);
  std::vector<boost::default_color_type> colors(num_vertices(boost_graph));
  int64_t reached = 0;
  for (auto _ : state) {
    const Timed timed(std::string("boost ") + key);
    for (VendorIndex vendor : graph.vendors()) {
      std::fill(colors.begin(), colors.end(), boost::white_color);
      auto color_map =
          boost::make_iterator_property_map(colors.begin(), boost::get(boost::vertex_index, boost_graph));
      boost::queue<size_t> queue;
      boost::breadth_first_visit(boost_graph, vendor.value, queue, boost::default_bfs_visitor(), color_map);
      benchmark::DoNotOptimize(colors.data());
    }
  }
  reached =
      std::count_if(colors.begin(), colors.end(), [](auto color) { return color != boost::white_color; });
  // Vendor, deployments and consumers; where all that is reached falls, Sweep must say the same.
  if (shape.alternatives == 1) {
    const uint32_t last = graph.vendors().slots() - 1;
    const auto outcomes = *Sweep(*PlanOf(shape, key), VendorsOf(*PlanOf(shape, key)));
    for (const AtomOutcome& outcome : outcomes) {
      if (outcome.atom.index != last) continue;
      CheckEqual(
          outcome.impact.proven.impacted,
          static_cast<uint64_t>(reached) - 1 - static_cast<uint64_t>(shape.deployments / shape.vendors),
          "Boost");
    }
  }
  state.counters["reached_by_last"] = static_cast<double>(reached);
  state.counters["edges"] = static_cast<double>(num_edges(boost_graph));
}

// The bare pass: groups of alternatives in one array, the last of each group marked, four words for each
// target.
class Floor {
 public:
  static constexpr uint32_t kLast = 1u << 31;

  explicit Floor(const Graph& graph) : deployments_(graph.deployments().slots()) {
    for (DeploymentIndex d : graph.deployments()) {
      operators_.push_back(graph.deployments()[d].operator_vendor->value);
    }
    for (ConsumerIndex c : graph.consumers()) {
      const ConsumerView consumer = graph.consumers()[c];
      for (uint32_t g = 0; g < consumer.group_count(); ++g) {
        for (const Target target : consumer.group(g).targets()) {
          targets_.push_back(target.is_consumer() ? deployments_ + target.consumer().value
                                                  : target.deployment().value);
        }
        targets_.back() |= kLast;
      }
      begin_.push_back(static_cast<uint32_t>(targets_.size()));
    }
    words_.resize((deployments_ + begin_.size() - 1) * kWords);
  }

  void Run() {
    std::fill(words_.begin(), words_.end(), 0);
    for (uint32_t d = 0; d < deployments_; ++d)
      words_[d * kWords + operators_[d] / 64] |= uint64_t{1} << operators_[d] % 64;
    for (size_t c = 0; c + 1 < begin_.size(); ++c) {
      uint64_t any[kWords] = {}, all[kWords] = {~0ull, ~0ull, ~0ull, ~0ull};
      for (uint32_t i = begin_[c]; i < begin_[c + 1]; ++i) {
        const uint64_t* of = &words_[size_t{targets_[i] & ~kLast} * kWords];
        for (size_t w = 0; w < kWords; ++w) all[w] &= of[w];
        if ((targets_[i] & kLast) == 0) continue;
        for (size_t w = 0; w < kWords; ++w) any[w] |= all[w], all[w] = ~0ull;
      }
      std::copy(any, any + kWords, &words_[(deployments_ + c) * kWords]);
    }
  }

  uint32_t DownWith(uint32_t vendor) const {
    uint32_t count = 0;
    for (size_t c = deployments_; c < words_.size() / kWords; ++c)
      count += words_[c * kWords + vendor / 64] >> vendor % 64 & 1;
    return count;
  }

 private:
  static constexpr size_t kWords = 4;
  uint32_t deployments_;
  std::vector<uint32_t> operators_;
  std::vector<uint32_t> begin_{0};
  std::vector<uint32_t> targets_;
  std::vector<uint64_t> words_;
};

void BarePass(benchmark::State& state, const Shape& shape, const char* key) {
  const auto& plan = PlanOf(shape, key);
  Floor floor(plan->graph());
  for (auto _ : state) {
    const Timed timed(std::string("floor ") + key);
    floor.Run();
    benchmark::DoNotOptimize(floor);
  }
  const auto outcomes = *Sweep(*plan, VendorsOf(*plan));
  for (const AtomOutcome& outcome : outcomes)
    CheckEqual(outcome.impact.proven.impacted, floor.DownWith(outcome.atom.index), outcome.key.c_str());
}

void VendorSweep(benchmark::State& state, const Shape& shape, const char* key) {
  const auto& plan = PlanOf(shape, key);
  uint64_t impacted = 0;
  for (auto _ : state) {
    const Timed timed(std::string("sweep ") + key);
    auto outcomes = Sweep(*plan, VendorsOf(*plan));
    impacted = 0;
    for (const AtomOutcome& outcome : *outcomes) impacted += outcome.impact.not_excluded.impacted;
  }
  state.counters["impacted_mean"] = static_cast<double>(impacted) / 256;
}

void OneScenario(benchmark::State& state, const Shape& shape, const char* key) {
  const auto& plan = PlanOf(shape, key);
  const Scenario scenario{{{.id = "a", .kind = CutoffKind::kVendorExit, .target = "vendors/7"}}, 7 * 86'400};
  for (auto _ : state) benchmark::DoNotOptimize(Simulate(*plan, scenario));
}

// Each vendor's exit over a year, in every reading; `scenarios` is their rate.
void TimedSweep(benchmark::State& state, const Shape& shape, const char* key, bool causes) {
  const auto& plan = PlanOf(shape, key);
  int64_t scenarios = 0, hit = 0;
  for (auto _ : state) {
    auto status = SweepOverTime(*plan, VendorsOf(*plan), {.horizon_seconds = 31'536'000, .causes = causes},
                                [&scenarios, &hit](const TimedAtomOutcome& outcome) {
                                  ++scenarios;
                                  hit += static_cast<int64_t>(outcome.proven.consumers.size());
                                  return absl::OkStatus();
                                });
    benchmark::DoNotOptimize(status);
  }
  state.counters["hit_mean"] = static_cast<double>(hit) / static_cast<double>(scenarios);
  state.counters["scenarios"] =
      benchmark::Counter(static_cast<double>(scenarios), benchmark::Counter::kIsRate);
}
void TimedVendorSweep(benchmark::State& state, const Shape& shape, const char* key) {
  TimedSweep(state, shape, key, /*causes=*/false);
}
void TimedVendorSweepWithCauses(benchmark::State& state, const Shape& shape, const char* key) {
  TimedSweep(state, shape, key, /*causes=*/true);
}

void ApplyOneDependency(benchmark::State& state, const Shape& shape, const char* key) {
  auto graph = PlanOf(shape, key)->shared_graph();
  std::mt19937 random(2);
  for (auto _ : state) {
    GraphChanges change;
    const int c = static_cast<int>(random() % static_cast<uint32_t>(shape.consumers));
    change.groups.push_back({.consumer = "applications/" + std::to_string(c),
                             .id = "need-1",
                             .alternatives = {{.target = "deployments/" + std::to_string(random() % 1024)},
                                              {.target = "deployments/" + std::to_string(random() % 1024)}}});
    graph = *graph->Apply(change);
  }
}

void PrepareAfterChange(benchmark::State& state, const Shape& shape, const char* key) {
  const auto graph = PlanOf(shape, key)->shared_graph();
  for (auto _ : state) {
    auto plan = *EvaluationPlan::Create(graph);
    benchmark::DoNotOptimize(plan->Baseline(Reading::kProven, Readiness::kImmediate));
  }
}

double ResidentMb() {
  std::ifstream statm("/proc/self/statm");
  int64_t total = 0, resident = 0;
  statm >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

void BuildMillion(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    auto facts = std::make_unique<GraphChanges>(Facts(kMillion));
    state.ResumeTiming();
    const double before = ResidentMb();
    auto graph = *Graph::Empty()->Apply(*facts);
    state.counters["bytes_used_mb"] = static_cast<double>(graph->BytesUsed()) / 1e6;
    state.counters["resident_growth_mb"] = ResidentMb() - before;
  }
}

#define LINCHPIN_SHAPE(function, shape) \
  BENCHMARK_CAPTURE(function, shape, shape, #shape)->Unit(benchmark::kMillisecond)

BENCHMARK(BuildMillion)->Unit(benchmark::kMillisecond)->Iterations(1);
LINCHPIN_SHAPE(BoostReachability, kOneAlternative);
LINCHPIN_SHAPE(VendorSweep, kOneAlternative);
LINCHPIN_SHAPE(BarePass, kOneAlternative);
LINCHPIN_SHAPE(BoostReachability, kTwoAlternatives);
LINCHPIN_SHAPE(VendorSweep, kTwoAlternatives);
LINCHPIN_SHAPE(BarePass, kTwoAlternatives);
LINCHPIN_SHAPE(BoostReachability, kOneAlternativeLarge);
LINCHPIN_SHAPE(VendorSweep, kOneAlternativeLarge);
LINCHPIN_SHAPE(BarePass, kOneAlternativeLarge);
LINCHPIN_SHAPE(BoostReachability, kTwoAlternativesLarge);
LINCHPIN_SHAPE(VendorSweep, kTwoAlternativesLarge);
LINCHPIN_SHAPE(BarePass, kTwoAlternativesLarge);
LINCHPIN_SHAPE(BoostReachability, kUnknowns);
LINCHPIN_SHAPE(VendorSweep, kUnknowns);
LINCHPIN_SHAPE(BoostReachability, kPools);
LINCHPIN_SHAPE(VendorSweep, kPools);
LINCHPIN_SHAPE(TimedVendorSweep, kSmall);
LINCHPIN_SHAPE(TimedVendorSweepWithCauses, kSmall);
LINCHPIN_SHAPE(TimedVendorSweep, kTwoAlternatives);
LINCHPIN_SHAPE(TimedVendorSweepWithCauses, kTwoAlternatives);
LINCHPIN_SHAPE(OneScenario, kTwoAlternatives);
LINCHPIN_SHAPE(OneScenario, kMillion);
LINCHPIN_SHAPE(VendorSweep, kMillion);
LINCHPIN_SHAPE(ApplyOneDependency, kMillion);
LINCHPIN_SHAPE(PrepareAfterChange, kMillion);

void PrintRatios() {
  for (const char* key : {"kOneAlternative", "kTwoAlternatives", "kOneAlternativeLarge",
                          "kTwoAlternativesLarge", "kUnknowns", "kPools"}) {
    const auto time = [key](const char* of) {
      const auto found = Times().find(std::string(of) + key);
      return found == Times().end() ? 0.0 : found->second;
    };
    const double sweep = time("sweep "), boost_time = time("boost "), floor = time("floor ");
    if (sweep == 0 || boost_time == 0) continue;
    std::printf("%s: Boost reachability / sweep = %.2f (%.2f ms / %.2f ms, processor time, best of each)",
                key, boost_time / sweep, boost_time * 1e3, sweep * 1e3);
    if (floor > 0) std::printf("; sweep / bare pass = %.2f (%.2f ms)", sweep / floor, floor * 1e3);
    std::printf("\n");
  }
}

}  // namespace
}  // namespace linchpin::engine

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  linchpin::engine::PrintRatios();
  return 0;
}
