#include "services/risk/domain/remedies/needs.h"

#include <algorithm>
#include <string_view>

#include "services/engine/score/score.h"

namespace linchpin::risk {
namespace {

using engine::ConsumerIndex;
using engine::Target;

constexpr double kOpenCounts = 0.01;
constexpr int64_t kStepsMax = 20'000'000;

// Adds a stake to a consumer and to all that it depends on.
class Spreader {
 public:
  explicit Spreader(const engine::Graph& graph)
      : graph_(graph), stake_(graph.consumers().slots(), 0), seen_(graph.consumers().slots(), 0) {}

  void Spread(ConsumerIndex from, double stake) {
    ++round_;
    open_.assign(1, from);
    seen_[from.value] = round_;
    while (!open_.empty()) {
      const ConsumerIndex consumer = open_.back();
      open_.pop_back();
      stake_[consumer.value] += stake;
      if (steps_ < kStepsMax) Expand(consumer);
    }
  }
  const std::vector<double>& stakes() const { return stake_; }

 private:
  void Expand(ConsumerIndex consumer) {
    const engine::ConsumerView view = graph_.consumers()[consumer];
    for (uint32_t group = 0; group < view.group_count(); ++group) {
      for (Target target : view.group(group).targets()) {
        ++steps_;
        if (!target.is_consumer() || seen_[target.consumer().value] == round_) continue;
        seen_[target.consumer().value] = round_;
        open_.push_back(target.consumer());
      }
    }
  }

  const engine::Graph& graph_;
  std::vector<double> stake_;
  std::vector<uint32_t> seen_;
  std::vector<ConsumerIndex> open_;
  uint32_t round_ = 0;
  int64_t steps_ = 0;
};

}  // namespace

std::vector<Need> NeedsOf(const engine::Graph& graph, const RemedySubject& subject, const Lambdas& lambdas) {
  Spreader spreader(graph);
  for (ConsumerIndex consumer : subject.consumers()) {
    const double likely = engine::ScoreOf(lambdas.likely[consumer.value]);
    const double open = engine::ScoreOf(lambdas.not_excluded[consumer.value]);
    const double points = subject.ShareOf(consumer) * (likely + kOpenCounts * open);
    if (points > 0) spreader.Spread(consumer, points);
  }
  std::vector<Need> needs;
  for (ConsumerIndex consumer : graph.consumers()) {
    const double stake = spreader.stakes()[consumer.value];
    if (stake <= 0) continue;
    const uint32_t groups = graph.consumers()[consumer].group_count();
    for (uint32_t group = 0; group < groups; ++group) {
      needs.push_back({NameOfNeed(graph, consumer, group), consumer, group, stake});
    }
  }
  std::sort(needs.begin(), needs.end(), [](const Need& a, const Need& b) {
    return a.stake != b.stake ? a.stake > b.stake : a.name < b.name;
  });
  return needs;
}

}  // namespace linchpin::risk
