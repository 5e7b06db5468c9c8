// The inventory as it would stand after a change that nobody has written.
#ifndef LINCHPIN_SERVICES_WRITING_HYPOTHETICAL_VIEW_H_
#define LINCHPIN_SERVICES_WRITING_HYPOTHETICAL_VIEW_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/inventory/v1/change_set.pb.h"
#include "services/replica/view.h"
#include "services/store/port/write.h"
#include "services/writing/write_rules.h"

namespace linchpin::writing {

// Operations of one change set.
inline constexpr int kProposedOperationsMax = 100'000;

struct HypotheticalView {
  // Documents, references and graph are those that the write would give. It shares with the view that it was
  // made from all that does not change, and is that very view if nothing does. Its revision and time are
  // those of that view, since no other exists: View::hypothetical tells the two apart. The documents that
  // change carry the revision that comes next.
  std::shared_ptr<const replica::View> view;
  // Names of the documents that are created, changed or deleted, ascending.
  std::vector<std::string> changed;
  // How many of them are of each sort, and how many operations change nothing.
  linchpin::inventory::v1::ChangeCounts counts;
  // Digest of the change (change_digest.h), of a change set; empty if it changes nothing.
  std::string change_digest;
};

// What a committed write of `changes` would make of `base`. The way is that of a write (PlanBatch,
// store::Group, the view's editor), so that it accepts, refuses and changes the same; the store is not asked.
// `base` may itself be hypothetical. Field paths in errors begin with `field`: "proposed".
//
// Thread safety: stateless; calls may run at once. `base` stays as it is.
// Errors: those that BatchWrite returns for these operations, with the same reasons and violations; ABORTED,
//   REVISION_MISMATCH, if the set expects another revision than that of `base`. Never a part of the changes.
// Cost: that of the write without the database: checks of each operation, a copy of each chunk of documents
//   that changes, and one Apply of the graph.
absl::StatusOr<HypotheticalView> Suppose(const std::shared_ptr<const replica::View>& base,
                                         const linchpin::inventory::v1::ChangeSet& changes,
                                         const WriteRules& rules, std::string_view field);

// The same for one write of `operations` operations, of whatever store `base` is of. Errors: those of the
// decision and of the checks that follow it.
absl::StatusOr<HypotheticalView> Suppose(const std::shared_ptr<const replica::View>& base,
                                         const store::Write& write, int64_t operations);

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_HYPOTHETICAL_VIEW_H_
