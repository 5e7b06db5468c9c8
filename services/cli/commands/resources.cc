// get, list, delete: single resources.
#include "services/cli/commands/resources.h"

#include <algorithm>
#include <optional>

#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/client/outcome.h"
#include "services/cli/commands.h"
#include "services/cli/listing/field_order.h"
#include "services/cli/listing/label_filter.h"
#include "services/cli/listing/watch.h"
#include "services/cli/names.h"
#include "services/cli/print/output.h"

namespace linchpin::cli {

absl::StatusOr<int> DeleteFiles(Context& context);

using base::Cat;
using google::protobuf::Message;
using resource::KindInfo;

absl::StatusOr<std::vector<std::string>> NamesOf(const std::vector<std::string>& operands) {
  std::vector<std::string> names;
  if (!operands.empty() && operands[0].find('/') == std::string::npos) {
    absl::StatusOr<const KindInfo*> kind = KindOfWord(operands[0]);
    if (!kind.ok()) return kind.status();
    if (operands.size() == 1) {
      return UsageError(Cat({"name one, such as `", (*kind)->collection, "/x`; `linchpin list ",
                             (*kind)->collection, "` shows them"}));
    }
    for (size_t i = 1; i < operands.size(); ++i) {
      absl::StatusOr<std::string> name = FullName(**kind, operands[i]);
      if (!name.ok()) return name.status();
      names.push_back(*std::move(name));
    }
    return names;
  }
  for (const std::string& operand : operands) {
    if (resource::KindOfName(operand) == nullptr)
      return UsageError(Cat({"`", operand, "` is not a resource name such as `vendors/openai`"}));
    names.push_back(operand);
  }
  return names;
}

absl::StatusOr<std::unique_ptr<Message>> GetOrNearest(const Context& context, Client& client,
                                                      const std::string& name) {
  absl::StatusOr<std::unique_ptr<Message>> resource = GetResource(client, name);
  const KindInfo& kind = *resource::KindOfName(name);
  if (resource.status().code() != absl::StatusCode::kNotFound || kind.nested) return resource;
  absl::StatusOr<std::string> meant =
      ResolveName(client, kind, name, [&](std::string_view text) { context.Note(text); });
  if (!meant.ok()) return meant.status();
  return GetResource(client, *meant);
}

namespace {

constexpr int64_t kRowsMax = 1000;  // of a table, unless more are asked for

// What a list is asked for. Labels and order are ours, not the server's: with them all is read.
struct ListJob {
  ListQuery query;
  LabelFilter labels;
  std::optional<FieldOrder> order;

