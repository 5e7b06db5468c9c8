// policy apply, policy check.
#include <algorithm>

#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/error.h"
#include "services/base/text.h"
#include "services/cli/client/batch.h"
#include "services/cli/client/refusal.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/files.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/evaluation_text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/resource/document_reader.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/yaml/yaml_reader.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {

absl::StatusOr<int> ApplyFiles(Context& context);

namespace {

namespace policy = linchpin::policy::v1;
using base::Cat;
using policy::EvaluatePoliciesRequest;
using policy::EvaluationResult;

// Reads `NAME=VALUE` of --parameter, the value in its short form.
absl::Status SetParameters(const Context& context, policy::Assignment& assignment) {
  for (const std::string& given : context.arguments.All("parameter")) {
    const size_t equals = given.find('=');
    if (equals == std::string::npos)
      return UsageError(Cat({"--parameter expects NAME=VALUE, not `", given, "`"}));
    const resource::TreeResult trees = resource::ReadYaml(given.substr(equals + 1), 0, {});
    resource::MessageReader reader(/*json=*/false);
    resource::Node root;
    root.type = resource::Node::Type::kMap;
    resource::Node map = root;
    if (!trees.documents.empty()) map.entries.push_back({given.substr(0, equals), {}, trees.documents[0]});
    root.entries.push_back({"parameters", {}, map});
    policy::Assignment one;
    if (trees.errors.empty() && !trees.documents.empty()) reader.Fill(root, one);
    if (!trees.errors.empty() || trees.documents.empty() || !reader.errors().empty()) {
      return UsageError(Cat({"--parameter: `", given.substr(equals + 1),
                             "` is not a value such as 0.4, 90d, retail or [US, CA]"}));
    }
    assignment.MergeFrom(one);
  }
  return absl::OkStatus();
}

// One request for each policy of the files: with each assignment of it in the files, or one made from
// --parameter.
absl::StatusOr<std::vector<EvaluatePoliciesRequest>> FileRequests(const Context& context,
                                                                  const Loaded& loaded) {
  std::vector<EvaluatePoliciesRequest> requests;
  for (const resource::Document& document : loaded.documents) {
    if (document.kind->kind != "Policy") continue;
    const size_t before = requests.size();
    for (const resource::Document& other : loaded.documents) {
      if (other.kind->kind != "Assignment") continue;
      const auto& assignment = static_cast<const policy::Assignment&>(*other.resource);
      if (assignment.policy() != document.name()) continue;
      EvaluatePoliciesRequest request;
      *request.mutable_policy() = static_cast<const policy::Policy&>(*document.resource);
      *request.mutable_assignment() = assignment;
      requests.push_back(std::move(request));
    }
    if (requests.size() > before) continue;
    EvaluatePoliciesRequest request;
    *request.mutable_policy() = static_cast<const policy::Policy&>(*document.resource);
    request.mutable_assignment()->set_name("assignments/check");
    request.mutable_assignment()->set_policy(document.name());
    requests.push_back(std::move(request));
  }
  if (requests.empty()) return UsageError("the files hold no Policy");
  for (EvaluatePoliciesRequest& request : requests) {
    if (absl::Status status = SetParameters(context, *request.mutable_assignment()); !status.ok())
      return status;
  }
  return requests;
}

absl::StatusOr<std::vector<EvaluatePoliciesRequest>> Requests(const Context& context, Loaded& loaded) {
  if (!context.arguments.All("file").empty()) {
    if (!context.arguments.operands.empty())
      return UsageError("give stored assignments or -f FILE, not both");
    absl::StatusOr<Loaded> files = LoadFiles(context.arguments.All("file"), context.in);
    if (!files.ok()) return files.status();
    loaded = *std::move(files);
    return FileRequests(context, loaded);
  }
  if (!context.arguments.All("parameter").empty()) return UsageError("--parameter goes with -f FILE");
  EvaluatePoliciesRequest request;
  for (const std::string& name : context.arguments.operands) {
    request.add_assignments(name.find('/') == std::string::npos ? Cat({"assignments/", name}) : name);
  }
  return std::vector<EvaluatePoliciesRequest>{request};
}

// The same error with the place in the file, where a policy or assignment of the files is at fault.
absl::Status PlaceError(const Loaded& loaded, const EvaluatePoliciesRequest& request,
                        const absl::Status& status) {
  const auto details = base::DetailsOf(status);
  if (!details || details->violations.empty()) return status;
  const bool assignment = details->violations[0].field.rfind("assignment", 0) == 0;
  const std::string& name = assignment ? request.assignment().name() : request.policy().name();
  for (const resource::Document& document : loaded.documents) {
    if (document.name() == name) return ExplainRefusal(loaded, {status, {}, &document});
  }
  return status;
}

void PrintResult(Context& context, const EvaluationResult& response) {
  if (PrintMessage(context, response)) return;
  const std::vector<policy::Finding> findings(response.findings().begin(), response.findings().end());
  const std::string format = context.Output("table");
  if (format == "csv") return PrintTable(context, FindingTable(findings, true));
  if (format == "name") {
    for (const policy::Finding& finding : findings) context.out << finding.name() << "\n";
    return;
  }
  PrintEvaluation(context, response);
}

// Accepted by somebody: no reason to fail.
bool IsWaived(const policy::Finding& finding) { return finding.state() == policy::Finding::STATE_WAIVED; }

absl::StatusOr<EvaluationResult> Evaluate(Context& context, Client& client,
                                          const EvaluatePoliciesRequest& request) {
  const bool progress = context.err_terminal && !context.quiet();
  auto result = EvaluatePolicies(client, request, [&](const policy::EvaluationProgress& done) {
    if (!progress) return;
    context.err << "\r" << done.done() << " of " << done.total() << " rules\x1b[K" << std::flush;
  });
  if (progress) context.err << "\r\x1b[K";
  return result;
}

absl::StatusOr<int> Check(Context& context) {
  Loaded loaded;
  absl::StatusOr<std::vector<EvaluatePoliciesRequest>> requests = Requests(context, loaded);
  if (!requests.ok()) return requests.status();
  policy::Severity fail_on = policy::SEVERITY_UNSPECIFIED;
  if (context.arguments.Has("fail-on")) {
    absl::StatusOr<policy::Severity> severity = SeverityOf("fail-on", context.arguments.Get("fail-on"));
    if (!severity.ok()) return severity.status();
    fail_on = *severity;
  }
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  bool found = false;
  for (const EvaluatePoliciesRequest& request : *requests) {
    absl::StatusOr<EvaluationResult> result = Evaluate(context, **client, request);
    if (!result.ok()) return PlaceError(loaded, request, result.status());
    PrintResult(context, *result);
    for (const policy::Finding& finding : result->findings()) {
      const bool grave = fail_on != policy::SEVERITY_UNSPECIFIED && finding.severity() >= fail_on;
      found = found || (grave && !IsWaived(finding));
    }
  }
  return found ? kFound : kOk;
}

}  // namespace

