// From one change of the inventory to findings that are right, beside evaluating everything: over 100,000
// applications with ten dependencies each and 1,000 rules, half of them of one business unit each, half of
// tier 1. Times by the clock and of processors: others may use the machine. Memory is what is resident beyond
// the inventory by itself.
//
// Usage: incremental_benchmark [APPLICATIONS] [CHANGES]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/text_format.h"
#include "services/base/steady.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/lifecycle.h"
#include "services/policy/domain/incremental/drift.h"
#include "services/policy/domain/incremental/incremental_evaluation.h"
#include "tests/benchmarks/policy_world.h"

namespace linchpin::policy {
namespace {

constexpr int kUnits = 20;
constexpr int kDependencies = 10;
constexpr int kThreads = 2;

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

// 25 rules: ten of lineage, eight of fallback, four of attributes, three of freshness. Few are offended.
std::string Rules(const std::string& where) {
  std::string rules;
  const auto rule = [&rules](const std::string& id, const std::string& select, const std::string& kind) {
    rules += "rules { id: '" + id + "' select { " + select + " } " + kind + " } ";
  };
  const char* const countries[] = {"JP", "IN", "BR", "KR", "SG"};
  for (int i = 0; i < 10; ++i) {
    rule("lineage" + std::to_string(i), where,
         std::string("lineage { denied { list_value { values: '") + countries[i % 5] + "' } } " +
             (i < 5 ? "" : "facets: ORIGIN_FACET_DEVELOPER_PARENT ") + "}");
  }
  const char* const dimensions[] = {"OPERATOR_GROUP", "OPERATOR", "DEVELOPER", "HOST_PROVIDER"};
  for (int i = 0; i < 8; ++i) {
    rule("fallback" + std::to_string(i), where,
         std::string("fallback { different_in: DIMENSION_") + dimensions[i % 4] +
             (i < 4 ? " essential_only: true }" : " tested_within { seconds: 31536000 } }"));
  }
  for (int i = 0; i < 4; ++i)
    rule("attribute" + std::to_string(i), where, "attribute { must { path: 'tier' op: OP_EXISTS } }");
  for (int i = 0; i < 3; ++i) {
    rule("freshness" + std::to_string(i), "kind: SUBJECT_KIND_MODEL",
         "freshness { field: 'retirement_time' min_ahead { duration_value { seconds: 2592000 } } in_use: "
         "true }");
  }
  return rules;
}

std::shared_ptr<const PolicySet> Policies(bool with_concentration) {
  std::vector<v1::Policy> policies;
  std::vector<v1::Assignment> assignments;
  const auto assign = [&](const std::string& id, const std::string& policy, const std::string& more) {
    assignments.push_back(
        Text<v1::Assignment>("name: 'assignments/" + id + "' policy: '" + policy + "' " + more));
  };
  const std::string unit = "all { path: 'business_unit' op: OP_EQ values { string_value: '${unit}' } }";
  policies.push_back(Text<v1::Policy>(
      "name: 'policies/unit' parameters { id: 'unit' type: TYPE_STRING required: true } " + Rules(unit)));
  policies.push_back(
      Text<v1::Policy>("name: 'policies/tier' parameters { id: 'tier' type: TYPE_INT required: true } " +
                       Rules("all { path: 'tier' op: OP_LE values { string_value: '${tier}' } }")));
  for (int i = 0; i < kUnits; ++i) {
    const std::string number = std::to_string(100 + i);
    assign("unit" + number, "policies/unit",
           "parameters { key: 'unit' value { string_value: '" + Numbered("unit", uint64_t(i)) + "' } }");
    assign("tier" + number, "policies/tier", "parameters { key: 'tier' value { int_value: 1 } }");
  }
  if (with_concentration) {
    policies.push_back(
        Text<v1::Policy>("name: 'policies/share' rules { id: 'share' concentration { group_by: "
                         "DIMENSION_OPERATOR_GROUP metric: "
                         "METRIC_SHARE limit { number_value: 0.4 } } }"));
    assign("share", "policies/share", "");
  }
  auto set = std::make_shared<const PolicySet>(1, policies, assignments, std::vector<v1::JurisdictionSet>());
  for (const AssignedPolicy& assigned : set->active()) {
    if (!assigned.bound.ok()) Fail(std::string(assigned.bound.status().message()));
  }
  return set;
}

// In milliseconds.
struct Took {
  double clock = 0;
  double processors = 0;  // All threads together.
};

Took Measure(const std::function<void()>& work) {
  const base::SteadyTime begin = base::SteadyNow();
  const std::clock_t processors = std::clock();
  work();
  return {absl::ToDoubleMilliseconds(base::SteadyNow() - begin),
          1000.0 * static_cast<double>(std::clock() - processors) / CLOCKS_PER_SEC};
}

double ResidentMebibytes() {
  long pages = 0, resident = 0;
  std::FILE* const file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%ld %ld", &pages, &resident) != 2) Fail("no /proc/self/statm");
  std::fclose(file);
  return static_cast<double>(resident) * 4096 / (1 << 20);
}

double Percentile(std::vector<Took> took, double Took::*part, double percentile) {
  std::vector<double> times;
  for (const Took& one : took) times.push_back(one.*part);
  std::sort(times.begin(), times.end());
  return times[std::min(times.size() - 1,
                        static_cast<size_t>(percentile * static_cast<double>(times.size())))];
}

// The inventory and what its policies find, from one change to the next.
class Followed {
 public:
  Followed(std::shared_ptr<const replica::View> view, std::shared_ptr<const PolicySet> policies)
      : view_(std::move(view)), policies_(std::move(policies)), evaluation_({.threads = kThreads}) {}

