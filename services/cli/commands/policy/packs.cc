// policy pack list, show, install.
#include "services/cli/commands/policy/packs.h"

#include <algorithm>
#include <map>
#include <set>

#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/commands/policy/findings.h"
#include "services/cli/context.h"
#include "services/cli/home.h"
#include "services/cli/names.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/resource/document_reader.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

namespace policy = linchpin::policy::v1;
using base::Cat;
using linchpin::policy::ShippedPack;

void TakeDocuments(const std::vector<resource::Document>& documents, PackDocuments& taken) {
  for (const resource::Document& document : documents) {
    if (document.kind->descriptor == policy::Policy::descriptor())
      taken.policies.push_back(static_cast<const policy::Policy&>(*document.resource));
    if (document.kind->descriptor == policy::JurisdictionSet::descriptor())
      taken.sets.push_back(static_cast<const policy::JurisdictionSet&>(*document.resource));
  }
}

absl::StatusOr<PackDocuments> DocumentsOf(const ShippedPack& pack) {
  const resource::ReadResult read = resource::ReadAll(Cat({pack.id, ".yaml"}), pack.policy);
  if (!read.errors.empty()) return base::Error(base::reason::FileInvalid{}, read.errors.front().Text());
  PackDocuments documents;
  TakeDocuments(read.documents, documents);
  return documents;
}

absl::StatusOr<const ShippedPack*> RequirePack(std::string_view id) {
  if (const ShippedPack* pack = linchpin::policy::FindPack(id)) return pack;
  std::vector<std::string> ids;
  for (const ShippedPack& pack : linchpin::policy::ShippedPacks()) ids.emplace_back(pack.id);
  return base::Error(base::reason::ResourceNotFound{.name = id},
                     Cat({"there is no pack `", id, "`", DidYouMean(id, ids)}));
}

bool AsksForHome(const policy::Policy& pack) {
  const auto& parameters = pack.parameters();
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const policy::Parameter& parameter) { return parameter.id() == "home"; });
}

absl::StatusOr<policy::Assignment> AssignmentOf(const policy::Policy& pack, std::string_view id,
                                                const std::string& owner,
                                                const std::vector<std::string>& home) {
  policy::Assignment assignment;
  absl::StatusOr<std::string> name =
      FullName(*resource::FindKind("Assignment"), id.empty() ? resource::IdOf(pack.name()) : id);
  if (!name.ok()) return name.status();
  assignment.set_name(*name);
  assignment.set_policy(pack.name());
  assignment.set_owner(owner);
  if (AsksForHome(pack) && home.empty())
    return UsageError("name your home: --home FR, once for each country or set");
  if (!AsksForHome(pack) && !home.empty())
    return UsageError("this pack asks nothing of a home: leave --home out");
  for (const std::string& given : home)
    (*assignment.mutable_parameters())["home"].mutable_list_value()->add_values(given);
  return assignment;
}

