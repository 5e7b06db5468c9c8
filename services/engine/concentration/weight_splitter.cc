#include "services/engine/concentration/weight_splitter.h"

#include <algorithm>
#include <utility>

#include "services/engine/concentration/split.h"
#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

using Uint128 = unsigned __int128;

constexpr int64_t kScaledWindowSeconds = 30 * 86'400;
// What stands for "not observed" among scaled records.
constexpr uint64_t kUnseen = UINT64_MAX;

int64_t ValueOf(const Usage& usage, Basis basis) {
  if (basis == Basis::kRequests) return usage.requests;
  return basis == Basis::kTokens ? usage.tokens : usage.spend_minor;
}

}  // namespace

absl::Status FigureTooLarge(std::string_view what) {
  return absl::FailedPreconditionError(
      Join({"the figure is too large: ", what, "; measure a smaller population or another basis"}));
}

uint64_t OwnWeightOf(const Counted& counted, ConsumerIndex consumer, Basis basis) {
  const int64_t units = basis == Basis::kApplications ? 1 : counted.WeightOf(consumer);
  return static_cast<uint64_t>(units) * kOne;
}

WeightSplitter::WeightSplitter(std::shared_ptr<const Graph> graph, std::shared_ptr<const EvaluationPlan> plan)
    : graph_(std::move(graph)), plan_(std::move(plan)), condensation_(Condense(*graph_)) {}

absl::Status WeightSplitter::Prepare(const Limits& limits) {
  if (flows_.has_value()) return absl::OkStatus();
  if (plan_ == nullptr) {
    auto plan = EvaluationPlan::Create(graph_);
    if (!plan.ok()) return plan.status();
    plan_ = *std::move(plan);
  }
  const auto baseline = plan_->Baseline(Reading::kNotExcluded, Readiness::kImmediate, limits);
  if (!baseline.ok()) return baseline.status();
  flows_.emplace(*plan_, **baseline);
  return absl::OkStatus();
}

bool WeightSplitter::HasCycle(ConsumerIndex consumer) const {
  const ConsumerView view = graph_->consumers()[consumer];
  for (uint32_t ordinal = 0; ordinal < view.group_count(); ++ordinal) {
    for (Target target : view.group(ordinal).targets()) {
      if (condensation_.InOwnCycle(consumer, target)) return true;
    }
  }
  return false;
}

bool WeightSplitter::HasWayOut(ConsumerIndex consumer, const GroupView& group) const {
  for (Target target : group.targets()) {
    if (!condensation_.InOwnCycle(consumer, target)) return true;
  }
  return false;
}

bool WeightSplitter::SplitConsumer(ConsumerIndex consumer, uint64_t weight, const std::vector<bool>* selected,
                                   Rest rest) {
  const ConsumerView view = graph_->consumers()[consumer];
  ordinals_.clear();
  bool essential_only = false;
  for (uint32_t ordinal = 0; ordinal < view.group_count(); ++ordinal) {
    const GroupView group = view.group(ordinal);
    if ((selected != nullptr && !(*selected)[ordinal]) || !HasWayOut(consumer, group)) continue;
    const bool essential = group.terms().essential;
    if (essential && !essential_only) {
      essential_only = true;
      ordinals_.clear();
    }
    if (essential || !essential_only) ordinals_.push_back(ordinal);
  }
  for (size_t place = 0; place < ordinals_.size(); ++place) {
    const uint64_t part = EvenPart(weight, ordinals_.size(), place);
    if (part > 0) SplitGroup(consumer, ordinals_[place], part, rest);
  }
  return !ordinals_.empty();
}

void WeightSplitter::SplitGroup(ConsumerIndex consumer, uint32_t ordinal, uint64_t weight, Rest rest) {
  const GroupView group = graph_->consumers()[consumer].group(ordinal);
  if (group.size() == 1) return rest(group.target(0), weight);
  FindShares(consumer, ordinal, group);
  Split(weight, shares_, parts_);
  for (uint32_t k = 0; k < group.size(); ++k) {
    if (parts_[k] > 0) rest(group.target(k), parts_[k]);
  }
}

