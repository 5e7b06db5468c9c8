#include "services/engine/concentration/condensation.h"

#include <algorithm>
#include <span>

namespace linchpin::engine {
namespace {

std::span<const Target> TargetsOf(const ConsumerTable& consumers, ConsumerIndex consumer) {
  const ConsumerChunk& chunk = consumers.chunk(consumer);
  const uint32_t local = ConsumerTable::Local(consumer);
  return {chunk.targets.data() + chunk.alternative_begin[chunk.group_begin[local]],
          chunk.targets.data() + chunk.alternative_begin[chunk.group_begin[local + 1]]};
}

// Tarjan's algorithm with a stack of its own.
class Tarjan {
 public:
  explicit Tarjan(const ConsumerTable& consumers)
      : consumers_(consumers), number_(consumers.slots(), 0), low_(consumers.slots(), 0) {
    result_.component_of.assign(consumers.slots(), Condensation::kNoComponent);
    result_.order.reserve(consumers.size());
  }

  Condensation Run() {
    for (ConsumerIndex start : consumers_) {
      if (number_[start.value] == 0) Visit(start);
    }
    return std::move(result_);
  }

 private:
  struct Frame {
    ConsumerIndex consumer;
    std::span<const Target> rest;
  };

  void Open(ConsumerIndex consumer) {
    number_[consumer.value] = low_[consumer.value] = ++last_number_;
    open_.push_back(consumer);
    frames_.push_back({consumer, TargetsOf(consumers_, consumer)});
  }

  void Visit(ConsumerIndex start) {
    Open(start);
    while (!frames_.empty()) {
      Frame& frame = frames_.back();
      if (frame.rest.empty()) {
        Close(frame.consumer);
        continue;
      }
      const Target target = frame.rest.front();
      frame.rest = frame.rest.subspan(1);
      if (!target.is_consumer()) continue;
      const ConsumerIndex next = target.consumer();
      if (number_[next.value] == 0) {
        Open(next);
      } else if (result_.component_of[next.value] == Condensation::kNoComponent) {
        low_[frame.consumer.value] = std::min(low_[frame.consumer.value], number_[next.value]);
      }
    }
  }

  void Close(ConsumerIndex consumer) {
    frames_.pop_back();
    if (!frames_.empty()) {
      uint32_t& above = low_[frames_.back().consumer.value];
      above = std::min(above, low_[consumer.value]);
    }
    if (low_[consumer.value] != number_[consumer.value]) return;
    ConsumerIndex member;
    do {
      member = open_.back();
      open_.pop_back();
      result_.component_of[member.value] = components_;
      result_.order.push_back(member);
    } while (member != consumer);
    ++components_;
  }

  const ConsumerTable& consumers_;
  std::vector<uint32_t> number_;  // 0: not met.
  std::vector<uint32_t> low_;
  std::vector<ConsumerIndex> open_;
  std::vector<Frame> frames_;
  uint32_t last_number_ = 0;
  uint32_t components_ = 0;
  Condensation result_;
};

}  // namespace

Condensation Condense(const Graph& graph) { return Tarjan(graph.consumers()).Run(); }

}  // namespace linchpin::engine
