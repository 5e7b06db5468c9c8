// Name to index, shared between revisions: buckets by hash, copied only where a name comes or goes.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_NAME_INDEX_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_NAME_INDEX_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "services/engine/graph/shared_chunks.h"

namespace linchpin::engine {

// Holds hashes and indexes only; names stay where they are, and callers pass `name_of(index)` to compare.
// Thread safety and cost: those of SharedChunks, with buckets of size()/kBuckets entries.
template <uint32_t kBuckets>
class NameIndex {
 public:
  NameIndex() { buckets_.Grow(kBuckets); }
  NameIndex(const NameIndex&) = default;

  template <typename NameOf>
  std::optional<uint32_t> Find(std::string_view name, const NameOf& name_of) const {
    const uint32_t hash = HashOf(name);
    const Bucket& bucket = buckets_[hash % kBuckets];
    auto entry = std::lower_bound(bucket.begin(), bucket.end(), Entry{hash, 0});
    for (; entry != bucket.end() && entry->first == hash; ++entry) {
      if (name_of(entry->second) == name) return entry->second;
    }
    return std::nullopt;
  }

  // The name must not be there yet.
  void Insert(std::string_view name, uint32_t index) {
    const Entry entry{HashOf(name), index};
    Bucket& bucket = buckets_.Mutable(entry.first % kBuckets);
    bucket.insert(std::upper_bound(bucket.begin(), bucket.end(), entry), entry);
  }

  void Erase(std::string_view name, uint32_t index) {
    const Entry entry{HashOf(name), index};
    Bucket& bucket = buckets_.Mutable(entry.first % kBuckets);
    auto found = std::lower_bound(bucket.begin(), bucket.end(), entry);
    if (found != bucket.end() && *found == entry) bucket.erase(found);
  }

  void Freeze() { buckets_.Freeze(); }

 private:
  using Entry = std::pair<uint32_t, uint32_t>;  // Hash, index.
  using Bucket = std::vector<Entry>;
  static uint32_t HashOf(std::string_view name) {
    const uint64_t hash = std::hash<std::string_view>{}(name);
    return static_cast<uint32_t>(hash ^ (hash >> 32));
  }
  SharedChunks<Bucket, 8> buckets_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_NAME_INDEX_H_
