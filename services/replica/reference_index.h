// Who refers to whom, the wrong way round: target -> sources. Immutable sorted chunks of front-coded keys.
#ifndef LINCHPIN_SERVICES_REPLICA_REFERENCE_INDEX_H_
#define LINCHPIN_SERVICES_REPLICA_REFERENCE_INDEX_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace linchpin::replica {

// A set of pairs (target, source). A copy shares all chunks.
//
// Thread safety: const members may run at once, also on copies.
// Cost: about 20 bytes for a pair; Apply walks and writes again each chunk that it changes (a few
// microseconds).
class ReferenceIndex {
 public:
  static constexpr size_t kMax = 256;

  struct Edit {
    std::string key;  // From Key.
    bool deleted = false;
  };

  // The key of a pair. Keys ascend by target, then by source, both bytewise.
  static std::string Key(std::string_view target, std::string_view source);

  // Sources that refer to `target`, bytewise ascending, at most `limit`.
  std::vector<std::string> Sources(std::string_view target, int limit) const;

  // Applies edits, ascending by key, each key once. Adding what is there or removing what is not does
  // nothing.
  void Apply(std::span<const Edit> edits);

  // Adds keys, ascending and distinct, the first greater than all that are there. Call it with thousands at a
  // time; chunks are not shared between calls.
  void Append(std::span<const std::string> keys);

  int64_t size() const { return size_; }
  size_t BytesUsed() const;

 private:
  // The first key stands whole, each other one as the length it shares with the one before and the rest.
  struct Chunk {
    uint32_t count = 0;
    uint32_t first_size = 0;
    std::string bytes;
    std::string_view first() const { return std::string_view(bytes).substr(0, first_size); }
  };
  class Reader;
  class Writer;
  using Spine = std::vector<std::shared_ptr<const Chunk>>;

  size_t ChunkOf(std::string_view key) const;
  // Appends to `spine` the keys of a chunk after the edits, which lie in its range.
  void Rewrite(const Chunk& chunk, std::span<const Edit> edits, Spine& spine);

  int64_t size_ = 0;
  Spine spine_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_REFERENCE_INDEX_H_
