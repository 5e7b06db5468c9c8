// Reverse adjacency: from a target to the alternatives that point at it.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_REVERSE_INDEX_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_REVERSE_INDEX_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "services/engine/graph/index.h"
#include "services/engine/graph/shared_chunks.h"

namespace linchpin::engine {

// Lists of dependents, each ascending by (consumer, group, alternative). Sixteen short lists share one block;
// a long list has pages of its own, so that a change copies one page and not the list.
// Thread safety and sharing: those of SharedChunks.
class ReverseIndex {
 public:
  struct Change {
    uint32_t target;
    Dependent dependent;
    friend auto operator<=>(const Change&, const Change&) = default;
  };

  uint32_t slots() const { return slots_; }

  // Calls `visit(std::span<const Dependent>)` for each page of the list of `target`, in order.
  template <typename Visit>
  void ForEachPage(uint32_t target, const Visit& visit) const {
    if (target >= slots_) return;
    const Block* block = blocks_[target / kTargets].get();
    if (block == nullptr) return;
    const uint32_t local = target % kTargets;
    const uint32_t first = block->begin[local], last = block->begin[local + 1];
    if (first != last) visit(std::span<const Dependent>(block->entries.data() + first, last - first));
    for (const auto& [owner, pages] : block->paged) {
      if (owner != local) continue;
      for (const auto& page : pages) visit(std::span<const Dependent>(*page));
    }
  }
  template <typename Visit>
  void ForEach(uint32_t target, const Visit& visit) const {
    ForEachPage(target, [&visit](std::span<const Dependent> page) {
      for (const Dependent& dependent : page) visit(dependent);
    });
  }
  bool IsEmpty(uint32_t target) const {
    bool empty = true;
    ForEachPage(target, [&empty](std::span<const Dependent>) { empty = false; });
    return empty;
  }

  // Takes out and puts in. Both lists ascending and without repeats; what is removed is there, what is added
  // is not. Targets beyond slots() grow the index.
  void Update(std::span<const Change> removed, std::span<const Change> added);
  void Freeze() { blocks_.Freeze(); }
  size_t BytesUsed() const;

 private:
  static constexpr uint32_t kTargets = 16;
  static constexpr size_t kPagedFrom = 2048;
  static constexpr size_t kPageMax = 2048;
  using Page = std::vector<Dependent>;
  using Pages = std::vector<std::shared_ptr<const Page>>;
  struct Block {
    std::array<uint32_t, kTargets + 1> begin{};
    std::vector<Dependent> entries;
    std::vector<std::pair<uint32_t, Pages>> paged;  // By target within the block.
  };

  void UpdateBlock(uint32_t number, std::span<const Change> removed, std::span<const Change> added);
  static void UpdatePages(Pages& pages, std::span<const Change> removed, std::span<const Change> added);
  static void AppendPages(Pages& pages, std::span<const Dependent> list);

  uint32_t slots_ = 0;
  SharedChunks<std::shared_ptr<const Block>, 64> blocks_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_REVERSE_INDEX_H_
