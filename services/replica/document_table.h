// The documents of one kind, sorted by name: immutable chunks under a spine of pointers to them.
#ifndef LINCHPIN_SERVICES_REPLICA_DOCUMENT_TABLE_H_
#define LINCHPIN_SERVICES_REPLICA_DOCUMENT_TABLE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/replica/document.h"
#include "services/resource/kinds.h"

namespace linchpin::replica {

// Up to kMax documents in order of name: fixed rows and one run of bytes. A body begins with the name (field
// 1), so the name is kept only there whenever it can be.
class DocumentChunk {
 public:
  static constexpr size_t kMax = 256;

  explicit DocumentChunk(std::span<const DocumentRef> documents);

  size_t size() const { return rows_.size(); }
  DocumentRef At(size_t index, const resource::KindInfo* kind) const;
  std::string_view NameAt(size_t index) const;
  // The index of the first name that is not less than `name`; size() if there is none.
  size_t LowerBound(std::string_view name) const;
  size_t BytesUsed() const { return sizeof(*this) + rows_.capacity() * sizeof(Row) + bytes_.capacity(); }

 private:
  struct Row {
    int64_t revision;
    int64_t create_time_us;
    int64_t update_time_us;
    uint32_t name_begin;
    uint32_t name_size;
    uint32_t body_begin;
    uint32_t body_size;
  };
  std::vector<Row> rows_;
  std::string bytes_;
};

class DocumentTable;

// A place in a table. Lives as long as its table.
class Cursor {
 public:
  bool valid() const { return chunk_ < spine_->size(); }
  // Only if valid().
  DocumentRef document() const { return (*spine_)[chunk_]->At(index_, kind_); }
  std::string_view name() const { return (*spine_)[chunk_]->NameAt(index_); }
  void Next() {
    if (++index_ < (*spine_)[chunk_]->size()) return;
    ++chunk_;
    index_ = 0;
  }

 private:
  friend class DocumentTable;
  using Spine = std::vector<std::shared_ptr<const DocumentChunk>>;
  Cursor(const Spine* spine, const resource::KindInfo* kind, size_t chunk, size_t index)
      : spine_(spine), kind_(kind), chunk_(chunk), index_(index) {}

  const Spine* spine_;
  const resource::KindInfo* kind_;
  size_t chunk_;
  size_t index_;
};

// What a table is told about one name.
struct DocumentEdit {
  DocumentRef document;  // For a delete only the name counts.
  bool deleted = false;
};

// All documents of one kind. A copy shares all chunks.
//
// Thread safety: const members may run at once, also on copies.
// Cost: Apply copies the spine and each chunk that it changes once: 20 to 40 microseconds for one document in
// a million.
class DocumentTable {
 public:
  explicit DocumentTable(const resource::KindInfo* kind) : kind_(kind) {}

  const resource::KindInfo* kind() const { return kind_; }
  int64_t size() const { return size_; }
  std::optional<DocumentRef> Find(std::string_view name) const;
  // The first document whose name is not less than `from`.
  Cursor Seek(std::string_view from) const;

  // How many names begin with `prefix`. Cost: two searches, and a step for each chunk between.
  int64_t CountWithPrefix(std::string_view prefix) const;

  // Applies edits, ascending by name, each name once.
  void Apply(std::span<const DocumentEdit> edits);

  // Adds documents behind all others: `documents` ascend, and the first is greater than the last name here.
  // Call it with thousands at a time; chunks are not shared between calls.
  void Append(std::span<const DocumentRef> documents);

  size_t BytesUsed() const;
  // The same of what it does not share with `base`.
  size_t BytesBeyond(const DocumentTable& base) const;

 private:
  // The chunk that holds `name` or would; 0 for an empty table.
  size_t ChunkOf(std::string_view name) const;
  void Emit(std::span<const DocumentRef> documents, Cursor::Spine& spine);

  const resource::KindInfo* kind_;
  int64_t size_ = 0;
  Cursor::Spine spine_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_DOCUMENT_TABLE_H_
