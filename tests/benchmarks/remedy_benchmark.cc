// What a search for remedies costs: 1,000 applications with two needs each on 100 deployments of 40 vendors.
// Prints the time of the processor, and how many times as long it took if all scores were computed anew for
// each change that is tried. The goal is 10 s for 1,000 applications.
#include <time.h>

#include <cstdio>

#include "services/risk/domain/remedies/remedy_report.h"
#include "tests/benchmarks/risk_world.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr int kDeployments = 100;
constexpr int kApplications = 1000;

double Seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void Run() {
  const auto view = BuildRiskWorld(kApplications, kDeployments);
  const HazardSet hazards = MakeHazardSet(nullptr, RetirementTimesOf(*view), absl::Now());
  Analysis analysis(view->shared_graph());
  Scorer scorer;
  double begin = Seconds();
  const auto scored = *scorer.Of(analysis, hazards, nullptr);
  const double all = Seconds() - begin;
  for (const bool priced : {false, true}) {
    v1::SuggestRemediesRequest request;
    request.set_trials(priced ? 1000 : 1);
    v1::RemedyResult result;
    begin = Seconds();
    const absl::Status status = ReportRemedies(view, analysis, *scored, request, {}, result);
    const double took = Seconds() - begin;
    if (!status.ok()) std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::printf(
        "%d applications, %lld years drawn: %.2f s (goal 10) for %lld trials and %d picks, %.2f ms each; all "
        "scores "
        "anew for each: %.0f times as long\n",
        kApplications, static_cast<long long>(request.trials()), took,
        static_cast<long long>(result.candidate_count()), result.remedies_size(),
        1e3 * took / static_cast<double>(result.candidate_count()),
        all * static_cast<double>(result.candidate_count()) / took);
  }
}

}  // namespace
}  // namespace linchpin::risk

int main() {
  linchpin::risk::Run();
  return 0;
}
