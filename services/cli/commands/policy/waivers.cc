// waiver request, approve, revoke, list, show.
#include <memory>
#include <optional>

#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/commands/policy/findings.h"
#include "services/cli/context.h"
#include "services/cli/names.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/output.h"
#include "services/cli/print/waiver_text.h"
#include "services/cli/time_flags.h"
#include "services/resource/kinds.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;
using policy::Waiver;

constexpr int kPageSize = 1000;

const resource::KindInfo& WaiverKind() { return *resource::FindKind("Waiver"); }

absl::StatusOr<Waiver> GetWaiver(Client& client, const std::string& given) {
  absl::StatusOr<std::string> name = FullName(WaiverKind(), given);
  if (!name.ok()) return name.status();
  if (absl::Status status = RequireName(client, *name); !status.ok()) return status;
  policy::GetWaiverRequest request;
  request.set_name(*name);
  Waiver waiver;
  absl::Status status = client.Call(kPolicy, "GetWaiver", request, waiver);
  if (!status.ok()) return status;
  return waiver;
}

// What became of it, and what comes next.
void PrintOutcome(Context& context, const Waiver& waiver) {
  if (PrintMessage(context, waiver)) return;
  context.out << waiver.name() << " " << NextStep(waiver) << "\n";
  if (waiver.matching_finding_count() == 0)
    context.Note("it matches no finding that holds now; it covers those to come only");
}

// `PATH=VALUE`.
absl::Status AddTest(const std::string& given, policy::Selector& selector) {
  const size_t equals = given.find('=');
  if (equals == std::string::npos || equals == 0)
    return UsageError(Cat({"--where expects FIELD=VALUE, such as tier=2, not `", given, "`"}));
  policy::Test& test = *selector.add_all();
  test.set_path(given.substr(0, equals));
  test.set_op(policy::Test::OP_EQ);
  const std::string value = given.substr(equals + 1);
  if (const auto whole = resource::ParseInt(value)) {
    test.add_values()->set_int_value(*whole);
  } else if (value == "true" || value == "false") {
    test.add_values()->set_bool_value(value == "true");
  } else {
    test.add_values()->set_string_value(value);
  }
  return absl::OkStatus();
}

absl::Status FillTarget(const Context& context, Client& client, policy::WaiverTarget& target) {
  const Arguments& arguments = context.arguments;
  for (const std::string& given : arguments.All("finding")) {
    absl::StatusOr<policy::Finding> finding = FindFinding(client, given);
    if (!finding.ok()) return finding.status();
    target.add_findings(finding->name());
  }
  if (arguments.Has("assignment")) {
    absl::StatusOr<std::string> name =
        FullName(*resource::FindKind("Assignment"), arguments.Get("assignment"));
    if (!name.ok()) return name.status();
    target.set_assignment(*name);
  }
  for (const std::string& rule : arguments.All("rule")) target.add_rules(rule);
  for (const std::string& test : arguments.All("where")) {
    if (absl::Status status = AddTest(test, *target.mutable_subjects()); !status.ok()) return status;
  }
  if (arguments.Has("subject-kind")) {
    const auto kind =
        FlagEnum(*policy::SubjectKind_descriptor(), "subject-kind", arguments.Get("subject-kind"));
    if (!kind.ok()) return kind.status();
    target.mutable_subjects()->set_kind(static_cast<policy::SubjectKind>(*kind));
  }
  return absl::OkStatus();
}

absl::Status FillTimes(const Context& context, Waiver& waiver) {
  const auto end = InstantFlag(context, "until", "for");
  if (!end.ok()) return end.status();
  if (!*end) return UsageError("say when it ends: --until TIME or --for DURATION");
  *waiver.mutable_expire_time() = **end;
  const auto start = InstantFlag(context, "from", "");
  if (!start.ok()) return start.status();
  if (*start) *waiver.mutable_start_time() = **start;
  return absl::OkStatus();
}