std::vector<Command> PolicyCommands() {
  std::vector<Command> commands;
  commands.push_back({.path = "policy apply",
                      .summary = "Create and change policies, assignments and jurisdiction sets from files.",
                      .operands = "[FILE...]",
                      .operands_max = -1,
                      .flags = {FileFlag(), DryRunFlag()},
                      .outputs = OutcomeOutputs(),
                      .examples = {"linchpin policy apply -f policies/"},
                      .details = "The same as `linchpin apply`; it reads better where only policies are "
                                 "meant. Applied policies are evaluated at once.",
                      .run = ApplyFiles});
  commands.push_back(
      {.path = "policy check",
       .summary = "Evaluate policies now, stored ones or those of files, without storing anything.",
       .operands = "[ASSIGNMENT...]",
       .operands_max = -1,
       .flags = {FileFlag(),
                 {"parameter",
                  0,
                  "NAME=VALUE",
                  "Value of a parameter, as in files: home=[US, CA]. Goes with -f; may be given again.",
                  "",
                  {}},
                 {"fail-on",
                  0,
                  "SEVERITY",
                  "Exit with 3 if something of this severity or worse is found: info, low, medium, high or "
                  "critical.",
                  "",
                  {}}},
       .outputs = ListOutputs(),
       .reads_past = true,
       .examples = {"linchpin policy check", "linchpin policy check assignments/bank --fail-on high",
                    "linchpin policy check -f policy.yaml --parameter home=[US,CA]"},
       .details = "VIOLATION and PASS are proven; LIKELY beside them counts what likely facts decide. "
                  "INDETERMINATE counts subjects for which an unknown fact decides; they are never counted "
                  "as passed. How far likely facts may decide is the assignment's `assurance`.",
       .run = Check});
  return commands;
}

}  // namespace linchpin::cli
