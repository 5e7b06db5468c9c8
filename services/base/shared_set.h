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

// Values in the order of `Less`, each once, in leaves under branches. `Less` compares two values, and a value
// with a key either way round.
//
// Ownership: a copy shares all branches and leaves with the original; whichever writes first clones those that
//   it writes to.
// Thread safety: const members, also of copies in other threads, may run at once. Copying an object that has
//   been written since it was last copied is a write.
// Cost: a copy is one step for each kLeafMax * kBranchMax / 4 values or so. Put and Erase are two searches,
//   and clone a leaf and a branch: what a clone copies may lie anywhere in memory, so both are small.
template <typename T, typename Less, size_t kLeafMax = 32, size_t kBranchMax = 64>
class SharedSet {
  // A piece, and the same piece again where it may be written: where nobody else has it.
  template <typename Piece>
  struct Slot {
    explicit Slot(Piece value) {
      auto made = std::make_shared<Piece>(std::move(value));
      own = made.get();
      piece = std::move(made);
    }
    const Piece& operator*() const { return *piece; }
    const Piece* operator->() const { return piece.get(); }
    Piece& Own() {
      if (own == nullptr) *this = Slot(*piece);
      return *own;
    }

    std::shared_ptr<const Piece> piece;
    Piece* own = nullptr;
  };
  using Leaf = std::vector<T>;  // Never empty.
  struct Branch {
    explicit Branch(std::vector<Slot<Leaf>> of) : leaves(std::move(of)) {}
    // A clone shares the leaves.
    Branch(const Branch& other) : leaves(other.leaves) {
      for (Slot<Leaf>& leaf : leaves) leaf.own = nullptr;
    }
    Branch(Branch&&) noexcept = default;
    Branch& operator=(const Branch&) = delete;

    std::vector<Slot<Leaf>> leaves;  // Never empty.
  };
  using Spine = std::vector<Slot<Branch>>;
  struct Place {
    size_t branch = 0, leaf = 0, at = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };

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
    reference operator*() const { return (*leaf())[place_.at]; }
    pointer operator->() const { return &**this; }
    Iterator& operator++() {
      if (++place_.at < leaf()->size()) return *this;
      place_.at = 0;
      if (++place_.leaf < (*spine_)[place_.branch]->leaves.size()) return *this;
      place_.leaf = 0;
      ++place_.branch;
      return *this;
    }
    Iterator operator++(int) {
      Iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.place_ == b.place_; }

   private:
    friend class SharedSet;
    Iterator(const Spine* spine, const Place& place) : spine_(spine), place_(place) {}
    const Slot<Leaf>& leaf() const { return (*spine_)[place_.branch]->leaves[place_.leaf]; }

    const Spine* spine_ = nullptr;
    Place place_;
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
    for (T& value : values) set.Append(std::move(value));
    return set;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return {&spine_, {}}; }
  Iterator end() const { return {&spine_, {spine_.size(), 0, 0}}; }

  // The first value that is not less than the key.
  template <typename Key>
  Iterator LowerBound(const Key& key) const {
    return {&spine_, PlaceOf(key)};
  }
  // end() if there is none.
  template <typename Key>
  Iterator Find(const Key& key) const {
    const Iterator at = LowerBound(key);
    return at == end() || Less()(key, *at) ? end() : at;
  }

  // Inserts the value, replacing one that compares equal.
  void Put(T value) {
    const Place place = PlaceOf(value);
    if (place.branch == spine_.size()) return Append(std::move(value));
    Leaf& leaf = Own(place);
    if (!Less()(value, leaf[place.at])) {
      leaf[place.at] = std::move(value);
      return;
    }
    leaf.insert(Nth(leaf, place.at), std::move(value));
    ++size_;
    if (leaf.size() > kLeafMax) SplitLeaf(place, kLeafMax / 2);
  }

  // Whether there was one.
  template <typename Key>
  bool Erase(const Key& key) {
    const Iterator found = Find(key);
    if (found == end()) return false;
    const Place place = found.place_;
    Leaf& leaf = Own(place);
    leaf.erase(Nth(leaf, place.at));
    --size_;
    if (!leaf.empty()) return true;
    std::vector<Slot<Leaf>>& leaves = spine_[place.branch].Own().leaves;
    leaves.erase(Nth(leaves, place.leaf));
    if (leaves.empty()) spine_.erase(Nth(spine_, place.branch));
    return true;
  }

 private:
  template <typename Value>
  static auto Nth(std::vector<Value>& values, size_t at) {
    return values.begin() + static_cast<std::ptrdiff_t>(at);
  }

  // Of the first value that is not less than the key; that of end() if all are.
  template <typename Key>
  Place PlaceOf(const Key& key) const {
    const auto first = [&key](const auto& all, const auto& last_of) {
      const auto at = std::partition_point(all.begin(), all.end(),
                                           [&](const auto& one) { return Less()(last_of(one), key); });
      return static_cast<size_t>(at - all.begin());
    };
    Place place;
    place.branch =
        first(spine_, [](const Slot<Branch>& branch) -> const T& { return branch->leaves.back()->back(); });
    if (place.branch == spine_.size()) return place;
    const std::vector<Slot<Leaf>>& leaves = spine_[place.branch]->leaves;
    place.leaf = first(leaves, [](const Slot<Leaf>& leaf) -> const T& { return leaf->back(); });
    place.at = first(*leaves[place.leaf], [](const T& value) -> const T& { return value; });
    return place;
  }

  // A value behind all others. Leaves and branches that are appended to are left nearly full.
  void Append(T value) {
    ++size_;
    owns_ = true;
    if (spine_.empty()) {
      spine_.emplace_back(Branch({Slot<Leaf>(Leaf{std::move(value)})}));
      return;
    }
    const Place last{spine_.size() - 1, spine_.back()->leaves.size() - 1, 0};
    Leaf& leaf = Own(last);
    leaf.push_back(std::move(value));
    if (leaf.size() > kLeafMax) SplitLeaf(last, kLeafMax * 7 / 8);
  }

  void Share() const {
    if (!owns_) return;
    for (Slot<Branch>& branch : spine_) branch.own = nullptr;
    owns_ = false;
  }
  Leaf& Own(const Place& place) {
    owns_ = true;
    return spine_[place.branch].Own().leaves[place.leaf].Own();
  }
  // What begins at `middle` becomes a leaf of its own.
  void SplitLeaf(const Place& place, size_t middle) {
    std::vector<Slot<Leaf>>& leaves = spine_[place.branch].Own().leaves;
    Leaf rest = CutFrom(leaves[place.leaf].Own(), middle);
    leaves.insert(Nth(leaves, place.leaf + 1), Slot<Leaf>(std::move(rest)));
    if (leaves.size() <= kBranchMax) return;
    const bool is_last = place.branch + 1 == spine_.size();
    Branch branch(CutFrom(leaves, is_last ? kBranchMax * 7 / 8 : kBranchMax / 2));
    spine_.insert(Nth(spine_, place.branch + 1), Slot<Branch>(std::move(branch)));
  }
  template <typename Value>
  static std::vector<Value> CutFrom(std::vector<Value>& values, size_t middle) {
    std::vector<Value> rest(std::make_move_iterator(Nth(values, middle)),
                            std::make_move_iterator(values.end()));
    values.erase(Nth(values, middle), values.end());
    return rest;
  }

  mutable Spine spine_;
  size_t size_ = 0;
  mutable bool owns_ = false;  // Some branch has its `own`.
};

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_SHARED_SET_H_
