// A sorted set that copies share: what has hundreds of thousands of members and changes a few at a time.
#ifndef LINCHPIN_SERVICES_BASE_SHARED_SET_H_
#define LINCHPIN_SERVICES_BASE_SHARED_SET_H_

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace linchpin::base {

// Values in the order of `Less`, each once, in chunks under a spine of pointers to them. `Less` compares two
// values, and a value with a key either way round.
//
// Ownership: a copy shares all chunks with the original; whichever writes first clones the chunk it writes
//   to.
// Thread safety: const members, also of copies in other threads, may run at once. Copying an object that has
//   been written since it was last copied is a write.
// Cost: a copy is one step for each kChunkMax / 2 values; Put and Erase are two searches and one chunk.
template <typename T, typename Less, size_t kChunkMax = 256>
class SharedSet {
  using Chunk = std::vector<T>;
  struct Slot {
    std::shared_ptr<const Chunk> chunk;
    Chunk* own = nullptr;  // The same chunk if this object made it since it was last copied; else null.
  };
  using Spine = std::vector<Slot>;

 public:
  using value_type = T;

  class Iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = const T*;
    using reference = const T&;

    Iterator() = default;
    reference operator*() const { return (*(*spine_)[chunk_].chunk)[at_]; }
    pointer operator->() const { return &**this; }
    Iterator& operator++() {
      if (++at_ < (*spine_)[chunk_].chunk->size()) return *this;
      ++chunk_;
      at_ = 0;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) {
      return a.chunk_ == b.chunk_ && a.at_ == b.at_;
    }

   private:
    friend class SharedSet;
    Iterator(const Spine* spine, size_t chunk, size_t at) : spine_(spine), chunk_(chunk), at_(at) {}
    const Spine* spine_ = nullptr;
    size_t chunk_ = 0;
    size_t at_ = 0;
  };
  using iterator = Iterator;
  using const_iterator = Iterator;

  SharedSet() = default;
  SharedSet(const SharedSet& other) { *this = other; }
  SharedSet(SharedSet&& other) noexcept { *this = std::move(other); }
  SharedSet& operator=(const SharedSet& other) {
    if (this == &other) return *this;
    other.Share();
    spine_ = other.spine_;
    size_ = other.size_;
    owns_ = false;
    return *this;
  }
  SharedSet& operator=(SharedSet&& other) noexcept {
    spine_ = std::exchange(other.spine_, {});
    size_ = std::exchange(other.size_, 0);
    owns_ = std::exchange(other.owns_, false);
    return *this;
  }

  // From values that are sorted and distinct.
  static SharedSet FromSorted(std::vector<T> values) {
    SharedSet set;
    set.size_ = values.size();
    constexpr size_t kFill = kChunkMax * 3 / 4;  // An insert does not split at once.
    for (size_t at = 0; at < values.size(); at += kFill) {
      const size_t end = std::min(values.size(), at + kFill);
      set.InsertChunk(set.spine_.size(), Chunk(std::make_move_iterator(values.begin() + at),
                                               std::make_move_iterator(values.begin() + end)));
    }
    return set;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return {&spine_, 0, 0}; }
  Iterator end() const { return {&spine_, spine_.size(), 0}; }

  // The first value that is not less than the key.
  template <typename Key>
  Iterator LowerBound(const Key& key) const {
    const size_t chunk = ChunkOf(key);
    if (chunk == spine_.size()) return end();
    return {&spine_, chunk, PlaceIn(*spine_[chunk].chunk, key)};
  }
  // end() if there is none.
  template <typename Key>
  Iterator Find(const Key& key) const {
    const Iterator at = LowerBound(key);
    return at == end() || Less()(key, *at) ? end() : at;
  }

  // Inserts the value, replacing one that compares equal.
  void Put(T value) {
    size_t chunk = ChunkOf(value);
    if (chunk == spine_.size()) {
      if (spine_.empty()) InsertChunk(0, {});
      chunk = spine_.size() - 1;
    }
    Chunk& values = Own(chunk);
    const size_t at = PlaceIn(values, value);
    if (at < values.size() && !Less()(value, values[at])) {
      values[at] = std::move(value);
      return;
    }
    values.insert(values.begin() + static_cast<std::ptrdiff_t>(at), std::move(value));
    ++size_;
    if (values.size() > kChunkMax) Split(chunk);
  }

  // Whether there was one.
  template <typename Key>
  bool Erase(const Key& key) {
    const Iterator found = Find(key);
    if (found == end()) return false;
    Chunk& values = Own(found.chunk_);
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(found.at_));
    --size_;
    if (values.empty()) spine_.erase(spine_.begin() + static_cast<std::ptrdiff_t>(found.chunk_));
    return true;
  }

 private:
  // The first chunk whose last value is not less than the key.
  template <typename Key>
  size_t ChunkOf(const Key& key) const {
    const auto at = std::partition_point(
        spine_.begin(), spine_.end(), [&key](const Slot& slot) { return Less()(slot.chunk->back(), key); });
    return static_cast<size_t>(at - spine_.begin());
  }
  template <typename Key>
  static size_t PlaceIn(const Chunk& chunk, const Key& key) {
    const auto at = std::partition_point(chunk.begin(), chunk.end(),
                                         [&key](const T& value) { return Less()(value, key); });
    return static_cast<size_t>(at - chunk.begin());
  }
  void Share() const {
    if (!owns_) return;
    for (Slot& slot : spine_) slot.own = nullptr;
    owns_ = false;
  }
  Chunk& Own(size_t at) {
    Slot& slot = spine_[at];
    if (slot.own == nullptr) {
      auto clone = std::make_shared<Chunk>(*slot.chunk);
      slot.own = clone.get();
      slot.chunk = std::move(clone);
      owns_ = true;
    }
    return *slot.own;
  }
  void InsertChunk(size_t at, Chunk values) {
    auto chunk = std::make_shared<Chunk>(std::move(values));
    Chunk* const own = chunk.get();
    spine_.insert(spine_.begin() + static_cast<std::ptrdiff_t>(at), Slot{std::move(chunk), own});
    owns_ = true;
  }
  // The last chunk is split near its end, so that appending in order leaves full chunks.
  void Split(size_t at) {
    Chunk& values = *spine_[at].own;
    const bool last = at + 1 == spine_.size();
    const auto middle =
        values.begin() + static_cast<std::ptrdiff_t>(last ? kChunkMax * 7 / 8 : kChunkMax / 2);
    Chunk rest(std::make_move_iterator(middle), std::make_move_iterator(values.end()));
    values.erase(middle, values.end());
    InsertChunk(at + 1, std::move(rest));
  }

  mutable Spine spine_;
  size_t size_ = 0;
  mutable bool owns_ = false;  // Some slot has its `own`.
};

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_SHARED_SET_H_
