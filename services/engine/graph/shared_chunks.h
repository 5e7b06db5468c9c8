// A vector that copies share: the ground of every immutable table here.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_SHARED_CHUNKS_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_SHARED_CHUNKS_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace linchpin::engine {

// Ownership: a copy shares all chunks with the original; a chunk is cloned the first time that a copy writes
//   to it. Thread safety: const members may run at once, also on copies in other threads.
// Cost: copy size()/kChunk pointers; Mutable() once per chunk a clone of kChunk elements.
template <typename T, uint32_t kChunk>
class SharedChunks {
 public:
  SharedChunks() = default;
  SharedChunks(const SharedChunks& other) : size_(other.size_), chunks_(other.chunks_) {}
  SharedChunks& operator=(const SharedChunks&) = delete;

  uint32_t size() const { return size_; }
  // Only for index < size().
  const T& operator[](uint32_t index) const { return (*chunks_[index / kChunk])[index % kChunk]; }

  // Only for index < size().
  T& Mutable(uint32_t index) {
    const uint32_t chunk = index / kChunk;
    owned_.resize(chunks_.size());
    if (owned_[chunk] == nullptr) {
      auto clone = std::make_shared<Chunk>(*chunks_[chunk]);
      owned_[chunk] = clone.get();
      chunks_[chunk] = std::move(clone);
    }
    return (*owned_[chunk])[index % kChunk];
  }

  void Grow(uint32_t size) {
    while (chunks_.size() * kChunk < size) {
      auto chunk = std::make_shared<Chunk>();
      owned_.resize(chunks_.size());
      owned_.push_back(chunk.get());
      chunks_.push_back(std::move(chunk));
    }
    size_ = size;
  }

  // Whether both have the very same chunks: nothing has been written since one was copied from the other.
  bool SharesAll(const SharedChunks& other) const { return size_ == other.size_ && chunks_ == other.chunks_; }

  // Ends writing: from now on this object shares its chunks like any other. Must be called before the
  // object is copied.
  void Freeze() { owned_ = {}; }

 private:
  using Chunk = std::array<T, kChunk>;
  uint32_t size_ = 0;
  std::vector<std::shared_ptr<const Chunk>> chunks_;
  std::vector<Chunk*> owned_;  // Chunks made by this object since it was copied; null elsewhere.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_SHARED_CHUNKS_H_
