// Makes the next view out of one: the only place where views are written.
#ifndef LINCHPIN_SERVICES_REPLICA_VIEW_EDITOR_H_
#define LINCHPIN_SERVICES_REPLICA_VIEW_EDITOR_H_

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/replica/view.h"

namespace linchpin::replica {

// Applies changes to a copy of a view, which shares what stays the same.
//
// Thread safety: none; one thread makes one view.
// Errors: none. A name that fits no kind is passed over. What the graph refuses is in View::quarantine().
class ViewEditor {
 public:
  // Starts from `base`.
  explicit ViewEditor(const View& base);
  ~ViewEditor();

  // Applies edits, of one revision or several, the last of them `revision`, committed at `time`; where a name
  // occurs twice the last counts. The bytes are copied.
  void Apply(std::span<const DocumentEdit> edits, int64_t revision, absl::Time time);

  // Applies edits that nobody has written: the view keeps its revision and time, and is hypothetical.
  void Suppose(std::span<const DocumentEdit> edits);

  // The view. Only once.
  std::shared_ptr<const View> Finish();

 private:
  void EditReferences(std::span<const DocumentEdit> edits, const DocumentTable& table,
                      std::vector<ReferenceIndex::Edit>& references);

  std::shared_ptr<View> view_;
};

// Builds a view from nothing: much faster than edits, for a snapshot.
//
// Thread safety: none.
class ViewLoader {
 public:
  ViewLoader();
  ~ViewLoader();

  // Takes one document; the bytes are copied. Names ascend bytewise within a kind, else false and nothing is
  // taken.
  bool Add(const DocumentRef& document);

  // The view. Only once.
  std::shared_ptr<const View> Finish(int64_t revision, absl::Time time);

 private:
  // Documents of one kind that are not in chunks yet.
  struct Pending {
    struct Row {
      DocumentRef document;  // Its views are set when the rows are flushed.
      size_t name_at, name_size, body_at, body_size;
    };
    std::string bytes;
    std::vector<Row> rows;
    std::string last_name;
  };
  // The sources of one target, front-coded, in the order in which they came.
  struct Sources {
    std::string bytes;
    std::string last;
    bool sorted = true;
  };

  void Flush(size_t position);
  void AddReference(std::string_view target, std::string_view source);
  void BuildReferences();

  std::shared_ptr<View> view_;
  std::vector<Pending> pending_;
  std::unordered_map<std::string, Sources> sources_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_VIEW_EDITOR_H_
