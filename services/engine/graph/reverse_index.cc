#include "services/engine/graph/reverse_index.h"

#include <algorithm>

namespace linchpin::engine {
namespace {

using Change = ReverseIndex::Change;

// The leading changes that `belongs` holds for; they are taken off `changes`.
template <typename Belongs>
std::span<const Change> TakeWhile(std::span<const Change>& changes, const Belongs& belongs) {
  size_t count = 0;
  while (count < changes.size() && belongs(changes[count])) ++count;
  std::span<const Change> taken = changes.first(count);
  changes = changes.subspan(count);
  return taken;
}

// list - removed + added, all ascending.
std::vector<Dependent> Merge(std::span<const Dependent> list, std::span<const Change> removed,
                             std::span<const Change> added) {
  std::vector<Dependent> merged;
  merged.reserve(list.size() + added.size());
  for (const Dependent& entry : list) {
    while (!added.empty() && added.front().dependent < entry) {
      merged.push_back(added.front().dependent);
      added = added.subspan(1);
    }
    if (!removed.empty() && removed.front().dependent == entry) {
      removed = removed.subspan(1);
    } else {
      merged.push_back(entry);
    }
  }
  for (const Change& change : added) merged.push_back(change.dependent);
  return merged;
}

}  // namespace

void ReverseIndex::Update(std::span<const Change> removed, std::span<const Change> added) {
  if (!added.empty()) slots_ = std::max(slots_, added.back().target + 1);
  blocks_.Grow((slots_ + kTargets - 1) / kTargets);
  while (!removed.empty() || !added.empty()) {
    uint32_t target = UINT32_MAX;
    if (!removed.empty()) target = removed.front().target;
    if (!added.empty()) target = std::min(target, added.front().target);
    const uint32_t number = target / kTargets;
    const auto in_block = [number](const Change& change) { return change.target / kTargets == number; };
    const auto block_removed = TakeWhile(removed, in_block);
    UpdateBlock(number, block_removed, TakeWhile(added, in_block));
  }
}

void ReverseIndex::UpdateBlock(uint32_t number, std::span<const Change> removed,
                               std::span<const Change> added) {
  static const Block kEmpty;
  const Block& old = blocks_[number] == nullptr ? kEmpty : *blocks_[number];
  auto block = std::make_shared<Block>();
  block->entries.reserve(old.entries.size() + added.size());
  for (uint32_t local = 0; local < kTargets; ++local) {
    const auto of_target = [local](const Change& change) { return change.target % kTargets == local; };
    const auto target_removed = TakeWhile(removed, of_target);
    const auto target_added = TakeWhile(added, of_target);
    const std::span<const Dependent> list(old.entries.data() + old.begin[local],
                                          old.begin[local + 1] - old.begin[local]);
    auto paged =
        std::find_if(old.paged.begin(), old.paged.end(), [local](const auto& p) { return p.first == local; });
    if (paged != old.paged.end()) {
      Pages pages = paged->second;
      UpdatePages(pages, target_removed, target_added);
      if (!pages.empty()) block->paged.emplace_back(local, std::move(pages));
    } else {
      const std::vector<Dependent> merged = Merge(list, target_removed, target_added);
      if (merged.size() > kPagedFrom) {
        Pages pages;
        AppendPages(pages, merged);
        block->paged.emplace_back(local, std::move(pages));
      } else {
        block->entries.insert(block->entries.end(), merged.begin(), merged.end());
      }
    }
    block->begin[local + 1] = static_cast<uint32_t>(block->entries.size());
  }
  block->entries.shrink_to_fit();
  const bool empty = block->entries.empty() && block->paged.empty();
  blocks_.Mutable(number) = empty ? nullptr : std::shared_ptr<const Block>(std::move(block));
}

void ReverseIndex::UpdatePages(Pages& pages, std::span<const Change> removed, std::span<const Change> added) {
  Pages updated;
  for (size_t i = 0; i < pages.size(); ++i) {
    // A page reaches up to the first entry of the next one.
    const bool last = i + 1 == pages.size();
    const auto in_page = [&](const Change& change) {
      return last || change.dependent < pages[i + 1]->front();
    };
    const auto page_removed = TakeWhile(removed, in_page);
    const auto page_added = TakeWhile(added, in_page);
    if (page_removed.empty() && page_added.empty()) {
      updated.push_back(pages[i]);
    } else {
      AppendPages(updated, Merge(*pages[i], page_removed, page_added));
    }
  }
  pages = std::move(updated);
}

void ReverseIndex::AppendPages(Pages& pages, std::span<const Dependent> list) {
  const size_t count = (list.size() + kPageMax - 1) / kPageMax;
  for (size_t i = 0; i < count; ++i) {
    const size_t first = list.size() * i / count, last = list.size() * (i + 1) / count;
    pages.push_back(std::make_shared<const Page>(list.begin() + first, list.begin() + last));
  }
}

size_t ReverseIndex::BytesUsed() const {
  size_t bytes = sizeof(*this);
  for (uint32_t i = 0; i < blocks_.size(); ++i) {
    bytes += sizeof(std::shared_ptr<const Block>);
    if (blocks_[i] == nullptr) continue;
    bytes += sizeof(Block) + blocks_[i]->entries.capacity() * sizeof(Dependent);
    for (const auto& [local, pages] : blocks_[i]->paged) {
      for (const auto& page : pages) bytes += sizeof(Page) + page->capacity() * sizeof(Dependent);
    }
  }
  return bytes;
}

}  // namespace linchpin::engine
