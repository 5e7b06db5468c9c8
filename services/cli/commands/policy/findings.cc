// finding list, show, acknowledge, watch.
#include "services/cli/commands/policy/findings.h"

#include <algorithm>

#include "linchpin/policy/v1/policy.pb.h"
#include "services/base/enum_words.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/client/follow.h"
#include "services/cli/commands.h"
#include "services/cli/commands/policy/finding_changes.h"
#include "services/cli/context.h"
#include "services/cli/names.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/cli/time_flags.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;

constexpr int kPageSize = 1000;

// The name that a flag gives, whole; "" if it is absent.
absl::StatusOr<std::string> NameFlag(const Context& context, const char* flag, const char* kind) {
  const std::string given = context.arguments.Get(flag);
  if (given.empty()) return std::string();
  return FullName(*resource::FindKind(kind), given);
}

// Whether the rule stands in the policy, or in any if none is named.
absl::Status RequireRule(Client& client, const std::string& rule, const std::string& policy_name) {
  std::vector<std::string> rules;
  auto take = [&](const google::protobuf::Message& message) {
    for (const auto& r : static_cast<const policy::Policy&>(message).rules()) rules.push_back(r.id());
  };
  if (policy_name.empty()) {
    ListQuery query;
    query.kind = resource::FindKind("Policy");
    const auto total = ListResources(client, query, take);
    if (!total.ok()) return total.status();
  } else {
    const auto found = GetResource(client, policy_name);
    if (!found.ok()) return found.status();
    take(**found);
  }
  if (std::find(rules.begin(), rules.end(), rule) != rules.end()) return absl::OkStatus();
  return base::Error(base::reason::ResourceNotFound{.name = rule},
                     Cat({policy_name.empty() ? "no policy has" : Cat({policy_name, " has not"}),
                          " the rule `", rule, "`", DidYouMean(rule, rules)}));
}

// No finding of what does not exist is no answer.
absl::Status RequireFilters(Client& client, const policy::ListFindingsRequest& request) {
  for (const std::string& name : {request.assignment(), request.policy(), request.subject()}) {
    if (absl::Status status = RequireName(client, name); !status.ok()) return status;
  }
  return request.rule().empty() ? absl::OkStatus() : RequireRule(client, request.rule(), request.policy());
}

// The flags that a list of findings and a watch share.
template <typename Request>
absl::Status ReadFilters(const Context& context, Request& request) {
  absl::StatusOr<std::string> assignment = NameFlag(context, "assignment", "Assignment");
  if (!assignment.ok()) return assignment.status();
  request.set_assignment(*assignment);
  absl::StatusOr<std::string> policy = NameFlag(context, "policy", "Policy");
  if (!policy.ok()) return policy.status();
  request.set_policy(*policy);
  request.set_rule(context.arguments.Get("rule"));
  request.set_owner(context.arguments.Get("owner"));
  if (context.arguments.Has("severity")) {
    absl::StatusOr<policy::Severity> severity = SeverityOf("severity", context.arguments.Get("severity"));
    if (!severity.ok()) return severity.status();
    request.set_min_severity(*severity);
  }
  return absl::OkStatus();
}

absl::StatusOr<policy::ListFindingsRequest> FindingsRequest(const Context& context) {
  policy::ListFindingsRequest request;
  if (absl::Status status = ReadFilters(context, request); !status.ok()) return status;
  if (context.arguments.Has("state")) {
    absl::StatusOr<int> state =
        FlagEnum(*policy::Finding::State_descriptor(), "state", context.arguments.Get("state"));
    if (!state.ok()) return state.status();
    request.set_state(static_cast<policy::Finding::State>(*state));
  }
  if (context.arguments.Has("type")) {
    absl::StatusOr<int> type =
        FlagEnum(*policy::Finding::Type_descriptor(), "type", context.arguments.Get("type"));
    if (!type.ok()) return type.status();
    request.set_type(static_cast<policy::Finding::Type>(*type));
  }
  if (context.arguments.Has("certainty")) {
    absl::StatusOr<int> certainty =
        FlagEnum(*policy::Certainty_descriptor(), "certainty", context.arguments.Get("certainty"));
    if (!certainty.ok()) return certainty.status();
    request.set_certainty(static_cast<policy::Certainty>(*certainty));
  }
  return request;
}

absl::Status PrintList(Context& context, const FindingList& list) {
  const std::string format = context.Output("table");
  if (format == "table" || format == "wide" || format == "csv") {
    if (!list.findings.empty() || format == "csv")
      PrintTable(context, FindingTable(list.findings, format != "table"));
    if (list.findings.empty()) context.Note("no findings");
    return absl::OkStatus();
  }
  ResourcePrinter printer(context, *resource::FindKind("Finding"), format);
  for (const policy::Finding& finding : list.findings) printer.Add(finding);
  return printer.Finish(list.next_page_token);
}