absl::Status FillRest(const Context& context, Waiver& waiver) {
  const Arguments& arguments = context.arguments;
  waiver.set_reason(arguments.Get("reason"));
  waiver.set_owner(arguments.Get("owner"));
  waiver.set_ticket(arguments.Get("ticket"));
  for (const std::string& control : arguments.All("control")) waiver.add_compensating_controls(control);
  if (arguments.Has("category")) {
    const auto category = FlagEnum(*Waiver::Category_descriptor(), "category", arguments.Get("category"));
    if (!category.ok()) return category.status();
    waiver.set_category(static_cast<Waiver::Category>(*category));
  }
  if (!arguments.Has("worst")) return absl::OkStatus();
  const auto worst = resource::ParseNumber(arguments.Get("worst"));
  if (!worst)
    return UsageError(Cat({"--worst expects a number such as 0.6, not `", arguments.Get("worst"), "`"}));
  waiver.mutable_bound()->set_worst_value(*worst);
  return absl::OkStatus();
}

absl::StatusOr<int> RequestCommand(Context& context) {
  policy::CreateWaiverRequest request;
  request.set_waiver_id(std::string(resource::IdOf(context.arguments.operands[0])));
  request.set_validate_only(context.arguments.Has("dry-run"));
  Waiver& waiver = *request.mutable_waiver();
  absl::Status status = FillTimes(context, waiver);
  if (status.ok()) status = FillRest(context, waiver);
  if (!status.ok()) return status;
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  status = FillTarget(context, **client, *waiver.mutable_target());
  if (!status.ok()) return status;
  Waiver made;
  status = (*client)->Call(kPolicy, "CreateWaiver", request, made);
  if (!status.ok()) return status;
  PrintOutcome(context, made);
  return kOk;
}

// Carries out a decision on the version of the waiver that is there.
template <typename Request>
absl::StatusOr<int> Decide(Context& context, const char* method) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<Waiver> waiver = GetWaiver(**client, context.arguments.operands[0]);
  if (!waiver.ok()) return waiver.status();
  Request request;
  request.set_name(waiver->name());
  request.set_etag(waiver->etag());
  request.set_note(context.arguments.Get("note"));
  request.set_validate_only(context.arguments.Has("dry-run"));
  Waiver decided;
  absl::Status status = (*client)->Call(kPolicy, method, request, decided);
  if (!status.ok()) return status;
  PrintOutcome(context, decided);
  return kOk;
}

absl::StatusOr<int> ApproveCommand(Context& context) {
  return Decide<policy::ApproveWaiverRequest>(context, "ApproveWaiver");
}

absl::StatusOr<int> RevokeCommand(Context& context) {
  if (!context.arguments.Has("note")) return UsageError("say why: --note TEXT");
  return Decide<policy::RevokeWaiverRequest>(context, "RevokeWaiver");
}

absl::StatusOr<int> ShowCommand(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  std::vector<std::unique_ptr<google::protobuf::Message>> waivers;
  for (const std::string& given : context.arguments.operands) {
    absl::StatusOr<Waiver> waiver = GetWaiver(**client, given);
    if (!waiver.ok()) return waiver.status();
    waivers.push_back(std::make_unique<Waiver>(*std::move(waiver)));
  }
  if (context.Output("table") == "table") {
    for (const auto& waiver : waivers) {
      if (waiver != waivers.front()) context.out << "\n";
      PrintWaiver(context, static_cast<const Waiver&>(*waiver));
    }
    return kOk;
  }
  if (absl::Status status = PrintResources(context, waivers); !status.ok()) return status;
  return kOk;
}

