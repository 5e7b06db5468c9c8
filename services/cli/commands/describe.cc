// describe: everything about one thing on a page.
#include <algorithm>
#include <map>

#include "linchpin/inventory/v1/history.pb.h"
#include "linchpin/inventory/v1/trace.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/score.pb.h"
#include "services/base/error.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/commands/policy/findings.h"
#include "services/cli/commands/trace.h"
#include "services/cli/home.h"
#include "services/cli/names.h"
#include "services/cli/print/change_text.h"
#include "services/cli/print/entry_text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/cli/print/score_text.h"
#include "services/cli/print/supply_tree.h"
#include "services/cli/print/table.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace v1 = inventory::v1;
namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using base::Cat;
using google::protobuf::Message;

constexpr int kDepth = 2;
constexpr int kTreeLines = 40;
constexpr int kDependentsShown = 10;
constexpr int kFindingsShown = 10;
constexpr int kRevisionsShown = 3;
constexpr int kStepsMax = 100'000;

// What is known of one thing. A part that does not apply to its kind, or that a service does not answer, is
// absent.
struct Page {
  std::unique_ptr<Message> resource;
  std::optional<SupplyTree> below;
  std::optional<SupplyTree> above;
  std::optional<FindingList> findings;
  std::optional<risk::GetScoreResponse> score;
  std::optional<v1::ListChangesResponse> changes;
  std::vector<std::string> missing;  // What could not be read, and why.
};

bool IsOfInventory(const std::string& name) {
  return resource::KindOfName(name)->area == resource::Area::kInventory;
}

// What the thing is not is no failure: a licence has no score, a dependency is no thing of the graph.
bool IsNoSuchThing(const absl::Status& status) {
  return status.code() == absl::StatusCode::kNotFound || status.code() == absl::StatusCode::kInvalidArgument;
}

void Missing(Page& page, const char* what, const absl::Status& status) {
  if (!IsNoSuchThing(status)) page.missing.push_back(Cat({what, ": ", base::TextOf(status)}));
}

void ReadTrees(Client& client, const std::string& name, const std::vector<std::string>& home, Page& page) {
  v1::TraceRequest request;
  request.set_name(name);
  request.set_max_depth(kDepth);
  request.set_max_steps(kTreeLines);
  *request.mutable_home() = {home.begin(), home.end()};
  absl::StatusOr<SupplyTree> below = ReadTree(client, request, false);
  below.ok() ? void(page.below = *std::move(below)) : Missing(page, "what it depends on", below.status());
  request.clear_max_depth();
  request.set_max_steps(kStepsMax);
  absl::StatusOr<SupplyTree> above = ReadTree(client, request, true);
  above.ok() ? void(page.above = *std::move(above)) : Missing(page, "what depends on it", above.status());
}

void ReadOpenFindings(Client& client, const std::string& name, Page& page) {
  policy::ListFindingsRequest request;
  const std::string& kind = resource::KindOfName(name)->kind;
  if (IsOfInventory(name)) {
    request.set_subject(name);
  } else if (kind == "Policy") {
    request.set_policy(name);
  } else if (kind == "Assignment") {
    request.set_assignment(name);
  } else {
    return;
  }
  absl::StatusOr<FindingList> list = ReadFindings(client, request, 0);
  list.ok() ? void(page.findings = *std::move(list)) : Missing(page, "findings", list.status());
}

void ReadScore(Client& client, const std::string& name, Page& page) {
  const std::string& kind = resource::KindOfName(name)->kind;
  if (kind != "Application" && kind != "BusinessService" && kind != "Vendor") return;
  risk::GetScoreRequest request;
  risk::GetScoreResponse response;
  request.set_name(name);
  const absl::Status status = client.Call(kRisk, "GetScore", request, response);
  status.ok() ? void(page.score = std::move(response)) : Missing(page, "score", status);
}

void ReadChanges(Client& client, const std::string& name, Page& page) {
  v1::ListChangesRequest request;
  v1::ListChangesResponse response;
  request.set_name(name);
  request.set_page_size(kRevisionsShown);
  request.set_max_changes(kDependentsShown);
  const absl::Status status = client.Call(kInventory, "ListChanges", request, response);
  status.ok() ? void(page.changes = std::move(response)) : Missing(page, "changes", status);
}

absl::StatusOr<Page> ReadPage(Context& context, Client& client, const std::string& name) {
  Page page;
  absl::StatusOr<std::unique_ptr<Message>> resource = GetResource(client, name);
  if (!resource.ok()) return resource.status();
  page.resource = *std::move(resource);
  const absl::StatusOr<std::vector<std::string>> home = HomeCountries(context);
  if (!home.ok()) return home.status();
  if (IsOfInventory(name)) {
    ReadTrees(client, name, *home, page);
    ReadScore(client, name, page);
    // What changed later is no part of a past state.
    if (!context.arguments.Has("as-of")) ReadChanges(client, name, page);
  }
  ReadOpenFindings(client, name, page);
  return page;
}

