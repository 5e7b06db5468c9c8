// What cut sets and importance cost for services of some 57 and 185 atoms.
//
// A business service depends on applications, these on deployments and on each other, with one to three
// alternatives each; deployments share vendors, hosts, models, licences and countries. Deployments are added
// until the service rests on as many atoms as wanted. Wanted: cut sets up to size 3 within 10 ms, importance
// within 20 s and 2 GiB, exact or with stated bounds.
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/structure/cut_sets.h"
#include "services/engine/structure/importance.h"

namespace linchpin::engine {
namespace {

constexpr int kRounds = 5;

class World {
 public:
  explicit World(int deployments) : random_(7) {
    const int vendors = 2 + deployments / 3, hosts = 2 + deployments / 6, models = 2 + deployments / 2;
    for (int v = 0; v < vendors; ++v) {
      facts_.vendors.push_back(
          {Name("vendors", v), Country::Parse(std::string(1, "CDFGU"[v % 5]) + "A"),
           v % 4 == 3 ? Fact<std::string>(Name("vendors", v - 1)) : Fact<std::string>::None()});
    }
    for (int h = 0; h < hosts; ++h)
      facts_.hosts.push_back({Name("hosts", h), Name("vendors", Pick(vendors)), Country::Parse("GA")});
    for (int l = 0; l < 1 + models / 6; ++l) facts_.licences.push_back({Name("licences", l), false});
    for (int m = 0; m < models; ++m) AddModel(m, vendors);
    for (int d = 0; d < deployments; ++d) AddDeployment(d, vendors, hosts, models);
    AddConsumers(deployments);
  }
  const GraphChanges& facts() const { return facts_; }

 private:
  static std::string Name(const std::string& kind, int i) { return kind + "/" + std::to_string(i); }
  int Pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }

  void AddModel(int m, int vendors) {
    ModelFacts model{.name = Name("models", m), .developer = Name("vendors", Pick(vendors))};
    model.weights = m % 3 == 0 ? Weights::kOpen : Weights::kProprietary;
    model.licence = Name("licences", m / 6);
    model.derivations = Fact<std::vector<DerivationFacts>>::None();
    if (m > 0 && m % 3 == 1)
      model.derivations = std::vector<DerivationFacts>{{Name("models", m - 1), Relation::kFineTune}};
    model.requires_activation = false;
    facts_.models.push_back(model);
  }
  void AddDeployment(int d, int vendors, int hosts, int models) {
    facts_.deployments.push_back({.name = Name("deployments", d),
                                  .model = Name("models", d % models),
                                  .mode = HostingMode::kThirdPartyHosted,
                                  .operator_vendor = Name("vendors", Pick(vendors)),
                                  .host = Name("hosts", Pick(hosts)),
                                  .capacity_units = Fact<int64_t>::None(),
                                  .pass_through = d % 2 == 0,
                                  .intermediaries = Fact<std::vector<std::string>>::None()});
  }
  // Applications that depend on two dependencies each, and a service on all of them.
  void AddConsumers(int deployments) {
    const int applications = deployments / 2;
    facts_.consumers.push_back(
        {.name = "businessServices/all", .kind = ConsumerKind::kBusinessService, .tier = 1});
    for (int a = 0; a < applications; ++a) {
      facts_.consumers.push_back({.name = Name("applications", a), .tier = 1 + Pick(4)});
      for (int g = 0; g < 2; ++g) {
        GroupFacts group{.consumer = Name("applications", a), .id = Name("need", g)};
        for (int k = 1 + Pick(3); k > 0; --k) {
          const bool other = a > 0 && Pick(6) == 0;
          group.alternatives.push_back(
              {.target = other ? Name("applications", Pick(a)) : Name("deployments", Pick(deployments)),
               .switch_seconds = 3600});
        }
        facts_.groups.push_back(group);
      }
      if (a % 3 > 0) continue;
      GroupFacts group{.consumer = "businessServices/all", .id = Name("need", a)};
      for (int k = 0; k < 3; ++k)
        group.alternatives.push_back(
            {.target = Name("applications", (a + k) % applications), .switch_seconds = 60});
      facts_.groups.push_back(group);
    }
  }

  std::mt19937 random_;
  GraphChanges facts_;
};

double ResidentMb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Of this thread, so that what else the machine does counts less.
double ProcessorMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

// The best of some rounds, in milliseconds.
template <typename Work>
double Time(int rounds, const Work& work) {
  double best = 1e300;
  for (int i = 0; i < rounds; ++i) {
    const double begin = ProcessorMs();
    work();
    best = std::min(best, ProcessorMs() - begin);
  }
  return best;
}

void Measure(size_t atoms_wanted) {
  for (int deployments = 8;; deployments += 2) {
    const World world(deployments);
    const auto plan = *EvaluationPlan::Create(*Graph::Empty()->Apply(world.facts()));
    const AtomCache atoms(plan->shared_knowledge());
    FailureQuestion question{.consumers = {*plan->graph().consumers().Find("businessServices/all")}};
    for (AtomClass atom_class : kAtomClasses) question.atoms.push_back(&atoms.Of(atom_class));
    const size_t atom_count = FindCutSets(*plan, question, {.size_max = 1})->atom_count;
    if (atom_count < atoms_wanted) continue;
    CutSets cuts;
    const double listing = Time(kRounds, [&] { cuts = *FindCutSets(*plan, question, {.size_max = 3}); });
    std::printf("%zu atoms: cut sets up to size 3 in %.2f ms (%zu of 1, %zu of 2, %zu of 3)\n", atom_count,
                listing, static_cast<size_t>(cuts.count_by_size[1]),
                static_cast<size_t>(cuts.count_by_size[2]), static_cast<size_t>(cuts.count_by_size[3]));
    Importance importance;
    const double measuring = Time(1, [&] {
      importance = *FindImportance(*plan, question, {.chance = [](std::string_view) { return 0.01; }});
    });
    size_t exact = 0;
    for (const AtomImportance& atom : importance.atoms) exact += atom.fussell_vesely.exact();
    std::printf(
        "%zu atoms: importance in %.1f ms; chance of failing %.9f to %.9f; Fussell-Vesely exact of %zu; at "
        "most "
        "%.0f MB resident\n",
        atom_count, measuring, importance.failure.lower, importance.failure.upper, exact, ResidentMb());
    const double counting =
        Time(1, [&] { cuts = *FindCutSets(*plan, question, {.size_max = 3, .count_all = true}); });
    uint64_t all = 0;
    for (uint64_t count : cuts.count_by_size) all += count;
    std::printf("%zu atoms: %s sets of every size in %.1f ms: %llu\n", atom_count,
                cuts.counted_all ? "counted" : "could not count", counting,
                static_cast<unsigned long long>(all));
    return;
  }
}

}  // namespace
}  // namespace linchpin::engine

int main() {
  for (size_t atoms : {size_t{57}, size_t{185}}) linchpin::engine::Measure(atoms);
  return 0;
}
