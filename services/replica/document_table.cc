#include "services/replica/document_table.h"

#include <algorithm>
#include <unordered_set>

namespace linchpin::replica {
namespace {

// Neighbours that together hold less than this become one chunk.
constexpr size_t kMergeBelow = DocumentChunk::kMax / 4;

// Chunks made by Append are not quite full, so that the first insert does not split them.
constexpr size_t kFill = DocumentChunk::kMax * 3 / 4;

// Whether `body` is a message whose first field is the name; `at` is then where the name begins.
bool BodyBeginsWithName(std::string_view body, std::string_view name, size_t* at) {
  constexpr char kNameTag = 0x0a;
  if (body.size() < 2 || body[0] != kNameTag || name.size() >= size_t{0x80} * 0x80) return false;
  const size_t length_bytes = name.size() < 0x80 ? 1 : 2;
  *at = 1 + length_bytes;
  return body.substr(std::min(*at, body.size())).starts_with(name);
}

}  // namespace

DocumentChunk::DocumentChunk(std::span<const DocumentRef> documents) {
  size_t bytes = 0;
  for (const DocumentRef& document : documents) {
    size_t at = 0;
    bytes += document.body.size() +
             (BodyBeginsWithName(document.body, document.name, &at) ? 0 : document.name.size());
  }
  rows_.reserve(documents.size());
  bytes_.reserve(bytes);
  for (const DocumentRef& document : documents) {
    Row row{document.revision, document.create_time_us, document.update_time_us, 0, 0, 0, 0};
    row.name_size = static_cast<uint32_t>(document.name.size());
    row.body_begin = static_cast<uint32_t>(bytes_.size());
    row.body_size = static_cast<uint32_t>(document.body.size());
    bytes_ += document.body;
    size_t at = 0;
    if (BodyBeginsWithName(document.body, document.name, &at)) {
      row.name_begin = row.body_begin + static_cast<uint32_t>(at);
    } else {
      row.name_begin = static_cast<uint32_t>(bytes_.size());
      bytes_ += document.name;
    }
    rows_.push_back(row);
  }
}

DocumentRef DocumentChunk::At(size_t index, const resource::KindInfo* kind) const {
  const Row& row = rows_[index];
  DocumentRef document;
  document.name = NameAt(index);
  document.kind = kind;
  document.revision = row.revision;
  document.create_time_us = row.create_time_us;
  document.update_time_us = row.update_time_us;
  document.body = std::string_view(bytes_).substr(row.body_begin, row.body_size);
  return document;
}

std::string_view DocumentChunk::NameAt(size_t index) const {
  return std::string_view(bytes_).substr(rows_[index].name_begin, rows_[index].name_size);
}

size_t DocumentChunk::LowerBound(std::string_view name) const {
  size_t low = 0;
  size_t high = rows_.size();
  while (low < high) {
    const size_t middle = (low + high) / 2;
    if (NameAt(middle) < name) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

size_t DocumentTable::ChunkOf(std::string_view name) const {
  auto after =
      std::upper_bound(spine_.begin(), spine_.end(), name,
                       [](std::string_view wanted, const auto& chunk) { return wanted < chunk->NameAt(0); });
  return after == spine_.begin() ? 0 : static_cast<size_t>(after - spine_.begin()) - 1;
}

std::optional<DocumentRef> DocumentTable::Find(std::string_view name) const {
  if (spine_.empty()) return std::nullopt;
  const DocumentChunk& chunk = *spine_[ChunkOf(name)];
  const size_t index = chunk.LowerBound(name);
  if (index == chunk.size() || chunk.NameAt(index) != name) return std::nullopt;
  return chunk.At(index, kind_);
}

Cursor DocumentTable::Seek(std::string_view from) const {
  if (spine_.empty()) return Cursor(&spine_, kind_, 0, 0);
  const size_t chunk = ChunkOf(from);
  const size_t index = spine_[chunk]->LowerBound(from);
  if (index == spine_[chunk]->size()) return Cursor(&spine_, kind_, chunk + 1, 0);
  return Cursor(&spine_, kind_, chunk, index);
}

int64_t DocumentTable::CountWithPrefix(std::string_view prefix) const {
  if (spine_.empty() || prefix.empty()) return size_;
  // No name holds this byte, so it stands behind all that begin with the prefix.
  const std::string end = std::string(prefix) + '\xff';
  const size_t first = ChunkOf(prefix), last = ChunkOf(end);
  int64_t count = static_cast<int64_t>(spine_[last]->LowerBound(end)) -
                  static_cast<int64_t>(spine_[first]->LowerBound(prefix));
  for (size_t chunk = first; chunk < last; ++chunk) count += static_cast<int64_t>(spine_[chunk]->size());
  return count;
}

void DocumentTable::Emit(std::span<const DocumentRef> documents, Cursor::Spine& spine) {
  if (documents.empty()) return;
  std::vector<DocumentRef> joined;
  std::shared_ptr<const DocumentChunk> last = spine.empty() ? nullptr : spine.back();
  if (last != nullptr && last->size() + documents.size() < kMergeBelow) {
    for (size_t i = 0; i < last->size(); ++i) joined.push_back(last->At(i, kind_));
    joined.insert(joined.end(), documents.begin(), documents.end());
    documents = joined;
    spine.pop_back();
  }
  const size_t pieces = (documents.size() + DocumentChunk::kMax - 1) / DocumentChunk::kMax;
  for (size_t piece = 0; piece < pieces; ++piece) {
    const size_t begin = documents.size() * piece / pieces;
    const size_t end = documents.size() * (piece + 1) / pieces;
    spine.push_back(std::make_shared<const DocumentChunk>(documents.subspan(begin, end - begin)));
  }
}

void DocumentTable::Apply(std::span<const DocumentEdit> edits) {
  Cursor::Spine spine;
  spine.reserve(spine_.size() + edits.size() / DocumentChunk::kMax + 2);
  size_t done = 0;  // Chunks of spine_ that are dealt with.
  size_t e = 0;
  std::vector<DocumentRef> documents;
  while (e < edits.size()) {
    const size_t chunk = ChunkOf(edits[e].document.name);
    for (; done < chunk; ++done) spine.push_back(spine_[done]);
    documents.clear();
    size_t row = 0;
    const size_t rows = chunk < spine_.size() ? spine_[chunk]->size() : 0;
    const bool last = chunk + 1 >= spine_.size();
    for (; e < edits.size() && (last || edits[e].document.name < spine_[chunk + 1]->NameAt(0)); ++e) {
      for (; row < rows && spine_[chunk]->NameAt(row) < edits[e].document.name; ++row) {
        documents.push_back(spine_[chunk]->At(row, kind_));
      }
      const bool there = row < rows && spine_[chunk]->NameAt(row) == edits[e].document.name;
      if (there) ++row;
      if (!edits[e].deleted) documents.push_back(edits[e].document);
      size_ += (edits[e].deleted ? 0 : 1) - (there ? 1 : 0);
    }
    for (; row < rows; ++row) documents.push_back(spine_[chunk]->At(row, kind_));
    Emit(documents, spine);
    done = std::min(chunk + 1, spine_.size());
  }
  for (; done < spine_.size(); ++done) spine.push_back(spine_[done]);
  spine_ = std::move(spine);
}

void DocumentTable::Append(std::span<const DocumentRef> documents) {
  for (size_t begin = 0; begin < documents.size(); begin += kFill) {
    spine_.push_back(std::make_shared<const DocumentChunk>(
        documents.subspan(begin, std::min(kFill, documents.size() - begin))));
  }
  size_ += static_cast<int64_t>(documents.size());
}

size_t DocumentTable::BytesBeyond(const DocumentTable& base) const {
  std::unordered_set<const DocumentChunk*> shared;
  shared.reserve(base.spine_.size());
  for (const auto& chunk : base.spine_) shared.insert(chunk.get());
  size_t bytes = spine_.capacity() * sizeof(spine_[0]);
  for (const auto& chunk : spine_) bytes += shared.count(chunk.get()) > 0 ? 0 : chunk->BytesUsed();
  return bytes;
}

size_t DocumentTable::BytesUsed() const {
  size_t bytes = spine_.capacity() * sizeof(spine_[0]);
  for (const auto& chunk : spine_) bytes += chunk->BytesUsed();
  return bytes;
}

}  // namespace linchpin::replica