absl::StatusOr<int> ListCommand(Context& context) {
  absl::StatusOr<policy::ListFindingsRequest> request = FindingsRequest(context);
  if (!request.ok()) return request.status();
  request->set_page_token(context.arguments.Get("page-token"));
  absl::StatusOr<int64_t> limit = ListLimit(context, kPageSize);
  if (!limit.ok()) return limit.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  if (context.arguments.Has("subject")) {
    absl::StatusOr<std::string> subject = NameOfAnyKind(**client, context.arguments.Get("subject"));
    if (!subject.ok()) return subject.status();
    request->set_subject(*subject);
  }
  if (context.arguments.Has("since")) return ListFindingChanges(context, *request);
  absl::StatusOr<FindingList> list = ReadFindings(**client, *request, *limit);
  if (!list.ok()) return list.status();
  if (list->findings.empty()) {
    if (absl::Status status = RequireFilters(**client, *request); !status.ok()) return status;
  }
  if (absl::Status status = PrintList(context, *list); !status.ok()) return status;
  const auto shown = static_cast<int64_t>(list->findings.size());
  if (!list->next_page_token.empty()) {
    context.Note(Cat({"the most severe ", std::to_string(shown), " of ", std::to_string(list->total),
                      "; --limit 0 shows all"}));
  }
  if (list->waived > 0 && !context.arguments.Has("state")) {
    context.Note(Cat({Counted(list->waived, "more is", "more are"),
                      " waived; `linchpin finding list --state waived` shows them"}));
  }
  if (list->policies_behind)
    context.Note("policies have been changed since and are not evaluated yet; ask again");
  if (!list->findings.empty()) context.Note("`linchpin finding show ID` tells why.");
  return kOk;
}

// With its transitions, which lists leave out; as it was listed if the server does not tell them.
absl::StatusOr<policy::Finding> Whole(Client& client, policy::Finding listed) {
  policy::GetFindingRequest request;
  policy::Finding finding;
  request.set_name(listed.name());
  const absl::Status status = client.Call(kPolicy, "GetFinding", request, finding);
  if (status.code() == absl::StatusCode::kUnimplemented) return listed;
  if (!status.ok()) return status;
  return finding;
}

}  // namespace

absl::StatusOr<policy::Finding> FindFinding(Client& client, std::string given) {
  if (given.rfind("findings/", 0) == 0) given = given.substr(9);
  if (resource::KindOfName("findings/" + given) != nullptr) {
    policy::GetFindingRequest request;
    policy::Finding finding;
    request.set_name("findings/" + given);
    if (absl::Status status = client.Call(kPolicy, "GetFinding", request, finding); !status.ok())
      return status;
    return finding;
  }
  std::vector<policy::Finding> found;
  for (policy::Finding::State state : {policy::Finding::STATE_OPEN, policy::Finding::STATE_ACKNOWLEDGED,
                                       policy::Finding::STATE_WAIVED, policy::Finding::STATE_RESOLVED}) {
    policy::ListFindingsRequest request;
    request.set_state(state);
    absl::StatusOr<FindingList> list = ReadFindings(client, request, 0);
    if (!list.ok()) return list.status();
    for (policy::Finding& finding : list->findings) {
      if (resource::IdOf(finding.name()).rfind(given, 0) == 0) found.push_back(std::move(finding));
    }
  }
  if (found.size() == 1) return Whole(client, std::move(found[0]));
  if (found.size() > 1)
    return UsageError(Cat(
        {"`", given, "` begins the ids of ", std::to_string(found.size()), " findings; give more of it"}));
  return base::Error(base::reason::ResourceNotFound{.name = given},
                     Cat({"no finding begins with `", given, "`"}));
}

