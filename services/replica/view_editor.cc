#include "services/replica/view_editor.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "services/replica/graph_feed.h"
#include "services/replica/wire/wire_references.h"

namespace linchpin::replica {
namespace {

struct Placed {
  size_t position;
  DocumentEdit edit;
};

// Ascending by kind and name, the last edit of each name, those of no kind left out.
std::vector<Placed> Sort(std::span<const DocumentEdit> edits) {
  std::vector<Placed> placed;
  placed.reserve(edits.size());
  for (const DocumentEdit& edit : edits) {
    const resource::KindInfo* kind = resource::KindOfName(edit.document.name);
    if (kind == nullptr) continue;
    placed.push_back({kind->position, edit});
    placed.back().edit.document.kind = kind;
  }
  auto before = [](const Placed& a, const Placed& b) {
    return std::tie(a.position, a.edit.document.name) < std::tie(b.position, b.edit.document.name);
  };
  std::stable_sort(placed.begin(), placed.end(), before);
  size_t kept = 0;
  for (size_t i = 0; i < placed.size(); ++i) {
    const bool superseded = i + 1 < placed.size() && !before(placed[i], placed[i + 1]);
    if (!superseded) placed[kept++] = placed[i];
  }
  placed.resize(kept);
  return placed;
}

}  // namespace

ViewEditor::ViewEditor(const View& base) : view_(new View(base)) {}
ViewEditor::~ViewEditor() = default;

void ViewEditor::EditReferences(std::span<const DocumentEdit> edits, const DocumentTable& table,
                                std::vector<ReferenceIndex::Edit>& references) {
  for (const DocumentEdit& edit : edits) {
    std::vector<std::string_view> now;
    if (!edit.deleted) now = WireReferences(*table.kind(), edit.document.body);
    std::vector<std::string_view> before;
    const std::optional<DocumentRef> old = table.Find(edit.document.name);
    if (old) before = WireReferences(*table.kind(), old->body);
    for (std::string_view target : now) {
      if (std::binary_search(before.begin(), before.end(), target)) continue;
      references.push_back({ReferenceIndex::Key(target, edit.document.name), false});
    }
    for (std::string_view target : before) {
      if (std::binary_search(now.begin(), now.end(), target)) continue;
      references.push_back({ReferenceIndex::Key(target, edit.document.name), true});
    }
  }
}

void ViewEditor::Apply(std::span<const DocumentEdit> edits, int64_t revision, absl::Time time) {
  const std::vector<Placed> placed = Sort(edits);
  std::vector<ReferenceIndex::Edit> references;
  std::vector<DocumentEdit> of_kind;
  for (size_t i = 0; i < placed.size();) {
    const size_t position = placed[i].position;
    of_kind.clear();
    for (; i < placed.size() && placed[i].position == position; ++i) of_kind.push_back(placed[i].edit);
    DocumentTable& table = view_->tables_[position];
    EditReferences(of_kind, table, references);
    table.Apply(of_kind);
  }
  std::sort(references.begin(), references.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  view_->references_.Apply(references);
  view_->revision_ = revision;
  view_->time_ = time;
  std::vector<DocumentEdit> all;
  all.reserve(placed.size());
  for (const Placed& one : placed) all.push_back(one.edit);
  view_->fed_ = ApplyToGraph(view_->fed_, all, view_->tables_, revision);
}

void ViewEditor::Suppose(std::span<const DocumentEdit> edits) {
  Apply(edits, view_->revision_, view_->time_);
  view_->hypothetical_ = true;
}

std::shared_ptr<const View> ViewEditor::Finish() { return std::move(view_); }

}  // namespace linchpin::replica
