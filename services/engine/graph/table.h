// The table of one of the small kinds: vendors, hosts, licences, models, deployments.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_TABLE_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_TABLE_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "services/engine/graph/name_index.h"
#include "services/engine/graph/shared_chunks.h"

namespace linchpin::engine {

// Records by dense index and by name. `Record` has a std::string `name`, empty in an unused slot.
// Iteration visits the live indexes in ascending order.
// Thread safety: const members may run at once; a copy shares with the original.
template <typename Record, typename IndexType>
class Table {
 public:
  class Iterator {
   public:
    Iterator(const Table* table, uint32_t at) : table_(table), at_(at) { SkipDead(); }
    IndexType operator*() const { return {at_}; }
    Iterator& operator++() {
      ++at_;
      SkipDead();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    void SkipDead() {
      while (at_ < table_->slots() && !table_->IsLive({at_})) ++at_;
    }
    const Table* table_;
    uint32_t at_;
  };

  Table() = default;
  Table(const Table&) = default;

  // Live records and unused slots together: arrays by index need this many places.
  uint32_t slots() const { return records_.size(); }
  // Live records.
  uint32_t size() const { return slots() - static_cast<uint32_t>(free_.size()); }
  bool IsLive(IndexType index) const { return index.value < slots() && !records_[index.value].name.empty(); }
  // Only for an index below slots().
  const Record& operator[](IndexType index) const { return records_[index.value]; }
  std::optional<IndexType> Find(std::string_view name) const {
    auto found = names_.Find(name, [this](uint32_t at) -> std::string_view { return records_[at].name; });
    if (!found.has_value()) return std::nullopt;
    return IndexType{*found};
  }
  // Whether the other is this one, or a copy in which nothing has been written.
  bool SharesAll(const Table& other) const { return records_.SharesAll(other.records_); }
  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, slots()); }

  // The rest is for making a graph, before it is published.
  Record& Mutable(IndexType index) { return records_.Mutable(index.value); }
  // Gives the name a slot, unless it has one.
  IndexType Ensure(std::string_view name) {
    if (auto found = Find(name)) return *found;
    const IndexType index = TakeSlot();
    records_.Mutable(index.value).name = std::string(name);
    names_.Insert(name, index.value);
    return index;
  }
  // Takes the record out; its slot is not given away before Release, so that a reference left behind in the
  // same change cannot come to mean something else.
  void Erase(IndexType index) {
    names_.Erase(records_[index.value].name, index.value);
    records_.Mutable(index.value) = Record();
  }
  void Release(IndexType index) { free_.push_back(index.value); }
  void Freeze() {
    records_.Freeze();
    names_.Freeze();
  }

 private:
  IndexType TakeSlot() {
    if (free_.empty()) {
      records_.Grow(records_.size() + 1);
      return {records_.size() - 1};
    }
    const uint32_t slot = free_.back();
    free_.pop_back();
    return {slot};
  }

  SharedChunks<Record, 64> records_;
  NameIndex<256> names_;
  std::vector<uint32_t> free_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_TABLE_H_