  Took EvaluateAll() {
    return Measure([this] {
      auto step = evaluation_.EvaluateAll(Input(), findings_);
      if (!step.ok()) Fail(std::string(step.status().message()));
      findings_ =
          Advance(findings_, std::move(step->evaluation), *policies_, policies_.get(), *view_).findings;
    });
  }
  // The time from the next view to findings as people would be served them.
  template <typename T>
  Took Change(const T& document) {
    const std::string body = document.SerializeAsString();
    replica::DocumentEdit edit;
    edit.document.name = document.name();
    edit.document.kind = resource::FindKindOf(T::descriptor());
    edit.document.revision = view_->revision() + 1;
    edit.document.body = body;
    replica::ViewEditor editor(*view_);
    editor.Apply({&edit, 1}, view_->revision() + 1, view_->time());
    view_ = editor.Finish();
    edited_ = document.name();
    return Measure([this] {
      auto part = evaluation_.Update(Input(), {edited_}, findings_);
      if (!part) Fail("the change asks for everything");
      findings_ =
          AdvancePart(findings_, std::move(part->evaluation), part->gone, *policies_, *view_, {}).findings;
      rules_ = evaluation_.rules();
      const FindingMap served = findings_;
      const GapMap gaps = evaluation_.gaps();
    });
  }
  // Evaluates everything by the other way, and holds it against what has been followed.
  Took Whole() {
    EvaluationOptions options;
    options.now = Input().now;
    options.threads = kThreads;
    absl::StatusOr<Evaluation> full = absl::UnknownError("");
    const Took took = Measure([&] { full = Evaluate(*view_, policies_->active(), options); });
    if (!full.ok()) Fail(std::string(full.status().message()));
    const auto drift =
        DriftFrom({findings_, evaluation_.rules(), evaluation_.gaps(), evaluation_.retirements()}, *full,
                  evaluation_.retirements());
    if (!drift.empty()) Fail("drift: " + drift[0]);
    return took;
  }
  size_t findings() const { return findings_.size(); }

 private:
  EvaluationInput Input() const { return {view_, policies_, absl::FromUnixSeconds(kNow), 1}; }

  std::shared_ptr<const replica::View> view_;
  const std::shared_ptr<const PolicySet> policies_;
  IncrementalEvaluation evaluation_;
  FindingMap findings_;
  std::vector<RuleOutcome> rules_;
  std::string edited_;
};

void Tell(const char* what, const std::vector<Took>& took, const Took& full) {
  const double p50 = Percentile(took, &Took::clock, 0.5);
  std::printf("%-44s p50 %8.3f ms  p99 %8.3f ms  full / p50 %8.0f  (processor p50 %.3f ms, p99 %.3f ms)\n",
              what, p50, Percentile(took, &Took::clock, 0.99), full.clock / p50,
              Percentile(took, &Took::processors, 0.5), Percentile(took, &Took::processors, 0.99));
}

template <typename MakeDocument>
std::vector<Took> Times(Followed& followed, int changes, const MakeDocument& make) {
  std::vector<Took> times;
  for (int i = 0; i < changes; ++i) times.push_back(followed.Change(make(i)));
  return times;
}

void Run(int applications, int changes) {
  Builder builder(applications);
  const auto view = builder.Build(kDependencies);
  Followed followed(view, Policies(/*with_concentration=*/false));
  const double inventory = ResidentMebibytes();
  const Took all = followed.EvaluateAll();
  const double kept = ResidentMebibytes() - inventory;
  const Took full = followed.Whole();
  std::printf("%d applications, %d dependencies, %d rules, %zu findings\n", applications,
              applications * kDependencies, kUnits * 50, followed.findings());
  std::printf(
      "everything %.0f ms (processors %.0f ms); with what is kept for the next change %.0f ms (%.0f ms)\n",
      full.clock, full.processors, all.clock, all.processors);
  std::printf("inventory %.0f MiB; after evaluating everything %.0f MiB more\n", inventory, kept);
  const auto some = [&](int below) { return static_cast<int>(builder.random()() % uint64_t(below)); };
  Tell("one dependency has other alternatives",
       Times(followed, changes,
             [&](int) { return builder.RandomDependency(some(applications), some(kDependencies)); }),
       full);
  Tell("one application has another tier",
       Times(followed, changes,
             [&](int i) {
               inventory::v1::Application application;
               application.set_name(Numbered("applications/a", uint64_t(some(applications))));
               application.set_tier(1 + i % 4);
               application.set_business_unit(Numbered("unit", uint64_t(i % kUnits)));
               return application;
             }),
       full);
  followed.Whole();
  Followed summed(view, Policies(/*with_concentration=*/true));
  summed.EvaluateAll();
  Tell("one dependency, with a concentration rule",
       Times(summed, changes,
             [&](int) { return builder.RandomDependency(some(applications), some(kDependencies)); }),
       full);
}

}  // namespace
}  // namespace linchpin::policy

int main(int argc, char** argv) {
  const int applications = argc > 1 ? std::atoi(argv[1]) : linchpin::policy::kApplications;
  const int changes = argc > 2 ? std::atoi(argv[2]) : 500;
  if (applications < 1 || applications > 1'000'000 || changes < 1) {
    std::fprintf(stderr, "usage: incremental_benchmark [APPLICATIONS] [CHANGES]\n");
    return 2;
  }
  linchpin::policy::Run(applications, changes);
}