void PrintSection(const Context& context, std::string_view title, std::string_view remark) {
  context.out << "\n"
              << Painted(title, Paint::kBold, context.colour) << (remark.empty() ? "" : "  ") << remark
              << "\n";
}

void PrintHead(const Context& context, const Message& resource) {
  const std::string display = FieldText(resource, "display_name");
  context.out << Painted(resource::NameOf(resource), Paint::kBold, context.colour)
              << (display.empty() ? "" : Cat({"  ", Clean(display)})) << "  ("
              << resource.GetDescriptor()->name() << ")\n";
  const std::string revision = FieldText(resource, "revision");
  if (!revision.empty()) {
    std::string time = FieldText(resource, "update_time").substr(0, 19);
    std::replace(time.begin(), time.end(), 'T', ' ');
    context.out << "  last written in revision " << revision << ", " << time << "Z\n";
  }
}

// "14 applications, 2 business services": things above, by kind, consumers first.
std::string DependentsText(const SupplyTree& tree) {
  std::map<size_t, int64_t, std::greater<>> by_kind;
  for (size_t i = 1; i < tree.steps.size(); ++i) {
    const resource::KindInfo* kind = resource::KindOfName(tree.steps[i].name());
    if (kind != nullptr && !tree.steps[i].repeated()) ++by_kind[kind->position];
  }
  std::string text;
  for (const auto& [position, count] : by_kind) {
    const resource::KindInfo& kind = *resource::Kinds()[position];
    std::string one = kind.singular;
    std::replace(one.begin(), one.end(), '_', ' ');
    const std::string many =
        one.back() == 'y' ? Cat({one.substr(0, one.size() - 1), "ies"}) : Cat({one, "s"});
    text += Cat({text.empty() ? "" : ", ", Counted(count, one, many)});
  }
  return text;
}

void PrintBelow(const Context& context, const SupplyTree& tree) {
  const int64_t count = tree.summary.node_count();
  if (count == 0) return PrintSection(context, "Depends on", "nothing that is stated");
  PrintSection(context, "Depends on",
               Cat({Counted(count, "thing", "things"), " within two links",
                    tree.summary.truncated() ? ", the nearest shown" : "", "; `linchpin tree ",
                    tree.steps[0].name(), "` shows all"}));
  PrintText(tree, context.colour, context.out);
}

// What is hurt first comes first: consumers, each kind nearest first.
std::vector<const v1::TraceStep*> DependentsInOrder(const SupplyTree& tree) {
  std::vector<const v1::TraceStep*> steps;
  for (size_t i = 1; i < tree.steps.size(); ++i) {
    if (!tree.steps[i].repeated()) steps.push_back(&tree.steps[i]);
  }
  const auto is_consumer = [](const v1::TraceStep* step) {
    return step->name().rfind("applications/", 0) == 0 || step->name().rfind("businessServices/", 0) == 0;
  };
  std::stable_sort(steps.begin(), steps.end(), [&](const v1::TraceStep* a, const v1::TraceStep* b) {
    if (is_consumer(a) != is_consumer(b)) return is_consumer(a);
    return a->depth() < b->depth();
  });
  return steps;
}

void PrintAbove(const Context& context, const SupplyTree& tree) {
  if (tree.summary.node_count() == 0) return PrintSection(context, "Needed by", "nothing that is stated");
  PrintSection(context, "Needed by", DependentsText(tree));
  int shown = 0;
  for (const v1::TraceStep* step : DependentsInOrder(tree)) {
    if (shown == kDependentsShown) break;
    context.out << "  " << step->name() << (step->depth() == 1 ? "" : "  (through another)") << "\n";
    ++shown;
  }
  if (tree.summary.node_count() > shown) {
    context.out << "  ... and " << Grouped(tree.summary.node_count() - shown)
                << " more; `linchpin dependents " << tree.steps[0].name() << "` shows all\n";
  }
}

void PrintFindings(Context& context, const FindingList& list) {
  if (list.findings.empty()) return PrintSection(context, "Findings", "none open");
  PrintSection(context, "Findings", Cat({std::to_string(list.findings.size()), " open"}));
  std::vector<policy::Finding> first(
      list.findings.begin(),
      list.findings.begin() + std::min<long>(kFindingsShown, static_cast<long>(list.findings.size())));
  PrintTable(context, FindingTable(first, false), 2);
  if (first.size() < list.findings.size()) {
    context.out << "  ... and " << list.findings.size() - first.size()
                << " more; `linchpin finding list --subject ...`"
                << " shows all\n";
  }
}

