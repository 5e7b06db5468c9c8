#include "services/replica/reference_index.h"

#include <algorithm>

namespace linchpin::replica {
namespace {

constexpr char kEnd = '\0';  // Between target and source; no name contains it.
constexpr std::string_view kNested = "/dependencies/";
constexpr std::string_view kNestedShort = "//";
constexpr size_t kMergeBelow = ReferenceIndex::kMax / 4;
constexpr size_t kFill = ReferenceIndex::kMax * 3 / 4;

void AppendLength(size_t length, std::string& bytes) {
  for (; length >= 0x80; length >>= 7) bytes.push_back(static_cast<char>(length | 0x80));
  bytes.push_back(static_cast<char>(length));
}

size_t ReadLength(std::string_view bytes, size_t& at) {
  size_t length = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    length |= static_cast<size_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return length;
  }
}

size_t SharedLength(std::string_view a, std::string_view b) {
  return static_cast<size_t>(
      std::mismatch(a.begin(), a.begin() + std::min(a.size(), b.size()), b.begin()).first - a.begin());
}

std::string SourceOf(std::string_view key, size_t target_size) {
  std::string source(key.substr(target_size + 1));
  const size_t nested = source.find(kNestedShort);
  if (nested != std::string::npos) source.replace(nested, kNestedShort.size(), kNested);
  return source;
}

}  // namespace

// Walks the keys of a chunk.
class ReferenceIndex::Reader {
 public:
  explicit Reader(const Chunk& chunk) : chunk_(chunk), key_(chunk.first()), at_(chunk.first_size) {}
  bool valid() const { return index_ < chunk_.count; }
  const std::string& key() const { return key_; }
  void Next() {
    if (++index_ >= chunk_.count) return;
    const size_t shared = ReadLength(chunk_.bytes, at_);
    const size_t rest = ReadLength(chunk_.bytes, at_);
    key_.resize(shared);
    key_.append(chunk_.bytes, at_, rest);
    at_ += rest;
  }

 private:
  const Chunk& chunk_;
  std::string key_;
  size_t at_;
  uint32_t index_ = 0;
};

std::string ReferenceIndex::Key(std::string_view target, std::string_view source) {
  std::string key;
  key.reserve(target.size() + 1 + source.size());
  key += target;
  key += kEnd;
  // After the second slash of a name there is nothing but "dependencies/", so the short form keeps the order.
  const size_t nested = source.find(kNested);
  key += source.substr(0, nested);
  if (nested != std::string_view::npos) {
    key += kNestedShort;
    key += source.substr(nested + kNested.size());
  }
  return key;
}

std::vector<std::string> ReferenceIndex::Sources(std::string_view target, int limit) const {
  std::vector<std::string> sources;
  if (spine_.empty()) return sources;
  std::string prefix(target);
  prefix += kEnd;
  for (size_t chunk = ChunkOf(prefix); chunk < spine_.size(); ++chunk) {
    for (Reader reader(*spine_[chunk]); reader.valid(); reader.Next()) {
      if (reader.key() < prefix) continue;
      if (!reader.key().starts_with(prefix) || static_cast<int>(sources.size()) >= limit) return sources;
      sources.push_back(SourceOf(reader.key(), target.size()));
    }
  }
  return sources;
}

size_t ReferenceIndex::ChunkOf(std::string_view key) const {
  auto after =
      std::upper_bound(spine_.begin(), spine_.end(), key,
                       [](std::string_view wanted, const auto& chunk) { return wanted < chunk->first(); });
  return after == spine_.begin() ? 0 : static_cast<size_t>(after - spine_.begin()) - 1;
}

std::shared_ptr<const ReferenceIndex::Chunk> ReferenceIndex::Encode(std::span<const std::string> keys) {
  auto chunk = std::make_shared<Chunk>();
  chunk->count = static_cast<uint32_t>(keys.size());
  chunk->first_size = static_cast<uint32_t>(keys[0].size());
  std::string bytes = keys[0];
  for (size_t i = 1; i < keys.size(); ++i) {
    const size_t shared = SharedLength(keys[i - 1], keys[i]);
    AppendLength(shared, bytes);
    AppendLength(keys[i].size() - shared, bytes);
    bytes.append(keys[i], shared);
  }
  chunk->bytes.assign(bytes.data(), bytes.size());  // Without the slack of growing.
  return chunk;
}

std::vector<std::string> ReferenceIndex::Decode(const Chunk& chunk) {
  std::vector<std::string> keys;
  keys.reserve(chunk.count);
  for (Reader reader(chunk); reader.valid(); reader.Next()) keys.push_back(reader.key());
  return keys;
}

void ReferenceIndex::Emit(std::span<const std::string> keys, Spine& spine) {
  if (keys.empty()) return;
  std::vector<std::string> joined;
  if (!spine.empty() && spine.back()->count + keys.size() < kMergeBelow) {
    joined = Decode(*spine.back());
    joined.insert(joined.end(), keys.begin(), keys.end());
    keys = joined;
    spine.pop_back();
  }
  const size_t pieces = (keys.size() + kMax - 1) / kMax;
  for (size_t piece = 0; piece < pieces; ++piece) {
    const size_t begin = keys.size() * piece / pieces;
    spine.push_back(Encode(keys.subspan(begin, keys.size() * (piece + 1) / pieces - begin)));
  }
}

void ReferenceIndex::Apply(std::span<const Edit> edits) {
  if (edits.empty()) return;
  Spine spine;
  spine.reserve(spine_.size() + edits.size() / kMax + 2);
  size_t done = 0;
  size_t e = 0;
  while (e < edits.size()) {
    const size_t chunk = ChunkOf(edits[e].key);
    for (; done < chunk; ++done) spine.push_back(spine_[done]);
    std::vector<std::string> before;
    if (chunk < spine_.size()) before = Decode(*spine_[chunk]);
    std::vector<std::string> keys;
    keys.reserve(before.size() + 1);
    size_t row = 0;
    const bool last = chunk + 1 >= spine_.size();
    for (; e < edits.size() && (last || edits[e].key < spine_[chunk + 1]->first()); ++e) {
      while (row < before.size() && before[row] < edits[e].key) keys.push_back(std::move(before[row++]));
      const bool there = row < before.size() && before[row] == edits[e].key;
      if (there) ++row;
      if (!edits[e].deleted) keys.push_back(edits[e].key);
      size_ += (edits[e].deleted ? 0 : 1) - (there ? 1 : 0);
    }
    while (row < before.size()) keys.push_back(std::move(before[row++]));
    Emit(keys, spine);
    done = std::min(chunk + 1, spine_.size());
  }
  for (; done < spine_.size(); ++done) spine.push_back(spine_[done]);
  spine_ = std::move(spine);
}

void ReferenceIndex::Append(std::span<const std::string> keys) {
  for (size_t begin = 0; begin < keys.size(); begin += kFill) {
    spine_.push_back(Encode(keys.subspan(begin, std::min(kFill, keys.size() - begin))));
  }
  size_ += static_cast<int64_t>(keys.size());
}

size_t ReferenceIndex::BytesUsed() const {
  size_t bytes = spine_.capacity() * sizeof(spine_[0]);
  for (const auto& chunk : spine_) bytes += sizeof(Chunk) + chunk->bytes.capacity();
  return bytes;
}

}  // namespace linchpin::replica
