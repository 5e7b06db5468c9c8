// log: what was changed, when, by whom and by which request.
#include "services/cli/commands/log.h"

#include <algorithm>

#include "linchpin/inventory/v1/history.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/client/as_of_client.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"
#include "services/cli/print/change_text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace v1 = inventory::v1;
using base::Cat;

constexpr int64_t kRevisions = 20;
constexpr int64_t kChangesShown = 10;
// Pages that are empty: as much of the history as is looked through for one revision.
constexpr int kPagesMax = 100;

absl::Status SetTime(const Context& context, const char* flag, google::protobuf::Timestamp* time) {
  absl::StatusOr<std::string> text = AsOfText(flag, context.arguments.Get(flag), context.now());
  if (!text.ok()) return text.status();
  const auto parsed = resource::ParseTime(*text);
  if (!parsed) return UsageError(Cat({"--", flag, " expects a time, a date or how long ago, such as 7d"}));
  *time = *parsed;
  return absl::OkStatus();
}

absl::StatusOr<v1::ListChangesRequest> LogRequest(const Context& context, Client& client) {
  v1::ListChangesRequest request;
  if (!context.arguments.operands.empty()) {
    absl::StatusOr<std::string> name = NameOrCollection(client, context.arguments.operands[0]);
    if (!name.ok()) return name.status();
    request.set_name(*name);
  }
  if (context.arguments.Has("kind")) {
    absl::StatusOr<const resource::KindInfo*> kind = KindOfWord(context.arguments.Get("kind"));
    if (!kind.ok()) return kind.status();
    request.set_kind((*kind)->kind);
  }
  request.set_principal(context.arguments.Get("by"));
  for (const auto& [flag, time] : {std::pair{"since", &v1::ListChangesRequest::mutable_start_time},
                                   std::pair{"until", &v1::ListChangesRequest::mutable_end_time}}) {
    if (!context.arguments.Has(flag)) continue;
    if (absl::Status status = SetTime(context, flag, (request.*time)()); !status.ok()) return status;
  }
  const absl::StatusOr<int64_t> changes = context.arguments.Number("changes");
  if (!changes.ok()) return changes.status();
  request.set_max_changes(static_cast<int32_t>(std::clamp<int64_t>(*changes, 1, 1000)));
  request.set_page_token(context.arguments.Get("page-token"));
  return request;
}

// Pages until there are `limit` revisions (0: all), or nothing is left.
absl::StatusOr<v1::ListChangesResponse> ReadLog(Client& client, v1::ListChangesRequest request,
                                                int64_t limit) {
  v1::ListChangesResponse all;
  for (int empty = 0; empty < kPagesMax;) {
    const int64_t missing = limit == 0 ? 1000 : limit - all.revisions_size();
    request.set_page_size(static_cast<int32_t>(std::min<int64_t>(missing, 1000)));
    v1::ListChangesResponse page;
    if (absl::Status status = client.Call(kInventory, "ListChanges", request, page); !status.ok())
      return status;
    empty = page.revisions().empty() ? empty + 1 : 0;
    for (v1::RevisionChanges& revision : *page.mutable_revisions())
      *all.add_revisions() = std::move(revision);
    *all.mutable_oldest() = page.oldest();
    *all.mutable_inventory() = page.inventory();
    all.set_next_page_token(page.next_page_token());
    if (page.next_page_token().empty() || (limit > 0 && all.revisions_size() >= limit)) break;
    request.set_page_token(page.next_page_token());
  }
  return all;
}

void PrintRevision(Context& context, const v1::RevisionChanges& revision, bool wide) {
  context.out << Painted(Cat({"revision ", std::to_string(revision.revision())}), Paint::kBold,
                         context.colour)
              << "  " << ChangeTimeText(revision.time()) << "  "
              << (revision.principal().empty() ? "?" : Clean(revision.principal())) << "  "
              << revision.method()
              << (revision.request_id().empty() ? "" : Cat({"  request ", Clean(revision.request_id())}))
              << "\n";
  const int total = revision.created() + revision.updated() + revision.deleted();
  for (const v1::ResourceChange& change : revision.changes()) PrintChange(context, change, wide);
  if (total > revision.changes_size()) {
    context.out << "  ... " << Grouped(total - revision.changes_size()) << " more; in all "
                << CountsText(revision.created(), revision.updated(), revision.deleted())
                << " (linchpin diff --from " << revision.revision() - 1 << " --to " << revision.revision()
                << ")\n";
  }
}

void PrintLogCsv(Context& context, const v1::ListChangesResponse& log) {
  Table table({{"REVISION"},
               {"TIME"},
               {"PRINCIPAL"},
               {"METHOD"},
               {"REQUEST"},
               {"NAME"},
               {"ACTION"},
               {"FIELD"},
               {"BEFORE"},
               {"AFTER"}});
  for (const v1::RevisionChanges& revision : log.revisions()) {
    for (const v1::ResourceChange& change : revision.changes()) {
      const std::string action = v1::ChangeAction_Name(change.action()).substr(sizeof("CHANGE_ACTION_") - 1);
      const auto add = [&](const std::string& path, const std::string& before, const std::string& after) {
        table.Add({std::to_string(revision.revision()), ChangeTimeText(revision.time()), revision.principal(),
                   revision.method(), revision.request_id(), change.name(), action, path, before, after});
      };
      if (change.fields().empty()) add("", "", "");
      for (const v1::FieldChange& field : change.fields()) add(field.path(), field.before(), field.after());
    }
  }
  PrintTable(context, table);
}