void PrintScore(const Context& context, const Message& resource, const risk::GetScoreResponse& response) {
  const bool vendor = resource.GetDescriptor()->name() == "Vendor";
  PrintSection(context, "Score",
               vendor
                   ? "what its loss adds to the portfolio's"
                   : "the chance in percent that a cutoff takes it beyond what it tolerates within a year");
  const std::string drivers = DriversText(response.score());
  context.out << "  " << ScoreText(response.score())
              << (drivers.empty() ? "" : Cat({", driven by ", drivers})) << "; `linchpin risk explain "
              << resource::NameOf(resource) << "` tells why\n";
}

void PrintChanges(Context& context, const v1::ListChangesResponse& log) {
  PrintSection(context, "Last changes", log.revisions().empty() ? "none that is kept" : "");
  for (const v1::RevisionChanges& revision : log.revisions()) {
    context.out << "  revision " << revision.revision() << "  " << ChangeTimeText(revision.time()) << "  "
                << (revision.principal().empty() ? "?" : Clean(revision.principal())) << "  "
                << revision.method() << "\n";
    for (const v1::ResourceChange& change : revision.changes()) PrintChange(context, change, false, 4);
  }
}

void PrintPage(Context& context, const Page& page) {
  PrintHead(context, *page.resource);
  PrintSection(context, "Facts", "what nobody stated is unknown");
  PrintTable(context, FactsTable(*page.resource), 2);
  if (page.below) PrintBelow(context, *page.below);
  if (page.above) PrintAbove(context, *page.above);
  if (page.findings) PrintFindings(context, *page.findings);
  if (page.score) PrintScore(context, *page.resource, *page.score);
  if (page.changes) PrintChanges(context, *page.changes);
  for (const std::string& missing : page.missing) context.Note(Cat({"could not read ", missing}));
}

std::string TreeJson(const SupplyTree& tree) {
  v1::TraceResponse whole;
  *whole.mutable_steps() = {tree.steps.begin(), tree.steps.end()};
  *whole.mutable_summary() = tree.summary;
  return resource::WriteJson(whole, 0);
}

// The parts under names of their own; each is the answer of the API.
void PrintJson(const Context& context, const Page& page) {
  context.out << "{\"resource\": " << resource::WriteJsonDocument(*page.resource, 0);
  if (page.below) context.out << ",\n \"dependencies\": " << TreeJson(*page.below);
  if (page.above) context.out << ",\n \"dependents\": " << TreeJson(*page.above);
  if (page.findings) {
    context.out << ",\n \"findings\": [";
    for (const policy::Finding& finding : page.findings->findings) {
      context.out << (&finding == &page.findings->findings.front() ? "" : ",\n  ")
                  << resource::WriteJson(finding, 0);
    }
    context.out << "]";
  }
  if (page.score) context.out << ",\n \"score\": " << resource::WriteJson(*page.score, 0);
  if (page.changes) context.out << ",\n \"changes\": " << resource::WriteJson(*page.changes, 0);
  context.out << "}\n";
}

absl::StatusOr<std::string> NameOf(Context& context, Client& client) {
  const std::vector<std::string>& operands = context.arguments.operands;
  if (operands.size() == 2) {
    absl::StatusOr<const resource::KindInfo*> kind = KindOfWord(operands[0]);
    if (!kind.ok()) return kind.status();
    return FullName(**kind, operands[1]);
  }
  const resource::KindInfo* kind = resource::KindOfName(operands[0]);
  if (kind == nullptr || kind->nested || kind->area != resource::Area::kInventory) {
    return NameOfAnyKind(client, operands[0]);
  }
  return ResolveName(client, *kind, operands[0], [&](std::string_view text) { context.Note(text); });
}

absl::StatusOr<int> Describe(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<std::string> name = NameOf(context, **client);
  if (!name.ok()) return name.status();
  absl::StatusOr<Page> page = ReadPage(context, **client, *name);
  if (!page.ok()) return page.status();
  if (context.Output("table") == "json") {
    PrintJson(context, *page);
  } else {
    PrintPage(context, *page);
  }
  return kOk;
}

}  // namespace

std::vector<Command> DescribeCommands() {
  return {{.path = "describe",
           .summary = "Show everything about one thing on a page.",
           .operands = "NAME | KIND NAME",
           .operands_min = 1,
           .operands_max = 2,
           .flags = {HomeFlag("nothing is marked foreign")},
           .outputs = {"table", "json"},
           .reads_past = true,
           .examples = {"linchpin describe vendors/openai", "linchpin describe claims-triage --home US",
                        "linchpin describe model gpt-4o", "linchpin describe claims-triage --as-of 7d"},
           .details = "Its facts with where they come from, what it depends on, what needs it, open "
                      "findings, score, and what was changed last.",
           .run = Describe}};
}

}  // namespace linchpin::cli