namespace {

// The one policy of a pack.
absl::StatusOr<policy::Policy> PolicyOf(std::string_view id) {
  absl::StatusOr<const ShippedPack*> pack = RequirePack(id);
  if (!pack.ok()) return pack.status();
  absl::StatusOr<PackDocuments> documents = DocumentsOf(**pack);
  if (!documents.ok()) return documents.status();
  return documents->policies.at(0);
}

absl::StatusOr<int> ListPacks(Context& context) {
  Table table({{"PACK"}, {"VERSION"}, {"RULES", true}, {"WHAT", false, true}});
  for (const ShippedPack& pack : linchpin::policy::ShippedPacks()) {
    absl::StatusOr<policy::Policy> of = PolicyOf(pack.id);
    if (!of.ok()) return of.status();
    if (context.Output("table") == "name") {
      context.out << pack.id << "\n";
    } else {
      table.Add({std::string(pack.id), of->labels().at("pack-version"), Grouped(of->rules_size()),
                 of->display_name()});
    }
  }
  if (!table.empty()) PrintTable(context, table);
  context.Note("Packs are an aid to reasoning, not legal advice. `linchpin policy pack show ID` shows one.");
  return kOk;
}

std::string ClausesOf(const google::protobuf::RepeatedPtrField<policy::Reference>& references) {
  std::string text;
  for (const policy::Reference& reference : references) {
    text += Cat({text.empty() ? "" : "; ", reference.framework(), ", ", reference.clause()});
  }
  return text;
}

absl::StatusOr<int> ShowPack(Context& context) {
  absl::StatusOr<policy::Policy> pack = PolicyOf(context.arguments.operands[0]);
  if (!pack.ok()) return pack.status();
  if (context.Output("table") != "table") {
    std::vector<std::unique_ptr<google::protobuf::Message>> one;
    one.push_back(std::make_unique<policy::Policy>(*pack));
    if (absl::Status status = PrintResources(context, one); !status.ok()) return status;
    return kOk;
  }
  context.out << Painted(pack->display_name(), Paint::kBold, context.colour) << "\n\n"
              << pack->description() << "\n\n";
  Table parameters({{"PARAMETER"}, {"DEFAULT"}, {"WHAT", false, true}});
  for (const policy::Parameter& parameter : pack->parameters()) {
    parameters.Add({parameter.id(), parameter.required() ? "required" : FieldText(parameter, "default_value"),
                    parameter.description()});
  }
  if (!parameters.empty()) PrintTable(context, parameters);
  Table rules({{"SEVERITY"}, {"RULE"}, {"CLAUSE"}, {"WHAT", false, true}});
  for (const policy::Rule& rule : pack->rules())
    rules.Add({SeverityCell(rule.severity()), rule.id(), ClausesOf(rule.references()), rule.title()});
  context.out << "\n";
  PrintTable(context, rules);
  return kOk;
}

absl::StatusOr<std::vector<policy::Finding>> WouldBeFound(Client& client, const policy::Policy& pack,
                                                          const policy::Assignment& assignment) {
  policy::EvaluatePoliciesRequest request;
  *request.mutable_policy() = pack;
  *request.mutable_assignment() = assignment;
  policy::EvaluatePoliciesResponse part;
  std::vector<policy::Finding> found;
  absl::Status status = client.Stream(kPolicy, "EvaluatePolicies", request, part, [&] {
    for (const policy::Finding& finding : part.result().findings()) found.push_back(finding);
  });
  if (!status.ok()) return status;
  return found;
}

// Findings of the assignment that hold now, accepted or not, by name.
absl::StatusOr<std::set<std::string>> HoldingNow(Client& client, const std::string& assignment) {
  std::set<std::string> names;
  for (const auto state : {policy::Finding::STATE_UNSPECIFIED, policy::Finding::STATE_WAIVED}) {
    policy::ListFindingsRequest request;
    request.set_assignment(assignment);
    request.set_state(state);
    absl::StatusOr<FindingList> list = ReadFindings(client, request, 0);
    if (!list.ok()) return list.status();
    for (const policy::Finding& finding : list->findings) names.insert(finding.name());
  }
  return names;
}

// What the pack would find that is not found now, and the reverse.
absl::Status Preview(Context& context, Client& client, const policy::Policy& pack,
                     const policy::Assignment& assignment) {
  absl::StatusOr<std::vector<policy::Finding>> found = WouldBeFound(client, pack, assignment);
  if (!found.ok()) return found.status();
  absl::StatusOr<std::set<std::string>> now = HoldingNow(client, assignment.name());
  if (!now.ok()) return now.status();
  std::vector<policy::Finding> gained;
  for (const policy::Finding& finding : *found) {
    if (now->erase(finding.name()) == 0) gained.push_back(finding);
  }
  if (!gained.empty()) PrintTable(context, FindingTable(gained, false));
  context.out << Counted(static_cast<int64_t>(gained.size()), "finding", "findings") << " gained, "
              << now->size() << " lost, " << found->size() - gained.size() << " unchanged\n";
  return absl::OkStatus();
}

absl::StatusOr<int> InstallPack(Context& context) {
  absl::StatusOr<policy::Policy> pack = PolicyOf(context.arguments.operands[0]);
  if (!pack.ok()) return pack.status();
  absl::StatusOr<std::vector<std::string>> home = HomeTerms(context);
  if (!home.ok()) return home.status();
  absl::StatusOr<policy::Assignment> assignment =
      AssignmentOf(*pack, context.arguments.Get("assignment"), context.arguments.Get("owner"), *home);
  if (!assignment.ok()) return assignment.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  if (absl::Status status = Preview(context, **client, *pack, *assignment); !status.ok()) return status;
  if (context.arguments.Has("dry-run")) {
    context.Note("nothing was installed");
    return kOk;
  }
  for (const google::protobuf::Message* document :
       std::vector<const google::protobuf::Message*>{&*pack, &*assignment}) {
    const auto put = PutResource(**client, *document, false);
    if (!put.ok()) return put.status();
    context.out << resource::NameOf(*document) << " installed\n";
  }
  context.Note("An aid to reasoning, not legal advice.");
  return kOk;
}

}  // namespace

std::vector<Command> PackCommands() {
  return {{.path = "policy pack list",
           .summary = "List the packs of policies that ship with the program.",
           .outputs = {"table", "wide", "csv", "name"},
           .examples = {"linchpin policy pack list"},
           .details = "Each pack has tests, which `linchpin policy test --pack ID` runs.",
           .run = ListPacks},
          {.path = "policy pack show",
           .summary = "Show the rules of a pack, with the clauses that they serve.",
           .operands = "ID",
           .operands_min = 1,
           .operands_max = 1,
           .outputs = {"table", "yaml", "json", "jsonl"},
           .examples = {"linchpin policy pack show eu-dora",
                        "linchpin policy pack show sovereignty -o yaml > sovereignty.yaml"},
           .details = "With -o yaml it is a policy that you may change and apply as your own.",
           .run = ShowPack},
          {.path = "policy pack install",
           .summary = "Install a pack, or its new version, and show what it finds and no longer finds.",
           .operands = "ID",
           .operands_min = 1,
           .operands_max = 1,
           .flags = {{"home",
                      0,
                      "HOME[,HOME...]",
                      "Countries or jurisdiction sets that count as home, such as NO or eu27. Repeatable.",
                      "",
                      {}},
                     {"assignment",
                      0,
                      "NAME",
                      "The assignment that is made or changed; absent: of the name of the pack.",
                      "",
                      {}},
                     {"owner", 0, "WHO", "Owner of the findings whose subject has none.", "", {}},
                     DryRunFlag()},
           .outputs = {"table"},
           .examples = {"linchpin policy pack install sovereignty --home FR --home DE --dry-run"},
           .details = "--dry-run shows the findings gained and lost, and installs nothing.",
           .run = InstallPack}};
}

}  // namespace linchpin::cli
