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

// Writes keys, ascending, into chunks of about the same size.
class ReferenceIndex::Writer {
 public:
  // For `expected` keys, more or less. Appends to `spine`, whose last chunk it takes up again if the two
  // together are small.
  Writer(size_t expected, Spine& spine) : spine_(spine) {
    std::shared_ptr<const Chunk> small;
    if (!spine.empty() && spine.back()->count + expected < kMergeBelow) {
      small = std::move(spine.back());
      spine.pop_back();
      expected += small->count;
    }
    const size_t chunks = std::max<size_t>(1, (expected + kMax - 1) / kMax);
    size_ = std::max<size_t>(1, (expected + chunks - 1) / chunks);
    if (small == nullptr) return;
    for (Reader reader(*small); reader.valid(); reader.Next()) Add(reader.key());
  }
  ~Writer() { EndChunk(); }

  void Add(std::string_view key) {
    if (count_ == 0) {
      first_size_ = key.size();
      bytes_ = key;
    } else {
      const size_t shared = SharedLength(last_, key);
      AppendLength(shared, bytes_);
      AppendLength(key.size() - shared, bytes_);
      bytes_.append(key, shared);
    }
    last_ = key;
    if (++count_ == size_) EndChunk();
  }

 private:
  void EndChunk() {
    if (count_ == 0) return;
    auto chunk = std::make_shared<Chunk>();
    chunk->count = static_cast<uint32_t>(count_);
    chunk->first_size = static_cast<uint32_t>(first_size_);
    chunk->bytes.assign(bytes_.data(), bytes_.size());  // Without the slack of growing.
    spine_.push_back(std::move(chunk));
    count_ = 0;
  }

  Spine& spine_;
  size_t size_ = 0;   // Keys of a chunk.
  size_t count_ = 0;  // Of the chunk at hand.
  size_t first_size_ = 0;
  std::string bytes_, last_;
};

void ReferenceIndex::Rewrite(const Chunk& chunk, std::span<const Edit> edits, Spine& spine) {
  int64_t expected = chunk.count;
  for (const Edit& edit : edits) expected += edit.deleted ? -1 : 1;
  Writer writer(static_cast<size_t>(std::max<int64_t>(expected, 0)), spine);
  Reader reader(chunk);
  for (const Edit& edit : edits) {
    for (; reader.valid() && reader.key() < edit.key; reader.Next()) writer.Add(reader.key());
    const bool there = reader.valid() && reader.key() == edit.key;
    if (there) reader.Next();
    if (!edit.deleted) writer.Add(edit.key);
    size_ += (edit.deleted ? 0 : 1) - (there ? 1 : 0);
  }
  for (; reader.valid(); reader.Next()) writer.Add(reader.key());
}

void ReferenceIndex::Apply(std::span<const Edit> edits) {
  static const Chunk kNone;
  if (edits.empty()) return;
  Spine spine;
  spine.reserve(spine_.size() + edits.size() / kMax + 2);
  size_t done = 0;
  for (size_t begin = 0; begin < edits.size();) {
    const size_t chunk = ChunkOf(edits[begin].key);
    for (; done < chunk; ++done) spine.push_back(spine_[done]);
    size_t end = begin + 1;
    const bool last = chunk + 1 >= spine_.size();
    while (end < edits.size() && (last || edits[end].key < spine_[chunk + 1]->first())) ++end;
    Rewrite(spine_.empty() ? kNone : *spine_[chunk], edits.subspan(begin, end - begin), spine);
    done = std::min(chunk + 1, spine_.size());
    begin = end;
  }
  for (; done < spine_.size(); ++done) spine.push_back(spine_[done]);
  spine_ = std::move(spine);
}

void ReferenceIndex::Append(std::span<const std::string> keys) {
  for (size_t begin = 0; begin < keys.size(); begin += kFill) {
    const auto piece = keys.subspan(begin, std::min(kFill, keys.size() - begin));
    Writer writer(piece.size(), spine_);
    for (const std::string& key : piece) writer.Add(key);
  }
  size_ += static_cast<int64_t>(keys.size());
}

size_t ReferenceIndex::BytesUsed() const {
  size_t bytes = spine_.capacity() * sizeof(spine_[0]);
  for (const auto& chunk : spine_) bytes += sizeof(Chunk) + chunk->bytes.capacity();
  return bytes;
}

}  // namespace linchpin::replica