  bool reads_all() const { return !labels.empty() || order.has_value(); }
};

absl::Status ReadNarrowing(const Context& context, ListQuery& query) {
  query.parent = context.arguments.Get("parent");
  for (const std::string& only : context.arguments.All("only")) {
    const size_t equals = only.find('=');
    if (equals == std::string::npos) return UsageError(Cat({"--only expects FIELD=VALUE, not `", only, "`"}));
    query.only.emplace_back(only.substr(0, equals), only.substr(equals + 1));
  }
  absl::StatusOr<int64_t> limit = ListLimit(context, kRowsMax);
  if (!limit.ok()) return limit.status();
  query.limit = *limit;
  query.page_token = context.arguments.Get("page-token");
  return absl::OkStatus();
}

absl::StatusOr<ListJob> ReadListJob(const Context& context) {
  ListJob job;
  absl::StatusOr<const KindInfo*> kind = KindOfWord(context.arguments.operands[0]);
  if (!kind.ok()) return kind.status();
  job.query.kind = *kind;
  if (absl::Status status = ReadNarrowing(context, job.query); !status.ok()) return status;
  absl::StatusOr<LabelFilter> labels = LabelFilter::Read(context.arguments.All("label"), **kind);
  if (!labels.ok()) return labels.status();
  job.labels = *std::move(labels);
  if (context.arguments.Has("sort-by")) {
    absl::StatusOr<FieldOrder> order = FieldOrder::Read(context.arguments.Get("sort-by"), **kind);
    if (!order.ok()) return order.status();
    job.order = *std::move(order);
  }
  if (job.reads_all() && !job.query.page_token.empty())
    return UsageError("--page-token goes on with a list in the server's order; leave -l and --sort-by out");
  return job;
}

// Reads all, takes those with the labels, in the order asked for, as many as the limit allows.
absl::StatusOr<Listed> ListInOrder(Client& client, const ListJob& job,
                                   const std::function<void(const Message&)>& sink) {
  ListQuery whole = job.query;
  whole.limit = 0;
  std::vector<std::unique_ptr<Message>> taken;
  absl::StatusOr<Listed> listed = ListResources(client, whole, [&](const Message& resource) {
    if (job.labels.Takes(resource)) taken.emplace_back(resource.New())->CopyFrom(resource);
  });
  if (!listed.ok()) return listed.status();
  if (job.order) job.order->Sort(taken);
  const size_t limit = job.query.limit == 0 ? taken.size() : static_cast<size_t>(job.query.limit);
  for (size_t i = 0; i < taken.size() && i < limit; ++i) sink(*taken[i]);
  return Listed{static_cast<int64_t>(taken.size()), ""};
}

absl::StatusOr<int> List(Context& context) {
  absl::StatusOr<ListJob> job = ReadListJob(context);
  if (!job.ok()) return job.status();
  const KindInfo& kind = *job->query.kind;
  if (context.arguments.Has("watch"))
    return WatchResources(context, kind,
                          [&](const Message& resource) { return job->labels.Takes(resource); });
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  ResourcePrinter printer(context, kind, context.Output("table"));
  int64_t shown = 0;
  const auto show = [&](const Message& resource) {
    printer.Add(resource);
    ++shown;
  };
  absl::StatusOr<Listed> listed =
      job->reads_all() ? ListInOrder(**client, *job, show) : ListResources(**client, job->query, show);
  if (!listed.ok()) return listed.status();
  if (absl::Status status = printer.Finish(listed->next_page_token); !status.ok()) return status;
  if (shown == 0)
    context.Note(Cat({"no ", kind.collection, job->labels.empty() ? "" : " with these labels"}));
  if (shown > 0 && shown < listed->total && job->query.page_token.empty()) {
    context.Note(Cat({"the first ", std::to_string(shown), " of ", std::to_string(listed->total),
                      "; --limit 0 shows all"}));
  }
  return kOk;
}

// As `get` of other tools does: a kind alone means all of it.
bool IsKindAlone(const std::vector<std::string>& operands) {
  return operands.size() == 1 && operands[0].find('/') == std::string::npos;
}

// `get NAME... --watch`: all of one kind.
absl::StatusOr<int> WatchNames(Context& context, const std::vector<std::string>& names) {
  const KindInfo* kind = resource::KindOfName(names.front());
  for (const std::string& name : names) {
    if (resource::KindOfName(name) != kind) return UsageError("--watch follows resources of one kind");
  }
  return WatchResources(context, *kind, [&](const Message& resource) {
    return std::find(names.begin(), names.end(), resource::NameOf(resource)) != names.end();
  });
}

absl::StatusOr<int> Get(Context& context) {
  if (IsKindAlone(context.arguments.operands)) return List(context);
  absl::StatusOr<std::vector<std::string>> names = NamesOf(context.arguments.operands);
  if (!names.ok()) return names.status();
  for (const char* flag : {"label", "sort-by", "only", "parent"}) {
    if (context.arguments.Has(flag))
      return UsageError(Cat({"--", flag, " goes with a kind, not with names"}));
  }
  if (context.arguments.Has("watch")) return WatchNames(context, *names);
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  std::vector<std::unique_ptr<Message>> resources;
  for (const std::string& name : *names) {
    absl::StatusOr<std::unique_ptr<Message>> resource = GetOrNearest(context, **client, name);
    if (!resource.ok()) return resource.status();
    resources.push_back(*std::move(resource));
  }
  if (absl::Status status = PrintResources(context, resources); !status.ok()) return status;
  return kOk;
}

absl::StatusOr<int> Delete(Context& context) {
  if (context.arguments.Has("file")) {
    if (!context.arguments.operands.empty()) return UsageError("give names or -f FILE, not both");
    return DeleteFiles(context);
  }
  absl::StatusOr<std::vector<std::string>> names = NamesOf(context.arguments.operands);
  if (!names.ok()) return names.status();
  if (names->empty()) return UsageError("`delete` needs names, or -f FILE");
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  DeleteOptions options;
  options.force = context.arguments.Has("force");
  options.allow_missing = context.arguments.Has("allow-missing");
  options.validate_only = context.arguments.Has("dry-run");
  OutcomePrinter printer(context);
  for (const std::string& name : *names) {
    absl::StatusOr<bool> deleted = DeleteResource(**client, name, options);
    if (deleted.ok()) printer.Add({name, *deleted ? "deleted" : "absent"});
    if (deleted.ok()) continue;
    printer.Finish();
    return deleted.status();
  }
  printer.Finish();
  if (options.validate_only) context.Note(Cat({printer.Summary(), " (dry run: nothing was written)"}));
  return kOk;
}

std::vector<Flag> ListFlags() {
  return {
      {"only",
       0,
       "FIELD=VALUE",
       "Only those whose field has the value; fields by kind, see the API. Repeatable.",
       "",
       {}},
      {"parent",
       0,
       "NAME",
       "Of dependencies: the consumer, or `applications/-` for all applications.",
       "",
       {}},
      {"label",
       'l',
       "TEST",
       "Only those with the label: KEY=VALUE, KEY!=VALUE, KEY or !KEY, several joined by `,`. Repeatable.",
       "",
       {}},
      {"sort-by",
       0,
       "FIELD",
       "In the order of this field, such as `tier` or `updateTime`; `-updateTime` reverses it.",
       "",
       {}},
      {"watch", 'w', "", "Show them, then each that changes, until interrupted.", "", {}},
      LimitFlag(kRowsMax),
      PageTokenFlag()};
}

}  // namespace

std::vector<Command> ResourceCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "get",
       .summary = "Show resources.",
       .operands = "NAME... | KIND [NAME...]",
       .operands_min = 1,
       .operands_max = -1,
       .flags = ListFlags(),
       .outputs = {"yaml", "table", "wide", "json", "jsonl", "csv", "name"},
       .reads_past = true,
       .timeout_seconds = kLookupSeconds,
       .examples = {"linchpin get vendors/openai", "linchpin get model gpt-4o -o json",
                    "linchpin get vendors"},
       .details = "A kind alone lists it, as `list` does; the flags are for that, --watch for both.",
       .run = Get});
  commands.push_back(
      {.path = "list",
       .summary = "List the resources of a kind.",
       .operands = "KIND",
       .operands_min = 1,
       .operands_max = 1,
       .flags = ListFlags(),
       .outputs = ListOutputs(),
       .reads_past = true,
       .timeout_seconds = kLookupSeconds,
       .examples = {"linchpin list vendors", "linchpin list models --only originCountry=CN -o wide",
                    "linchpin ls app -l team=payments --sort-by tier", "linchpin list deployments --watch",
                    "linchpin list dependencies --parent applications/claims-triage",
                    "linchpin list deployments -o csv"},
       .details = "A fact that is not stated is shown as `unknown`, a stated absence as `none`. Kinds have "
                  "short names, too: `app`, `svc`, `deploy`, `dep`. With -l or --sort-by the whole list is "
                  "read. --watch takes -l, and answers as table, wide, name, jsonl or yaml; findings are "
                  "followed by `linchpin finding watch`.",
       .run = List});
  commands.push_back(
      {.path = "delete",
       .summary = "Delete resources.",
       .operands = "NAME... | KIND NAME...",
       .operands_max = -1,
       .flags = {FileFlag(),
                 {"force", 0, "", "Delete the dependencies of a consumer with it.", "", {}},
                 {"allow-missing", 0, "", "Do not fail if it does not exist.", "", {}},
                 DryRunFlag(),
                 CheckFlag(),
                 OverrideCheckFlag()},
       .outputs = OutcomeOutputs(),
       .timeout_seconds = kLookupSeconds,
       .examples = {"linchpin delete deployments/azure-gpt-4o",
                    "linchpin delete application claims-triage --force", "linchpin delete -f inventory.yaml"},
       .details =
           "Prints deleted, or absent for what was not there. Refused while something refers to it; the "
           "error names what does. With -f, what the files hold is deleted in one batch, all or nothing.",
       .run = Delete});
  return commands;
}

}  // namespace linchpin::cli