absl::StatusOr<int> ListCommand(Context& context) {
  policy::ListWaiversRequest request;
  if (context.arguments.Has("state")) {
    const auto state = FlagEnum(*Waiver::State_descriptor(), "state", context.arguments.Get("state"));
    if (!state.ok()) return state.status();
    request.set_state(static_cast<Waiver::State>(*state));
  }
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  std::vector<Waiver> waivers;
  request.set_page_size(kPageSize);
  do {
    policy::ListWaiversResponse response;
    absl::Status status = (*client)->Call(kPolicy, "ListWaivers", request, response);
    if (!status.ok()) return status;
    for (Waiver& waiver : *response.mutable_waivers()) waivers.push_back(std::move(waiver));
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  const std::string format = context.Output("table");
  if (format == "table" || format == "wide" || format == "csv") {
    if (!waivers.empty() || format == "csv") PrintTable(context, WaiverTable(waivers, format != "table"));
    if (waivers.empty()) context.Note("no waivers");
    return kOk;
  }
  ResourcePrinter printer(context, WaiverKind(), format);
  for (const Waiver& waiver : waivers) printer.Add(waiver);
  if (absl::Status status = printer.Finish(); !status.ok()) return status;
  return kOk;
}

Flag NoteFlag(const char* help) { return {"note", 0, "TEXT", help, "", {}}; }

Command RequestOf() {
  return {
      .path = "waiver request",
      .summary = "Ask for a waiver, by which a risk is accepted until a date.",
      .operands = "ID",
      .operands_min = 1,
      .operands_max = 1,
      .flags = {{"finding", 0, "ID", "A finding that it is about. Repeatable.", "", {}},
                {"assignment", 0, "NAME", "The assignment of the rules that it is about.", "", {}},
                {"rule", 0, "ID", "A rule that it is about, with findings to come. Repeatable.", "", {}},
                {"where", 0, "FIELD=VALUE", "Only subjects whose field has this value. Repeatable.", "", {}},
                {"subject-kind", 0, "KIND", "The kind of these subjects; absent: application.", "",
                 FlagWords(*policy::SubjectKind_descriptor())},
                {"reason", 0, "TEXT", "Why the risk may be accepted, in 20 letters or more.", "", {}},
                {"owner", 0, "WHO", "Who answers for the accepted risk.", "", {}},
                {"until", 0, "TIME", "The instant at which it ends, such as 2026-10-02T09:00:00Z.", "", {}},
                {"for", 0, "DURATION", "The same from now on, such as 30d.", "", {}},
                {"from", 0, "TIME", "The instant at which it begins; absent: once it is approved.", "", {}},
                {"category", 0, "CATEGORY", "What sort of reason it is.", "",
                 FlagWords(*Waiver::Category_descriptor())},
                {"worst",
                 0,
                 "NUMBER",
                 "How bad the measure may become, such as 0.6; beyond it the finding is open.",
                 "",
                 {}},
                {"control", 0, "TEXT", "What keeps the risk small meanwhile. Repeatable.", "", {}},
                {"ticket", 0, "ID", "Where it is tracked.", "", {}},
                DryRunFlag()},
      .outputs = DocumentOutputs(),
      .examples = {"linchpin waiver request claims-second-vendor --finding 66a7242f7286 --owner risk --for "
                   "30d --reason 'a second vendor is under contract from May on'"},
      .details =
          "It is about findings, or about rules of an assignment. You become its requester: somebody else "
          "must approve it, two people where something CRITICAL is waived. Who you are is the name of your "
          "token or certificate.",
      .run = RequestCommand};
}

}  // namespace

std::vector<Command> WaiverCommands() {
  return {
      RequestOf(),
      {.path = "waiver approve",
       .summary = "Approve a waiver that somebody else has asked for.",
       .operands = "ID",
       .operands_min = 1,
       .operands_max = 1,
       .flags = {NoteFlag("What you have to say about it."), DryRunFlag()},
       .outputs = DocumentOutputs(),
       .examples = {"linchpin waiver approve claims-second-vendor --note 'seen the contract'"},
       .details = "Read it first: `linchpin waiver show ID`. Who has asked for it cannot approve it. It "
                  "holds once enough people have approved it.",
       .run = ApproveCommand},
      {.path = "waiver revoke",
       .summary = "End a waiver before its time, or withdraw a request.",
       .operands = "ID",
       .operands_min = 1,
       .operands_max = 1,
       .flags = {NoteFlag("Why."), DryRunFlag()},
       .outputs = DocumentOutputs(),
       .examples = {"linchpin waiver revoke claims-second-vendor --note 'the contract fell through'"},
       .details = "What it covered is open again at once.",
       .run = RevokeCommand},
      {.path = "waiver list",
       .summary = "List waivers.",
       .flags = {{"state", 0, "STATE", "Only in this state.", "", FlagWords(*Waiver::State_descriptor())}},
       .outputs = ListOutputs(),
       .examples = {"linchpin waiver list --state active", "linchpin waiver list -o csv"},
       .details = "FINDINGS is how many that hold now it is about.",
       .run = ListCommand},
      {.path = "waiver show",
       .summary = "Show a waiver: what it is about, who asked and approved, and why.",
       .operands = "ID...",
       .operands_min = 1,
       .operands_max = -1,
       .outputs = DocumentOutputs(),
       .examples = {"linchpin waiver show claims-second-vendor"},
       .run = ShowCommand}};
}

}  // namespace linchpin::cli