// What the log does not tell.
void NoteEnd(Context& context, const v1::ListChangesRequest& request, const v1::ListChangesResponse& log) {
  if (log.revisions().empty()) {
    context.Note(Cat(
        {"no change", request.name().empty() ? "" : Cat({" of ", request.name()}), " that is kept matches"}));
  }
  if (!log.next_page_token().empty()) {
    context.Note("there is more; --limit N shows more, --limit 0 all");
  } else if (log.oldest().revision() > 0) {
    context.Note(Cat({"what was before ", PointText(log.oldest()), " is no longer kept"}));
  }
}

absl::StatusOr<int> Log(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<v1::ListChangesRequest> request = LogRequest(context, **client);
  if (!request.ok()) return request.status();
  absl::StatusOr<int64_t> limit = ListLimit(context, kRevisions);
  if (!limit.ok()) return limit.status();
  absl::StatusOr<v1::ListChangesResponse> log = ReadLog(**client, *request, *limit);
  if (!log.ok()) return log.status();
  if (PrintMessage(context, *log)) return kOk;
  if (context.Output("table") == "csv") {
    PrintLogCsv(context, *log);
    return kOk;
  }
  for (const v1::RevisionChanges& revision : log->revisions()) {
    if (&revision != &log->revisions(0)) context.out << "\n";
    PrintRevision(context, revision, context.Output("table") == "wide");
  }
  NoteEnd(context, *request, *log);
  return kOk;
}

absl::StatusOr<std::string> PointFlag(const Context& context, const char* flag) {
  if (!context.arguments.Has(flag)) return std::string();
  return AsOfText(flag, context.arguments.Get(flag), context.now());
}

std::string DiffSummary(const v1::DiffRevisionsResponse& diff) {
  int created = 0, updated = 0, deleted = 0;
  for (const v1::ResourceChange& change : diff.changes()) {
    created += change.action() == v1::CHANGE_ACTION_CREATED;
    updated += change.action() == v1::CHANGE_ACTION_UPDATED;
    deleted += change.action() == v1::CHANGE_ACTION_DELETED;
  }
  return Cat({"from ", PointText(diff.from()), " to ", PointText(diff.to()), ": ",
              CountsText(created, updated, deleted)});
}

}  // namespace

absl::StatusOr<std::string> NameOrCollection(Client& client, const std::string& given) {
  for (const resource::KindInfo* kind : resource::Kinds()) {
    if (!kind->nested && kind->area == resource::Area::kInventory && kind->collection == given) return given;
  }
  return NameOfAnyKind(client, given);
}

absl::StatusOr<int> DiffRevisions(Context& context) {
  if (context.arguments.operands.size() > 1)
    return UsageError("`diff --from` takes one name; to compare files with the server, leave --from out");
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  v1::DiffRevisionsRequest request;
  absl::StatusOr<std::string> from = PointFlag(context, "from");
  if (!from.ok()) return from.status();
  absl::StatusOr<std::string> to = PointFlag(context, "to");
  if (!to.ok()) return to.status();
  request.set_from(*from);
  request.set_to(*to);
  if (!context.arguments.operands.empty()) {
    absl::StatusOr<std::string> name = NameOrCollection(**client, context.arguments.operands[0]);
    if (!name.ok()) return name.status();
    request.set_name(*name);
  }
  v1::DiffRevisionsResponse diff, part;
  absl::Status status =
      (*client)->Stream(kInventory, "DiffRevisions", request, part, [&] { diff.MergeFrom(part); });
  if (!status.ok()) return status;
  const int code = diff.changes().empty() ? kOk : kDiffers;
  if (PrintMessage(context, diff)) return code;
  for (const v1::ResourceChange& change : diff.changes()) {
    PrintChange(context, change, context.Output("table") == "wide");
  }
  context.Note(DiffSummary(diff));
  return code;
}

Flag FromFlag() {
  return {"from",
          0,
          "REVISION|TIME",
          "Compare two states of the server, from this one: a revision, a time, a date, or how "
          "long ago, such as 7d.",
          "",
          {}};
}

Flag ToFlag() {
  return {"to", 0, "REVISION|TIME", "With --from: the other state. Absent: the present one.", "", {}};
}

std::vector<Command> LogCommands() {
  return {
      {"log",
       "Show what was changed, when, by whom and by which request, newest first.",
       "[NAME]",
       0,
       1,
       {{"since", 0, "TIME", "Only changes since this time, date, or how long ago, such as 7d.", "", {}},
        {"until", 0, "TIME", "Only changes before it.", "", {}},
        {"by", 0, "PRINCIPAL", "Only changes by this principal.", "", {}},
        {"kind", 0, "KIND", "Only changes of resources of this kind.", "", {}},
        {"changes", 0, "N", "Show at most N resources of each revision.", std::to_string(kChangesShown), {}},
        LimitFlag(kRevisions),
        PageTokenFlag()},
       {"linchpin log", "linchpin log vendors/openai", "linchpin log applications/claims-triage -o wide",
        "linchpin log --since 7d --by alice"},
       "NAME is a resource, which may have been deleted, with what is under it, such as the dependencies "
       "of an "
       "application; or a collection, such as vendors. A field that differs has a line of its own; -o "
       "wide shows "
       "the fields of what was created, too. What is older than the server's setting history-seconds is "
       "no longer "
       "kept.",
       Log}};
}

}  // namespace linchpin::cli
