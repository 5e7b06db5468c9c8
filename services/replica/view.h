// The inventory at one revision: documents, who refers to what, and the supply graph. Immutable.
#ifndef LINCHPIN_SERVICES_REPLICA_VIEW_H_
#define LINCHPIN_SERVICES_REPLICA_VIEW_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/replica/document.h"
#include "services/replica/document_table.h"
#include "services/replica/graph_feed.h"
#include "services/replica/reference_index.h"
#include "services/resource/kinds.h"

namespace linchpin::replica {

// The inventory at one revision.
//
// Ownership: shared; a view made from another shares with it all that did not change. What it hands out
//   (DocumentRef, cursors, the graph) lives as long as the view: keep the shared_ptr for the length of a
//   call.
// Thread safety: all members may run at once.
// Cost: Find is a binary search (about a microsecond among a million).
//   A view of a million dependencies takes less than 300 MB besides its graph; the next one, after one
//   change, shares all but tens of kilobytes.
class View {
 public:
  View();
  ~View();

  int64_t revision() const { return revision_; }
  // When that revision was committed.
  absl::Time time() const { return time_; }
  // Whether it holds changes that nobody has written (services/writing/hypothetical_view.h). Its revision is
  // then that of the view it was made from: nothing may be kept by the revision alone.
  bool hypothetical() const { return hypothetical_; }

  // Nothing if the name does not exist.
  std::optional<DocumentRef> Find(std::string_view name) const;
  bool Contains(std::string_view name) const { return Find(name).has_value(); }

  // The parsed document with its output-only fields; nothing if the name does not exist or is of another
  // kind.
  template <typename T>
  std::optional<T> Parse(std::string_view name) const {
    std::optional<DocumentRef> document = Find(name);
    std::optional<T> message;
    if (!document || document->kind->descriptor != T::descriptor()) return message;
    if (!ParseInto(*document, message.emplace())) message.reset();
    return message;
  }

  // Documents of one kind in bytewise order of names, from the first name that is not less than `from`:
  //   for (Cursor at = view.Seek(kind, ""); at.valid(); at.Next()) Use(at.document());
  Cursor Seek(const resource::KindInfo& kind, std::string_view from = "") const;

  // Calls `visit(const DocumentRef&)` for every document of a kind, in bytewise order of names.
  template <typename Visit>
  void ForEach(const resource::KindInfo& kind, const Visit& visit) const {
    for (Cursor at = Seek(kind); at.valid(); at.Next()) visit(at.document());
  }

  int64_t Count(const resource::KindInfo& kind) const;
  int64_t Count() const;

  // Names of the documents that refer to `name` (children refer to their parent), bytewise ascending, at most
  // `limit`. `name` need not exist.
  std::vector<std::string> Referrers(std::string_view name, int limit) const;

  // Names beginning with `prefix`, bytewise ascending, at most `limit`.
  std::vector<std::string> NamesWithPrefix(std::string_view prefix, int limit) const;

  // How many names begin with `prefix`. Cost: two searches, whatever their number.
  int64_t CountWithPrefix(std::string_view prefix) const;

  // About how many bytes it holds beside what it shares with `base`: documents as they are, references and
  // graph together as much again.
  size_t BytesBeyond(const View& base) const;

  // The supply graph at this revision, of all documents but those in quarantine.
  const engine::Graph& graph() const { return *fed_.graph; }
  const std::shared_ptr<const engine::Graph>& shared_graph() const { return fed_.graph; }
  // What the graph refuses: empty unless there is a bug or damage. The same object as in the view before, if
  // nothing of it has changed.
  const std::shared_ptr<const Quarantine>& quarantine() const { return fed_.quarantine; }

 private:
  friend class ViewEditor;
  friend class ViewLoader;
  View(const View&);

  int64_t revision_ = 0;
  absl::Time time_ = absl::UnixEpoch();
  bool hypothetical_ = false;
  std::vector<DocumentTable>
      tables_;  // In the order of resource::Kinds(); empty for kinds of other services.
  ReferenceIndex references_;
  FedGraph fed_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_VIEW_H_
