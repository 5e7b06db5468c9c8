#include "services/writing/hypothetical_view.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/replica/view_editor.h"
#include "services/replica/view_state.h"
#include "services/store/commit/group.h"
#include "services/writing/batch.h"
#include "services/writing/change_digest.h"

namespace linchpin::writing {
namespace {

namespace v1 = ::linchpin::inventory::v1;

// The write of the change set, as BatchWrite would hand it to the committer.
absl::StatusOr<store::Write> PlanWrite(const v1::ChangeSet& changes, const WriteRules& rules,
                                       std::string_view field) {
  store::Write write;
  if (changes.has_expected_revision()) write.expected_revision = changes.expected_revision();
  write.decide = [](const store::StateReader&) { return store::Decision(); };
  if (changes.operations().empty()) return write;
  BatchOptions options;
  options.operations_max = kProposedOperationsMax;
  options.field = absl::StrCat(std::string(field), ".operations");
  absl::StatusOr<WritePlan> plan = PlanBatch(changes.operations(), {false, rules}, std::move(options));
  if (!plan.ok()) return plan.status();
  write.decide = std::move(plan->decide);
  return write;
}

void Count(const store::Change& change, v1::ChangeCounts& counts) {
  if (change.deleted) {
    counts.set_deleted(counts.deleted() + 1);
  } else if (change.previous_revision == 0) {
    counts.set_created(counts.created() + 1);
  } else {
    counts.set_updated(counts.updated() + 1);
  }
}

}  // namespace

absl::StatusOr<HypotheticalView> Suppose(const std::shared_ptr<const replica::View>& base,
                                         const v1::ChangeSet& changes, const WriteRules& rules,
                                         std::string_view field) {
  absl::StatusOr<store::Write> write = PlanWrite(changes, rules, field);
  if (!write.ok()) return write.status();
  std::string digest;
  write->admit = [&digest](const store::PendingChange& change) -> absl::StatusOr<std::string> {
    digest = ChangeDigest(change);
    return std::string();
  };
  absl::StatusOr<HypotheticalView> made = Suppose(base, *write, changes.operations_size());
  if (made.ok()) made->change_digest = std::move(digest);
  return made;
}

absl::StatusOr<HypotheticalView> Suppose(const std::shared_ptr<const replica::View>& base,
                                         const store::Write& write, int64_t operations) {
  const replica::ViewState state(*base);
  store::GroupContext context;
  context.counters.revision = base->revision();
  context.time = base->time();
  store::Group group(state, std::move(context));
  if (const auto decided = group.Decide(write); !decided.ok()) return decided.status();
  const store::GroupRows rows = group.TakeRows();
  HypotheticalView made;
  made.view = base;
  std::vector<replica::DocumentEdit> edits;
  edits.reserve(rows.changes.size());
  for (const store::ChangeRow& row : rows.changes) {
    edits.push_back({replica::RefOf(row.change.resource), row.change.deleted});
    made.changed.push_back(row.change.resource.name);
    Count(row.change, made.counts);
  }
  made.counts.set_unchanged(operations - static_cast<int64_t>(edits.size()));
  if (edits.empty()) return made;
  replica::ViewEditor editor(*base);
  editor.Suppose(edits);
  made.view = editor.Finish();
  return made;
}

}  // namespace linchpin::writing
