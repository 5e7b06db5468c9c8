#include "services/replica/view.h"

#include <algorithm>
#include <iterator>

namespace linchpin::replica {
namespace {

constexpr std::string_view kChildren = "/dependencies/";

void AppendNames(const DocumentTable& table, std::string_view prefix, int limit,
                 std::vector<std::string>& names) {
  int found = 0;
  for (Cursor at = table.Seek(prefix); at.valid() && found < limit && at.name().starts_with(prefix);
       at.Next(), ++found) {
    names.emplace_back(at.name());
  }
}

void SortAndCut(int limit, std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > static_cast<size_t>(std::max(limit, 0)))
    names.resize(static_cast<size_t>(std::max(limit, 0)));
}

}  // namespace

View::View() {
  for (const resource::KindInfo* kind : resource::Kinds()) tables_.emplace_back(kind);
}
View::View(const View&) = default;
View::~View() = default;

std::optional<DocumentRef> View::Find(std::string_view name) const {
  const resource::KindInfo* kind = resource::KindOfName(name);
  if (kind == nullptr) return std::nullopt;
  return tables_[kind->position].Find(name);
}

Cursor View::Seek(const resource::KindInfo& kind, std::string_view from) const {
  return tables_[kind.position].Seek(from);
}

int64_t View::Count(const resource::KindInfo& kind) const { return tables_[kind.position].size(); }

int64_t View::Count() const {
  int64_t count = 0;
  for (const DocumentTable& table : tables_) count += table.size();
  return count;
}

std::vector<std::string> View::Referrers(std::string_view name, int limit) const {
  // What is nested refers to its parent; that is read off the names and not kept in the index.
  std::vector<std::string> names = references_.Sources(name, limit);
  const std::string children = std::string(name) + std::string(kChildren);
  for (const DocumentTable& table : tables_) {
    if (table.kind()->nested) AppendNames(table, children, limit, names);
  }
  SortAndCut(limit, names);
  return names;
}

int64_t View::CountWithPrefix(std::string_view prefix) const {
  int64_t count = 0;
  for (const DocumentTable& table : tables_) count += table.CountWithPrefix(prefix);
  return count;
}

std::vector<std::string> View::NamesWithPrefix(std::string_view prefix, int limit) const {
  std::vector<std::string> names;
  for (const DocumentTable& table : tables_) AppendNames(table, prefix, limit, names);
  SortAndCut(limit, names);
  return names;
}

size_t View::BytesBeyond(const View& base) const {
  size_t bytes = 0;
  for (size_t i = 0; i < tables_.size(); ++i) bytes += tables_[i].BytesBeyond(base.tables_[i]);
  return 2 * bytes;
}

}  // namespace linchpin::replica
