// register export: the register of information of Regulation (EU) 2022/2554, Article 28(3).
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "linchpin/inventory/v1/history.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/names.h"
#include "services/cli/register/register_export.h"
#include "services/cli/register/register_lint.h"
#include "services/cli/register/register_rows.h"
#include "services/cli/register/register_source.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr int kAttempts = 3;  // Until nobody has written meanwhile.

// The entity that is named; else the only one that reports to an authority; else the only one.
absl::StatusOr<std::string> MaintainerOf(const Context& context, const RegisterSource& source) {
  const std::string given = context.arguments.Get("entity");
  if (!given.empty()) {
    const std::string name = given.find('/') == std::string::npos ? Cat({"legalEntities/", given}) : given;
    if (source.entities.contains(name)) return name;
    return UsageError(Cat({"`", given,
                           "` of --entity is no legal entity of the inventory; `linchpin list legalEntities` "
                           "shows them"}));
  }
  std::vector<std::string> all, reporting;
  for (const auto& [name, entity] : source.entities) {
    if (!entity.branch_of().empty()) continue;
    all.push_back(name);
    if (!entity.competent_authority().empty()) reporting.push_back(name);
  }
  if (reporting.size() == 1) return reporting[0];
  if (all.size() == 1) return all[0];
  if (all.empty()) {
    return base::Error(base::reason::ResourceNotFound{.name = "legalEntities"},
                       "the inventory has no legal entity whose register this could be; state one, as "
                       "docs/examples/analyst/inventory.yaml does");
  }
  return UsageError(Cat({"say with --entity whose register it is: ", base::JoinNames(all, 10)}));
}

absl::StatusOr<std::string> ReportingDate(const Context& context) {
  const std::string given = context.arguments.Get("date");
  if (given.empty()) return absl::FormatTime("%Y-%m-%d", context.now(), absl::UTCTimeZone());
  if (given.size() == 10 && resource::ParseTime(Cat({given, "T00:00:00Z"}))) return given;
  return UsageError(Cat({"--date expects a day such as 2026-12-31, not `", given, "`"}));
}

absl::StatusOr<int64_t> NewestRevision(Client& client) {
  inventory::v1::ListChangesRequest request;
  request.set_page_size(1);
  inventory::v1::ListChangesResponse response;
  if (absl::Status status = client.Call(kInventory, "ListChanges", request, response); !status.ok())
    return status;
  return response.inventory().revision();
}

// What was read, and of which state: all of one revision.
struct ReadState {
  RegisterSource source;
  std::string basis;
};

absl::StatusOr<ReadState> ReadOneState(const Context& context, Client& client) {
  const std::string as_of = context.arguments.Get("as-of");
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const absl::StatusOr<int64_t> before = NewestRevision(client);
    if (!before.ok()) return before.status();
    absl::StatusOr<RegisterSource> source = ReadRegisterSource(client);
    if (!source.ok()) return source.status();
    if (!as_of.empty()) return ReadState{*std::move(source), Cat({"the inventory as of ", as_of})};
    const absl::StatusOr<int64_t> after = NewestRevision(client);
    if (!after.ok()) return after.status();
    if (*before == *after)
      return ReadState{*std::move(source), Cat({"inventory revision ", std::to_string(*after)})};
  }
  return absl::AbortedError("the inventory is written to all the time; name a revision with --as-of");
}

absl::StatusOr<int> Export(Context& context) {
  const absl::StatusOr<std::string> date = ReportingDate(context);
  if (!date.ok()) return date.status();
  const std::string folder = context.arguments.Get("file");
  if (folder.empty() && !context.arguments.Has("dry-run"))
    return UsageError("say where to with -f FOLDER, or --dry-run to check only");
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  const absl::StatusOr<ReadState> state = ReadOneState(context, **client);
  if (!state.ok()) return state.status();
  const absl::StatusOr<std::string> maintainer = MaintainerOf(context, state->source);
  if (!maintainer.ok()) return maintainer.status();
  RegisterReport report{MakeRegister(state->source, *maintainer, *date), {}, *maintainer, state->basis};
  report.issues = Lint(report.made);
  const bool writes =
      !context.arguments.Has("dry-run") && (report.errors() == 0 || context.arguments.Has("incomplete"));
  if (writes) {
    if (absl::Status status = WriteRegister(report, folder); !status.ok()) return status;
  }
  context.out << (context.Output("text") == "json" ? RegisterJson(report, writes ? folder : "")
                                                   : RegisterText(report, writes ? folder : ""));
  if (!writes && report.errors() > 0 && !context.arguments.Has("dry-run"))
    context.Note("fix the errors, or write it as it is with --incomplete");
  return report.errors() == 0 ? kOk : kFound;
}

}  // namespace

std::vector<Command> RegisterCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "register export",
       .summary = "Write the tables of the EU register of information that the inventory fills, once they "
                  "are right.",
       .flags = {{"file", 'f', "FOLDER", "Folder to write to; it is made if it is not there.", "", {}},
                 {"entity",
                  0,
                  "NAME",
                  "Legal entity whose register it is. Absent: the one that names a competent authority.",
                  "",
                  {}},
                 {"date", 0, "DAY", "Date of the reporting. Absent: today.", "", {}},
                 {"incomplete", 0, "", "Write it although it has errors; the statement lists them.", "", {}},
                 {"dry-run", 0, "", "Check only, and write nothing.", "", {}}},
       .outputs = {"text", "json"},
       .reads_past = true,
       .examples = {"linchpin register export -f register/", "linchpin register export --dry-run",
                    "linchpin register export -f register/ --incomplete --as-of 2026-06-30"},
       .details = "Tables and columns are those of Implementing Regulation (EU) 2024/2956 "
                  "(docs/operating/register.md). Before anything is written, mandatory columns, keys, "
                  "references between tables, code lists, LEIs, countries and currencies are checked; each "
                  "error names the resource and the field to mend. Nothing is made up: what nobody stated is "
                  "empty. Exit code 0: no error; 3: errors, and nothing was written unless --incomplete.",
       .run = Export});
  return commands;
}

}  // namespace linchpin::cli
