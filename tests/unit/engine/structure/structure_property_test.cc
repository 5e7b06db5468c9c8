// Cut sets and importance of small random worlds, against trying everything.
#include <cmath>
#include <memory>
#include <ostream>
#include <random>

#include "gtest/gtest.h"
#include "services/engine/loss/draws.h"
#include "services/engine/structure/cut_sets.h"
#include "services/engine/structure/failure_sample.h"
#include "services/engine/structure/importance.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/structure/brute_force.h"

namespace linchpin::engine {
namespace {

struct Mix {
  const char* name;
  uint32_t seeds;
  RandomWorldOptions options;
};

void PrintTo(const Mix& mix, std::ostream* out) { *out << mix.name; }

// A random world with a random question about it.
class Asked {
 public:
  Asked(uint32_t seed, const RandomWorldOptions& options) : world_(seed, options), random_(seed) {
    auto graph = Graph::Empty()->Apply(world_.Facts());
    EXPECT_THAT(graph, IsOk());
    plan_ = *EvaluationPlan::Create(*graph);
    const AtomClass atom_class = kAtomClasses[Pick(std::size(kAtomClasses))];
    for (AtomClass other : {AtomClass::kVendor, atom_class}) {
      if (!indexes_.empty() && other == AtomClass::kVendor) continue;
      indexes_.push_back(std::make_unique<AtomIndex>(*Knowledge::Create(*graph), other));
      question.atoms.push_back(indexes_.back().get());
    }
    for (ConsumerIndex consumer : (*graph)->consumers()) {
      if (question.consumers.empty() || Pick(4) == 0) question.consumers.push_back(consumer);
    }
    if (Pick(2) == 0) question.together = FailureQuestion::Together::kAll;
    question.reading = kReadings[Pick(3)];
    if (Pick(2) == 0) question.readiness = Readiness::kImmediate;
    if (Pick(2) == 0) question.threshold_ppm = 100'000 * static_cast<int32_t>(Pick(10));
  }

  const EvaluationPlan& plan() const { return *plan_; }
  size_t Pick(size_t n) { return random_() % n; }

  FailureQuestion question;