namespace {
// The documents of all resources that lack the fact of a data gap.
absl::StatusOr<int> PrintFillIn(Context& context, Client& client,
                                const std::vector<std::unique_ptr<google::protobuf::Message>>& findings) {
  for (const auto& message : findings) {
    policy::GetFindingRequest request;
    request.set_name(static_cast<const policy::Finding&>(*message).name());
    request.set_fill_in_all(true);
    policy::Finding finding;
    if (absl::Status status = client.Call(kPolicy, "GetFinding", request, finding); !status.ok())
      return status;
    if (finding.data_gap().fill_in().empty()) {
      return UsageError(Cat({"`", ShortId(finding),
                             "` has no documents to fill in; `linchpin finding show` tells what to do"}));
    }
    if (message != findings.front()) context.out << "---\n";
    context.out << finding.data_gap().fill_in();
  }
  return kOk;
}

absl::StatusOr<int> ShowCommand(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  std::vector<std::unique_ptr<google::protobuf::Message>> findings;
  for (const std::string& given : context.arguments.operands) {
    absl::StatusOr<policy::Finding> finding = FindFinding(**client, given);
    if (!finding.ok()) return finding.status();
    findings.push_back(std::make_unique<policy::Finding>(*std::move(finding)));
  }
  if (context.arguments.Has("fill-in")) return PrintFillIn(context, **client, findings);
  if (context.Output("table") == "table") {
    for (const auto& finding : findings) {
      if (finding != findings.front()) context.out << "\n";
      PrintFinding(context, static_cast<const policy::Finding&>(*finding));
    }
    return kOk;
  }
  if (absl::Status status = PrintResources(context, findings); !status.ok()) return status;
  return kOk;
}

absl::StatusOr<int> AcknowledgeCommand(Context& context) {
  absl::StatusOr<std::optional<google::protobuf::Timestamp>> until = InstantFlag(context, "until", "for");
  if (!until.ok()) return until.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<policy::Finding> finding = FindFinding(**client, context.arguments.operands[0]);
  if (!finding.ok()) return finding.status();
  policy::AcknowledgeFindingRequest request;
  request.set_name(finding->name());
  request.set_note(context.arguments.Get("note"));
  if (*until) *request.mutable_until_time() = **until;
  policy::Finding acknowledged;
  absl::Status status = (*client)->Call(kPolicy, "AcknowledgeFinding", request, acknowledged);
  if (!status.ok()) return status;
  if (PrintMessage(context, acknowledged)) return kOk;
  context.out << acknowledged.name() << " " << base::EnumWords(FieldText(acknowledged, "state")) << "\n";
  return kOk;
}

void PrintWatched(Context& context, const policy::WatchFindingsResponse& part) {
  if (context.Output("table") == "jsonl") {
    context.out << resource::WriteJson(part, 0) << "\n" << std::flush;
    return;
  }
  for (const policy::Finding& finding : part.findings()) PrintWatchLine(context, finding, part.snapshot());
  if (part.snapshot() && part.end_of_revision()) context.Note("these hold; what changes from now on follows");
  context.out << std::flush;
}

absl::StatusOr<policy::WatchFindingsRequest> WatchRequest(const Context& context) {
  policy::WatchFindingsRequest request;
  if (absl::Status status = ReadFilters(context, request); !status.ok()) return status;
  request.set_resume_token(context.arguments.Get("resume"));
  return request;
}

absl::StatusOr<int> WatchCommand(Context& context) {
  absl::StatusOr<policy::WatchFindingsRequest> request = WatchRequest(context);
  if (!request.ok()) return request.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  policy::WatchFindingsResponse part;
  absl::Status status = Follow(**client, kPolicy, "WatchFindings", *request, part, [&] {
    const bool mark = part.findings().empty() && part.forgotten().empty() && !part.snapshot();
    if (!mark) PrintWatched(context, part);
  });
  if (!status.ok()) return status;
  return kOk;
}

Command ListSpec() {
  return {
      .path = "finding list",
      .summary = "List what rules found, most severe first.",
      .flags = {{"severity",
                 0,
                 "SEVERITY",
                 "Only of this severity or worse: info, low, medium, high or critical.",
                 "",
                 {}},
                {"state", 0, "STATE",
                 "Only in this state. Absent: what holds and nobody has accepted, open and acknowledged.", "",
                 FlagWords(*policy::Finding::State_descriptor())},
                {"type", 0, "TYPE", "Only of this type.", "", FlagWords(*policy::Finding::Type_descriptor())},
                {"certainty", 0, "CERTAINTY", "Only this well known.", "",
                 FlagWords(*policy::Certainty_descriptor())},
                {"assignment", 0, "NAME", "Only of this assignment.", "", {}},
                {"policy", 0, "NAME", "Only of this policy.", "", {}},
                {"rule", 0, "ID", "Only of this rule.", "", {}},
                {"subject",
                 0,
                 "NAME",
                 "Only about this resource, its dependencies, or what names it as concerned.",
                 "",
                 {}},
                {"since",
                 0,
                 "TIME",
                 "Show what is new, worse, better and resolved since this time, date, or how long ago, such "
                 "as 7d.",
                 "",
                 {}},
                {"owner", 0, "WHO", "Only what this owner answers for.", "", {}},
                LimitFlag(kPageSize),
                PageTokenFlag()},
      .outputs = ListOutputs(),
      .reads_past = true,
      .timeout_seconds = kLookupSeconds,
      .examples = {"linchpin finding list", "linchpin finding list --severity high -o csv",
                   "linchpin finding list --subject applications/claims-triage",
                   "linchpin finding list --policy fallback", "linchpin finding list --since 7d"},
      .details =
          "Ids stand for names, `fallback` for `policies/fallback`. A name or rule that does not exist is an "
          "error (exit code 4), not a list without findings. CERTAINTY says how well a finding is known: "
          "proven; likely, where likely facts decide; open, where a fact is missing.",
      .run = ListCommand};
}

Command ShowSpec() {
  return {
      .path = "finding show",
      .summary = "Show one finding with the facts, paths and numbers that led to it.",
      .operands = "ID...",
      .operands_min = 1,
      .operands_max = -1,
      .flags = {{"fill-in",
                 0,
                 "",
                 "Of a data gap: print the documents to fill in, for `linchpin apply --merge`.",
                 "",
                 {}}},
      .outputs = DocumentOutputs(),
      .reads_past = true,
      .timeout_seconds = kLookupSeconds,
      .examples = {"linchpin finding show 66a7242f7286",
                   "linchpin finding show 66a7242f7286 --fill-in > facts.yaml"},
      .details =
          "ID is the finding's name, its fingerprint, or the first digits of it that `finding list` shows.",
      .run = ShowCommand};
}

Command AcknowledgeSpec() {
  return {.path = "finding acknowledge",
          .summary = "Say that you know of a finding. It still counts and alerts.",
          .operands = "ID",
          .operands_min = 1,
          .operands_max = 1,
          .flags = {{"note", 0, "TEXT", "What is being done about it.", "", {}},
                    {"until",
                     0,
                     "TIME",
                     "The instant at which it is open again, such as 2026-10-02T09:00:00Z.",
                     "",
                     {}},
                    {"for", 0, "DURATION", "The same from now on, such as 14d.", "", {}}},
          .outputs = DocumentOutputs(),
          .examples = {"linchpin finding acknowledge 66a7242f7286 --note 'asked the vendor' --for 14d"},
          .details =
              "It ends at that instant, when the finding becomes worse, and when it is resolved. To accept a "
              "finding, ask for a waiver.",
          .run = AcknowledgeCommand};
}

Command WatchSpec() {
  return {.path = "finding watch",
          .summary = "Show what holds, then each finding that opens, changes or is resolved.",
          .flags =
              {{"severity", 0, "SEVERITY", "Only of this severity or worse.", "", {}},
               {"assignment", 0, "NAME", "Only of this assignment.", "", {}},
               {"policy", 0, "NAME", "Only of this policy.", "", {}},
               {"rule", 0, "ID", "Only of this rule.", "", {}},
               {"owner", 0, "WHO", "Only what this owner answers for.", "", {}},
               {"resume", 0, "TOKEN", "Go on after what was seen last: the `resumeToken` of jsonl.", "", {}}},
          .outputs = {"table", "jsonl"},
          .examples = {"linchpin finding watch --severity high", "linchpin finding watch -o jsonl"},
          .details = "It goes on until it is interrupted, and resumes by itself when the connection breaks.",
          .run = WatchCommand};
}

}  // namespace

absl::StatusOr<FindingList> ReadFindings(Client& client, policy::ListFindingsRequest request, int64_t limit) {
  FindingList list;
  while (true) {
    const auto given = static_cast<int64_t>(list.findings.size());
    request.set_page_size(
        static_cast<int>(limit == 0 ? kPageSize : std::min<int64_t>(kPageSize, limit - given)));
    policy::ListFindingsResponse response;
    if (absl::Status status = client.Call(kPolicy, "ListFindings", request, response); !status.ok())
      return status;
    for (policy::Finding& finding : *response.mutable_findings()) list.findings.push_back(std::move(finding));
    list.total = std::max<int64_t>(response.total_size(), static_cast<int64_t>(list.findings.size()));
    list.inventory = response.inventory();
    list.next_page_token = response.next_page_token();
    list.waived = response.waived_size();
    list.policies_behind = list.policies_behind || response.policies_behind();
    if (response.next_page_token().empty() ||
        (limit > 0 && static_cast<int64_t>(list.findings.size()) >= limit))
      return list;
    request.set_page_token(response.next_page_token());
  }
}

std::vector<Command> FindingCommands() { return {ListSpec(), ShowSpec(), AcknowledgeSpec(), WatchSpec()}; }

}  // namespace linchpin::cli