// Leaves in shares_ what decides the split: requests, else tokens, else spend, else flows, else the first one
// left.
void WeightSplitter::FindShares(ConsumerIndex consumer, uint32_t ordinal, const GroupView& group) {
  for (Basis basis : {Basis::kRequests, Basis::kTokens, Basis::kSpend}) {
    if (ScaledAlternatives(group, basis) == 0) continue;
    for (uint64_t& share : shares_) share = share == kUnseen ? 0 : share;
    if (LeaveOutCycle(consumer, group)) return;
  }
  flows_->FlowsOf(consumer, ordinal, shares_);
  if (LeaveOutCycle(consumer, group)) return;
  for (uint32_t k = 0; k < group.size(); ++k) {
    if (condensation_.InOwnCycle(consumer, group.target(k))) continue;
    shares_[k] = 1;
    return;
  }
}

// Whether any share above 0 is left.
bool WeightSplitter::LeaveOutCycle(ConsumerIndex consumer, const GroupView& group) {
  bool any = false;
  for (uint32_t k = 0; k < group.size(); ++k) {
    if (condensation_.InOwnCycle(consumer, group.target(k))) shares_[k] = 0;
    any |= shares_[k] > 0;
  }
  return any;
}

absl::StatusOr<bool> WeightSplitter::SplitUsage(ConsumerIndex consumer, uint32_t ordinal, Basis basis,
                                                Rest rest) {
  const GroupView group = graph_->consumers()[consumer].group(ordinal);
  const auto targets = group.targets();
  if (std::all_of(targets.begin(), targets.end(), [](Target target) { return target.is_consumer(); }))
    return true;
  Uint128 weight = Scaled(group.usage(), basis);
  const Uint128 of_alternatives = ScaledAlternatives(group, basis);
  const bool alternatives_seen =
      std::any_of(shares_.begin(), shares_.end(), [](uint64_t share) { return share != kUnseen; });
  if (weight == kUnseen) {
    if (!alternatives_seen) return false;
    weight = of_alternatives;
  }
  if (weight >= kInputWeightMax || of_alternatives >= kInputWeightMax)
    return FigureTooLarge("30 days of one dependency come to 2^63 or more");
  if (of_alternatives > 0) {
    for (uint64_t& share : shares_) share = share == kUnseen ? 0 : share;
  } else {
    flows_->FlowsOf(consumer, ordinal, shares_);
    if (std::all_of(shares_.begin(), shares_.end(), [](uint64_t share) { return share == 0; }))
      shares_[0] = 1;
  }
  Split(static_cast<uint64_t>(weight), shares_, parts_);
  for (uint32_t k = 0; k < group.size(); ++k) {
    // What a consumer used was counted there already.
    if (!targets[k].is_consumer()) rest(targets[k], parts_[k]);
  }
  return true;
}

// Scaled to 30 days and floored; kUnseen where it was not observed. What is too large is remembered as an
// error.
uint64_t WeightSplitter::Scaled(const Usage& usage, Basis basis) {
  const int64_t value = ValueOf(usage, basis);
  if (value < 0 || usage.window_seconds <= 0) return kUnseen;
  const Uint128 scaled = Uint128(value) * kScaledWindowSeconds / Uint128(usage.window_seconds);
  if (scaled < kInputWeightMax) return static_cast<uint64_t>(scaled);
  record_status_ = FigureTooLarge("30 days of one usage record come to 2^63 or more");
  return 0;
}

// Leaves the scaled records of the alternatives in shares_ and returns their sum.
unsigned __int128 WeightSplitter::ScaledAlternatives(const GroupView& group, Basis basis) {
  shares_.assign(group.size(), kUnseen);
  Uint128 sum = 0;
  for (uint32_t k = 0; k < group.size(); ++k) {
    const Usage usage = group.usage(k);
    if (usage.empty()) continue;
    shares_[k] = Scaled(usage, basis);
    if (shares_[k] != kUnseen) sum += shares_[k];
  }
  return sum;
}

}  // namespace linchpin::engine