 private:
  RandomWorld world_;
  std::mt19937 random_;
  std::shared_ptr<const EvaluationPlan> plan_;
  std::vector<std::unique_ptr<AtomIndex>> indexes_;
};

class StructureOfRandomWorlds : public ::testing::TestWithParam<Mix> {};

TEST_P(StructureOfRandomWorlds, CutSetsEqualThoseFoundByTryingAll) {
  size_t by_formula = 0, by_search = 0;
  for (uint32_t seed = 0; seed < GetParam().seeds && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Asked asked(seed, GetParam().options);
    const BruteForce expected(asked.plan(), asked.question);
    if (!expected.is_small()) continue;
    CutSetOptions options{.size_max = static_cast<uint32_t>(asked.Pick(5)), .count_all = asked.Pick(2) == 0};
    if (asked.Pick(4) == 0) options.limits.nodes_max = 3;  // Then sets are all that is left.
    const auto cuts = FindCutSets(asked.plan(), asked.question, options);
    ASSERT_THAT(cuts, IsOk());
    (cuts->obstacle.has_value() ? by_search : by_formula) += 1;
    if (!cuts->complete_to.has_value()) {
      EXPECT_EQ(options.limits.nodes_max, 3u);
      continue;
    }
    EXPECT_EQ(cuts->sets, expected.CutSets(*cuts->complete_to));
    if (options.limits.nodes_max > 3) {
      EXPECT_EQ(*cuts->complete_to, options.size_max);
    }
    std::vector<uint64_t> counts(cuts->count_by_size.size(), 0);
    for (const auto& set : expected.CutSets(cuts->counted_all ? BruteForce::kAtomsMax : *cuts->complete_to)) {
      ASSERT_LT(set.size(), counts.size());
      ++counts[set.size()];
    }
    EXPECT_EQ(cuts->count_by_size, counts);
  }
  EXPECT_GT(by_formula + by_search, GetParam().seeds / 2);
  if (GetParam().options.pool_percent == 0) {
    EXPECT_GT(by_formula, by_search);
  }
}

void ExpectWithin(const Bounded& figure, double expected, bool exact, const std::string& what) {
  if (std::isinf(expected)) {
    EXPECT_TRUE(std::isinf(figure.upper)) << what;
    return;
  }
  const double slack = 1e-9 * std::max(1.0, std::abs(expected));
  EXPECT_LE(figure.lower, expected + slack) << what;
  EXPECT_GE(figure.upper, expected - slack) << what;
  EXPECT_TRUE(!exact || figure.exact()) << what;
}

TEST_P(StructureOfRandomWorlds, ImportanceEqualsThatFoundByTryingAll) {
  for (uint32_t seed = 0; seed < GetParam().seeds && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Asked asked(seed, GetParam().options);
    const BruteForce expected(asked.plan(), asked.question);
    if (!expected.is_small()) continue;
    std::map<std::string, double, std::less<>> chances;
    std::vector<double> p;
    for (const std::string& key : expected.keys()) {
      p.push_back(chances[key] = static_cast<double>(asked.Pick(21)) / 20);
    }
    ImportanceOptions options;
    options.chance = [&](std::string_view key) { return chances.find(key)->second; };
    const bool exact = asked.Pick(4) > 0;
    if (!exact) options.limits.nodes_max = 4, options.limits.search.questions_max = 12;
    const auto found = FindImportance(asked.plan(), asked.question, options);
    ASSERT_THAT(found, IsOk());
    const double q = expected.Chance(p);
    ExpectWithin(found->failure, q, exact, "Q");
    EXPECT_TRUE(!exact || found->bound == Importance::Bound::kNone);
    for (const AtomImportance& atom : found->atoms) {
      const size_t a = static_cast<size_t>(
          std::find(expected.keys().begin(), expected.keys().end(), atom.key) - expected.keys().begin());
      const double q1 = expected.Chance(p, static_cast<int>(a), true),
                   q0 = expected.Chance(p, static_cast<int>(a), false);
      ExpectWithin(atom.birnbaum, q1 - q0, exact, atom.key + " Birnbaum");
      if (q < 1e-12) continue;
      ExpectWithin(atom.criticality, p[a] * (q1 - q0) / q, exact, atom.key + " criticality");
      ExpectWithin(atom.fussell_vesely, expected.ChanceOfPart(p, a) / q, exact, atom.key + " Fussell-Vesely");
      ExpectWithin(atom.achievement, q1 / q, exact, atom.key + " RAW");
      ExpectWithin(atom.reduction, q0 < 1e-12 ? INFINITY : q / q0, exact, atom.key + " RRW");
      ExpectWithin(atom.diagnostic, p[a] * q1 / q, exact, atom.key + " diagnostic");
    }
  }
}

// Trial by trial and atom by atom, as S9 writes the draws.
int64_t CountFailures(const BruteForce& expected, const std::map<std::string, int64_t>& ppb, uint64_t seed,
                      int64_t trials) {
  int64_t failures = 0;
  for (int64_t trial = 0; trial < trials; ++trial) {
    size_t lost = 0;
    for (size_t a = 0; a < expected.keys().size(); ++a) {
      const std::string& key = expected.keys()[a];
      const uint64_t state = SourceState(TrialState(seed, static_cast<uint64_t>(trial)), Fnv1a64(key));
      if (static_cast<int64_t>(Scaled(Draw(state, 0), 1'000'000'000)) < ppb.at(key)) lost |= size_t{1} << a;
    }
    failures += expected.Fails(lost);
  }
  return failures;
}

TEST_P(StructureOfRandomWorlds, SamplesCountTheYearsThatFailBitForBit) {
  size_t by_formula = 0, by_search = 0;
  for (uint32_t seed = 0; seed < GetParam().seeds / 4 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Asked asked(seed, GetParam().options);
    const BruteForce expected(asked.plan(), asked.question);
    if (!expected.is_small()) continue;
    std::map<std::string, int64_t> ppb;
    // Never, always, and between.
    for (const std::string& key : expected.keys())
      ppb[key] = static_cast<int64_t>(asked.Pick(11)) * 100'000'000;
    const auto function = FailureFunction::Create(asked.plan(), asked.question);
    ASSERT_THAT(function, IsOk());
    SampleOptions options{.trials = 1 + static_cast<int64_t>(asked.Pick(1500)), .seed = seed};
    options.threads = 1 + static_cast<int>(asked.Pick(3));
    // Half of a part above, so that rounding down is what is tested.
    options.chance = [&](std::string_view key) {
      return std::min(1.0, (static_cast<double>(ppb.at(std::string(key))) + 0.5) / 1e9);
    };
    const auto sample = SampleFailures(*function, options);
    ASSERT_THAT(sample, IsOk());
    ASSERT_TRUE(sample->has_value());
    (function->has_formula() ? by_formula : by_search) += 1;
    EXPECT_EQ((*sample)->trials, options.trials);
    EXPECT_EQ((*sample)->failures, CountFailures(expected, ppb, seed, options.trials));
  }
  EXPECT_GT(by_formula + by_search, GetParam().seeds / 8);
  if (GetParam().options.pool_percent > 0) {
    EXPECT_GT(by_search, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Mixes, StructureOfRandomWorlds,
    ::testing::Values(
        Mix{"Boolean", 1500, {.pool_percent = 0, .full_baseline = true}},
        Mix{"Shares", 1500, {.pool_percent = 0}},
        Mix{"Unknowns", 1000, {.unknown_percent = 15, .unknown_switches = true, .pool_percent = 0}},
        Mix{"Pools", 500, {.unknown_percent = 5, .pool_percent = 60}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace linchpin::engine
