#include <algorithm>
#include <utility>

#include "services/replica/graph_feed.h"
#include "services/replica/view_editor.h"
#include "services/replica/wire/wire.h"
#include "services/replica/wire/wire_references.h"

namespace linchpin::replica {
namespace {

// Documents of one kind that wait for their chunks: a few chunks' worth.
constexpr size_t kPendingRows = 4 * DocumentChunk::kMax;
// Keys handed to the reference index at once.
constexpr size_t kPendingKeys = 64 * ReferenceIndex::kMax;

size_t PositionOf(const resource::KindInfo* kind) {
  const auto& kinds = resource::Kinds();
  return static_cast<size_t>(std::find(kinds.begin(), kinds.end(), kind) - kinds.begin());
}

uint64_t ReadVarint(std::string_view bytes, size_t& at) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

std::vector<std::string> Decode(std::string_view bytes) {
  std::vector<std::string> sources;
  std::string source;
  for (size_t at = 0; at < bytes.size();) {
    source.resize(ReadVarint(bytes, at));
    const size_t rest = ReadVarint(bytes, at);
    source += bytes.substr(at, rest);
    at += rest;
    sources.push_back(source);
  }
  return sources;
}

}  // namespace

ViewLoader::ViewLoader() : view_(new View), pending_(view_->tables_.size()) {}
ViewLoader::~ViewLoader() = default;

bool ViewLoader::Add(const DocumentRef& document) {
  const resource::KindInfo* kind =
      document.kind != nullptr ? document.kind : resource::KindOfName(document.name);
  if (kind == nullptr) return false;
  const size_t position = PositionOf(kind);
  Pending& pending = pending_[position];
  if (!pending.last_name.empty() && document.name <= pending.last_name) return false;
  pending.last_name = document.name;
  Pending::Row row{document, pending.bytes.size(), document.name.size(), 0, document.body.size()};
  row.document.kind = kind;
  pending.bytes += document.name;
  row.body_at = pending.bytes.size();
  pending.bytes += document.body;
  pending.rows.push_back(row);
  for (std::string_view target : WireReferences(*kind, document.body)) AddReference(target, document.name);
  if (pending.rows.size() >= kPendingRows) Flush(position);
  return true;
}

void ViewLoader::Flush(size_t position) {
  Pending& pending = pending_[position];
  std::vector<DocumentRef> documents;
  documents.reserve(pending.rows.size());
  for (Pending::Row& row : pending.rows) {
    row.document.name = std::string_view(pending.bytes).substr(row.name_at, row.name_size);
    row.document.body = std::string_view(pending.bytes).substr(row.body_at, row.body_size);
    documents.push_back(row.document);
  }
  view_->tables_[position].Append(documents);
  pending.bytes.clear();
  pending.rows.clear();
}

void ViewLoader::AddReference(std::string_view target, std::string_view source) {
  Sources& sources = sources_[std::string(target)];
  if (!sources.bytes.empty() && source < sources.last) sources.sorted = false;
  const auto shared = static_cast<size_t>(
      std::mismatch(source.begin(), source.begin() + std::min(source.size(), sources.last.size()),
                    sources.last.begin())
          .first -
      source.begin());
  AppendVarint(shared, sources.bytes);
  AppendVarint(source.size() - shared, sources.bytes);
  sources.bytes += source.substr(shared);
  sources.last = source;
}

void ViewLoader::BuildReferences() {
  std::vector<std::pair<std::string_view, Sources*>> targets;
  targets.reserve(sources_.size());
  for (auto& [target, sources] : sources_) targets.emplace_back(target, &sources);
  std::sort(targets.begin(), targets.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> keys;
  for (auto& [target, sources] : targets) {
    std::vector<std::string> names = Decode(sources->bytes);
    if (!sources->sorted) std::sort(names.begin(), names.end());
    for (const std::string& name : names) keys.push_back(ReferenceIndex::Key(target, name));
    *sources = Sources();  // Gives the memory back before the next one is decoded.
    if (keys.size() >= kPendingKeys) {
      view_->references_.Append(keys);
      keys.clear();
    }
  }
  view_->references_.Append(keys);
  sources_.clear();
}

std::shared_ptr<const View> ViewLoader::Finish(int64_t revision, absl::Time time) {
  for (size_t position = 0; position < pending_.size(); ++position) Flush(position);
  pending_.clear();
  BuildReferences();
  view_->revision_ = revision;
  view_->time_ = time;
  view_->fed_ = BuildGraph(view_->tables_, revision);
  return std::move(view_);
}

}  // namespace linchpin::replica
