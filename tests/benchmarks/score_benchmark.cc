// What scores and losses cost: all scores of 100,000 applications, those that one change can reach, and years
// of Monte Carlo with timelines, on one thread and on two. Prints times of the processor or, for two threads,
// of the clock, and the ratios that the goals are about: 5 s, 50 ms, 1.7 times with two threads. The peer of
// all scores is one timeline of the whole graph for each loss that differs from those before; what both find
// must be equal.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/loss/monte_carlo.h"
#include "services/engine/score/down_runs.h"
#include "services/engine/score/score_board.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {
namespace {

struct Shape {
  const char* name;
  int vendors;
  int deployments;
  int consumers;
  int groups;
  bool scarce = false;   // One deployment in twenty has a capacity that can run short.
  bool weaker = false;   // Fallbacks have a quality of 0.9.
  bool bridged = false;  // One application in twenty carries on for ten minutes without its dependencies.
};

constexpr Shape kTenThousand = {"10,000 applications, 100,000 alternatives", 256, 1024, 10'000, 5};
constexpr Shape kHundredThousand = {"100,000 applications, 1,000,000 alternatives", 256, 1024, 100'000, 5};

Shape With(const char* name, bool Shape::*what) {
  Shape shape = kTenThousand;
  shape.name = name;
  shape.*what = true;
  return shape;
}

std::string Name(const char* kind, int i) { return kind + std::to_string(i); }

void AddSupply(const Shape& shape, GraphChanges& facts) {
  for (int v = 0; v < shape.vendors; ++v) {
    const std::string vendor = Name("vendors/v", v);
    facts.vendors.push_back({.name = vendor,
                             .country = Country::Parse(v % 3 == 0 ? "US" : "FR"),
                             .parent = Fact<std::string>::None()});
    facts.hosts.push_back({.name = Name("hosts/h", v), .provider = vendor, .country = Country::Parse("US")});
    facts.models.push_back({.name = Name("models/m", v),
                            .developer = vendor,
                            .weights = Weights::kProprietary,
                            .licence = Fact<std::string>::None(),
                            .derivations = Fact<std::vector<DerivationFacts>>::None(),
                            .requires_activation = false});
  }
  for (int d = 0; d < shape.deployments; ++d) {
    const int v = d % shape.vendors;
    facts.deployments.push_back(
        {.name = Name("deployments/d", d),
         .model = Name("models/m", v),
         .mode = HostingMode::kVendorApi,
         .operator_vendor = Name("vendors/v", v),
         .host = Name("hosts/h", v),
         .capacity_units = shape.scarce && d % 20 == 0 ? Fact<int64_t>(100) : Fact<int64_t>::None(),
         .pass_through = false,
         .intermediaries = Fact<std::vector<std::string>>::None()});
  }
}

GroupFacts Group(const Shape& shape, int consumer, int group, std::mt19937& random) {
  const auto pick = [&random](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  GroupFacts facts{.consumer = Name("applications/a", consumer), .id = Name("need-", group)};
  for (int k = 0; k < 2; ++k) {
    // One target in ten is an application made earlier, so that losses spread.
    const bool on_consumer = consumer > 0 && pick(10) == 0;
    facts.alternatives.push_back(
        {.target = on_consumer ? Name("applications/a", pick(consumer))
                               : Name("deployments/d", pick(shape.deployments)),
         .quality_ppm = shape.weaker && k == 1 ? 900'000 : kOne,
         .activation = k == 0 ? Activation::kAutomatic : Activation::kConfiguration});
  }
  if (shape.bridged && consumer % 20 == 0) facts.bridge_seconds = 600;
  return facts;
}

std::shared_ptr<const Graph> Build(const Shape& shape) {
  std::mt19937 random(1);
  GraphChanges facts;
  AddSupply(shape, facts);
  for (int c = 0; c < shape.consumers; ++c) {
    ConsumerFacts consumer{.name = Name("applications/a", c), .tier = 1 + c % 4};
    consumer.continuity.loss_per_hour_minor = 1000;
    facts.consumers.push_back(consumer);
    for (int g = 0; g < shape.groups; ++g) facts.groups.push_back(Group(shape, c, g, random));
  }
  auto graph = Graph::Empty()->Apply(facts);
  if (!graph.ok()) std::fprintf(stderr, "%s\n", graph.status().ToString().c_str());
  return *graph;
}

Hazards ShippedLike() {
  Hazards hazards;
  constexpr int64_t kDay = 86'400;
  hazards.SetClass(AtomClass::kVendor, {0.02, 30 * kDay, {}});
  hazards.SetClass(AtomClass::kHost, {0.2, 0, kDay / 3});
  hazards.SetClass(AtomClass::kWeights, {0.02, 30 * kDay, {}});
  hazards.SetClass(AtomClass::kServices, {0.01, 14 * kDay, {}});
  hazards.SetClass(AtomClass::kModel, {0.33, 90 * kDay, {}});
  return hazards;
}

double Seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <typename Work>
double Timed(clockid_t clock, const Work& work) {
  const double begin = Seconds(clock);
  work();
  return Seconds(clock) - begin;
}

template <typename T>
T OrAbort(absl::StatusOr<T> made) {
  if (made.ok()) return *std::move(made);
  std::fprintf(stderr, "%s\n", made.status().ToString().c_str());
  std::abort();
}

// Bit for bit.
bool Same(const ScoreBoard& a, const ScoreBoard& b) {
  for (Reading reading : kReadings) {
    if (a.Portfolio(reading).score != b.Portfolio(reading).score) return false;
    for (ConsumerIndex consumer : a.graph().consumers()) {
      if (a.LambdaOf(reading, consumer) != b.LambdaOf(reading, consumer)) return false;
    }
  }
  return true;
}

std::vector<AtomLoss> Losses(const AtomCache& atoms, const Hazards& hazards) {
  std::vector<AtomLoss> losses;
  for (AtomClass atom_class : kAtomClasses) {
    const AtomIndex& index = atoms.Of(atom_class);
    for (const AtomIndex::Entry& entry : index.entries()) {
      losses.push_back({&index, &entry, hazards.Of(atom_class, entry.key)});
    }
  }
  return losses;
}

// Seconds of all runs, each times a number of its own, so that a run in the wrong place shows.
uint64_t Digest(const std::vector<DownRun>& runs) {
  uint64_t sum = 0;
  for (const DownRun& run : runs)
    sum += static_cast<uint64_t>(run.seconds) * (2 * uint64_t{run.consumer.value} + 1);
  return sum;
}

// A loss that hits the same as another at the same times is simulated once, as it was before there was
// another way. All facts of this graph are known, so that one reading says all.
void BenchDownRuns(const Shape& shape) {
  const auto plan = OrAbort(EvaluationPlan::Create(Build(shape)));
  const AtomCache atoms(plan->shared_knowledge());
  const auto losses = Losses(atoms, ShippedLike());
  const auto timeline = OrAbort(Timeline::Create(*plan, Reading::kProven, {}));
  std::map<std::pair<std::vector<DeploymentIndex>, std::vector<int64_t>>, uint64_t> known;
  std::vector<uint64_t> one_by_one, at_once;
  const double slow = Timed(CLOCK_THREAD_CPUTIME_ID, [&] {
    for (const AtomLoss& loss : losses) {
      const Cutoff cutoff = CutoffOf(plan->graph(), loss.entry->atom, loss.hazard);
      auto hits = loss.index->HitsOf(*loss.entry, Reading::kProven);
      const auto [entry, is_new] =
          known.try_emplace({hits, {cutoff.notice_seconds, cutoff.duration_seconds.value_or(-1)}});
      if (is_new)
        entry->second = Digest(OrAbort(timeline->RunDown({{cutoff}, kYearSeconds}, {std::move(hits)})));
      one_by_one.push_back(entry->second);
    }
  });
  const double fast = Timed(CLOCK_THREAD_CPUTIME_ID, [&] {
    for (const auto& runs : OrAbort(FindDownRuns(*plan, losses))) at_once.push_back(Digest(*runs.proven));
  });
  std::printf(
      "%s: what %zu losses take down, a timeline each %.2f s, at once %.3f s, ratio %.1f; answers %s\n",
      shape.name, losses.size(), slow, fast, slow / fast, one_by_one == at_once ? "equal" : "DIFFER");
}

void BenchScores(const Shape& shape) {
  const auto graph = Build(shape);
  const Hazards hazards = ShippedLike();
  std::shared_ptr<const ScoreBoard> board;
  std::shared_ptr<const Knowledge> knowledge;
  std::unique_ptr<const AtomCache> atoms;
  const double all = Timed(CLOCK_THREAD_CPUTIME_ID, [&] {
    const auto plan = *EvaluationPlan::Create(graph);
    knowledge = plan->shared_knowledge();
    atoms = std::make_unique<const AtomCache>(knowledge);
    board = *ScoreBoard::Create(*plan, *atoms, hazards);
  });
  std::mt19937 random(2);
  GraphChanges change;
  change.groups.push_back(Group(shape, shape.consumers / 2, 0, random));
  const auto after = *graph->Apply(change);
  std::shared_ptr<const ScoreBoard> updated;
  // As a new revision is scored: its facts are those of the one before.
  const double one = Timed(CLOCK_THREAD_CPUTIME_ID, [&] {
    updated = *ScoreBoard::Update(*board, *knowledge->On(after), *atoms, hazards);
  });
  const auto anew = *ScoreBoard::Create(*OrAbort(EvaluationPlan::Create(after)), *atoms, hazards);
  std::printf("%s: all scores %.2f s (goal 5), after one change %.1f ms (goal 50), ratio %.0f; answers %s\n",
              shape.name, all, one * 1e3, all / one,
              updated != nullptr && Same(*updated, *anew) ? "equal" : "DIFFER");
}

std::vector<LossSource> Sources(const Knowledge& knowledge, const Hazards& hazards) {
  const Graph& graph = knowledge.graph();
  std::vector<LossSource> sources;
  for (AtomClass atom_class : kAtomClasses) {
    for (const Atom& atom : AtomsOf(knowledge, atom_class)) {
      const std::string key = KeyOf(graph, atom);
      const AtomHazard hazard = hazards.Of(atom_class, key);
      LossSource source{.key = key, .cutoff = CutoffOf(graph, atom, hazard)};
      source.p_ppb = PpbOfRate(hazard.hazard.rate_per_year);
      if (hazard.hazard.duration_seconds) {
        source.duration = {LossDuration::Kind::kFixed, *hazard.hazard.duration_seconds};
      }
      sources.push_back(source);
    }
  }
  return sources;
}

void BenchLosses(const Shape& shape, int64_t trials) {
  const auto graph = Build(shape);
  const auto plan = *EvaluationPlan::Create(graph);
  const auto sources = Sources(plan->knowledge(), ShippedLike());
  std::vector<int64_t> losses[2];
  double seconds[2];
  for (int threads : {1, 2}) {
    seconds[threads - 1] = Timed(CLOCK_MONOTONIC, [&] {
      losses[threads - 1] = DrawLosses(*plan, sources, {.trials = trials, .threads = threads})->losses;
    });
  }
  std::printf("%s: %.0f years/s on one thread, %.2f times that on two, answers %s\n", shape.name,
              static_cast<double>(trials) / seconds[0], seconds[0] / seconds[1],
              losses[0] == losses[1] ? "equal" : "DIFFER");
}

}  // namespace
}  // namespace linchpin::engine

int main() {
  using namespace linchpin::engine;
  BenchDownRuns(kTenThousand);
  BenchDownRuns(With("the same, fallbacks at a quality of 0.9", &Shape::weaker));
  BenchDownRuns(With("the same, one application in twenty with bridges", &Shape::bridged));
  BenchDownRuns(With("the same, one deployment in twenty scarce", &Shape::scarce));
  BenchScores(kTenThousand);
  BenchScores(kHundredThousand);
  BenchLosses(kTenThousand, 200);
  return 0;
}
