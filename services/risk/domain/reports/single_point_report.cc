#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "services/engine/graph/counted.h"
#include "services/engine/simulation/sweep.h"
#include "services/risk/domain/reports/cut_set_report.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/reports/failure_request.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::AtomOutcome;
using engine::ConsumerIndex;
using engine::Reading;

constexpr int kPointsDefault = 100;
constexpr int kConsumersDefault = 10;

// One atom and whom it fails, of those asked about.
struct Point {
  std::string key;
  engine::ByReading<std::vector<ConsumerIndex>> failed;
  engine::ByReading<int64_t> weight;
};

class Reporter {
 public:
  Reporter(const engine::Graph& graph, const engine::FailureQuestion& question)
      : graph_(graph), who_(graph), asked_(graph.consumers().slots(), false) {
    for (ConsumerIndex consumer : question.consumers) asked_[consumer.value] = true;
    for (Reading reading : engine::kReadings) exposed_[reading].assign(asked_.size(), false);
  }

  void Take(const AtomOutcome& outcome) {
    Point point{outcome.key, {}, {}};
    bool any = false;
    for (Reading reading : engine::kReadings) {
      for (ConsumerIndex consumer : outcome.impact[reading].failures) {
        if (!asked_[consumer.value]) continue;
        any = exposed_[reading][consumer.value] = true;
        point.failed[reading].push_back(consumer);
        point.weight[reading] += who_.WeightOf(consumer);
      }
    }
    if (any) points_.push_back(std::move(point));
  }

  void Report(int max_points, int max_consumers, v1::ListSinglePointsOfFailureResponse& response) {
    std::sort(points_.begin(), points_.end(), [](const Point& a, const Point& b) {
      const auto rank = [](const Point& p) {
        return std::make_tuple(-p.weight.likely, -p.weight.proven, -p.weight.not_excluded,
                               std::string_view(p.key));
      };
      return rank(a) < rank(b);
    });
    response.set_point_count(static_cast<int64_t>(points_.size()));
    response.set_consumer_count(std::count(asked_.begin(), asked_.end(), true));
    SetCounts([this](Reading r) { return std::count(exposed_[r].begin(), exposed_[r].end(), true); },
              *response.mutable_exposed());
    for (size_t i = 0; i < points_.size() && response.points_size() < max_points; ++i)
      Describe(points_[i], static_cast<size_t>(max_consumers), *response.add_points());
  }

 private:
  template <typename Count>
  static void SetCounts(const Count& count, v1::ReadingCounts& message) {
    message.set_proven(count(Reading::kProven));
    message.set_likely(count(Reading::kLikely));
    message.set_not_excluded(count(Reading::kNotExcluded));
  }

  void Describe(const Point& point, size_t max_consumers, v1::SinglePoint& message) const {
    message.set_atom(point.key);
    SetCounts([&](Reading r) { return static_cast<int64_t>(point.failed[r].size()); },
              *message.mutable_failed());
    SetCounts([&](Reading r) { return point.weight[r]; }, *message.mutable_failed_weight());
    std::vector<std::pair<ConsumerIndex, Reading>> whom;
    for (Reading reading : engine::kReadings) {
      for (ConsumerIndex consumer : point.failed[reading]) whom.emplace_back(consumer, reading);
    }
    // The first reading of each; they are in the order of readings.
    std::stable_sort(whom.begin(), whom.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    whom.erase(std::unique(whom.begin(), whom.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; }),
               whom.end());
    const auto rank = [this](const auto& one) {
      return std::make_tuple(one.second, -who_.WeightOf(one.first), graph_.consumers().NameOf(one.first));
    };
    const size_t count = std::min(max_consumers, whom.size());
    std::partial_sort(whom.begin(), whom.begin() + static_cast<std::ptrdiff_t>(count), whom.end(),
                      [&rank](const auto& a, const auto& b) { return rank(a) < rank(b); });
    for (size_t i = 0; i < count; ++i) {
      v1::SinglePoint::FailedConsumer& failed = *message.add_consumers();
      failed.set_consumer(std::string(graph_.consumers().NameOf(whom[i].first)));
      failed.set_reading(ToProto(whom[i].second));
    }
  }

  const engine::Graph& graph_;
  const engine::Counted who_;
  std::vector<bool> asked_;  // By consumer.
  engine::ByReading<std::vector<bool>> exposed_;
  std::vector<Point> points_;
};

}  // namespace

absl::Status ReportSinglePoints(Analysis& analysis, const v1::ListSinglePointsOfFailureRequest& request,
                                const std::function<bool()>& cancelled,
                                v1::ListSinglePointsOfFailureResponse& response) {
  const auto question = ReadQuestion(analysis, request.question());
  if (!question.ok()) return question.status();
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  engine::SweepOptions options;
  options.readiness = question->readiness;
  options.threshold_ppm = question->threshold_ppm;
  options.list_failed = true;
  options.limits.cancelled = cancelled;
  Reporter reporter(analysis.graph(), *question);
  for (const engine::AtomIndex* atoms : question->atoms) {
    const auto outcomes = engine::Sweep(**plan, *atoms, options);
    if (!outcomes.ok()) return FromEngine(outcomes.status());
    for (const AtomOutcome& outcome : *outcomes) reporter.Take(outcome);
  }
  reporter.Report(request.max_points() == 0 ? kPointsDefault : request.max_points(),
                  request.max_consumers() == 0 ? kConsumersDefault : request.max_consumers(), response);
  return absl::OkStatus();
}

}  // namespace linchpin::risk
