// A set of small integers from which the least is taken: the work list of the solver.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_RANK_QUEUE_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_RANK_QUEUE_H_

#include <bit>
#include <cstdint>
#include <vector>

namespace linchpin::engine {

// A bit per member with summaries above, 64 to one. Cost: constant for each operation, up to 2^32 members.
class RankQueue {
 public:
  explicit RankQueue(uint32_t size) {
    uint32_t words = size;
    do {
      words = (words + 63) / 64;
      levels_.emplace_back(words == 0 ? 1 : words);
    } while (words > 1);
  }

  bool empty() const { return levels_.back()[0] == 0; }
  void Push(uint32_t rank) {
    for (auto& level : levels_) {
      const uint64_t bit = uint64_t{1} << (rank % 64);
      rank /= 64;
      if ((level[rank] & bit) != 0) return;
      level[rank] |= bit;
    }
  }
  // Only when not empty.
  uint32_t Pop() {
    uint32_t at = 0;
    for (size_t i = levels_.size(); i-- > 0;) {
      at = at * 64 + static_cast<uint32_t>(std::countr_zero(levels_[i][at]));
    }
    Erase(at);
    return at;
  }
  void Clear() {
    while (!empty()) Pop();
  }

 private:
  void Erase(uint32_t rank) {
    for (auto& level : levels_) {
      const uint64_t bit = uint64_t{1} << (rank % 64);
      rank /= 64;
      level[rank] &= ~bit;
      if (level[rank] != 0) return;
    }
  }
  std::vector<std::vector<uint64_t>> levels_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_RANK_QUEUE_H_
