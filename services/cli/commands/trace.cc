// tree, dependents, why: questions about the supply graph.
#include "services/cli/commands/trace.h"

#include <algorithm>

#include "linchpin/inventory/v1/trace.pb.h"
#include "services/base/error.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/home.h"
#include "services/cli/names.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/supply_tree.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace v1 = inventory::v1;
using base::Cat;

// A name of any kind of the graph, as people give it.
absl::StatusOr<std::string> GraphName(const Context& context, Client& client, const std::string& given) {
  const resource::KindInfo* kind = resource::KindOfName(given);
  if (kind == nullptr || kind->nested) return NameOfAnyKind(client, given);
  return ResolveName(client, *kind, given, [&](std::string_view text) { context.Note(text); });
}

absl::StatusOr<v1::TraceRequest> RequestOf(const Context& context, Client& client) {
  v1::TraceRequest request;
  absl::StatusOr<std::string> name = GraphName(context, client, context.arguments.operands[0]);
  if (!name.ok()) return name.status();
  request.set_name(*name);
  for (const auto& [flag, set] : {std::pair{"depth", &v1::TraceRequest::set_max_depth},
                                  std::pair{"limit", &v1::TraceRequest::set_max_steps}}) {
    if (!context.arguments.Has(flag)) continue;
    absl::StatusOr<int64_t> number = context.arguments.Number(flag);
    if (!number.ok()) return number.status();
    (request.*set)(static_cast<int32_t>(std::min<int64_t>(*number, 1'000'000)));
  }
  request.set_primaries_only(context.arguments.Has("primaries"));
  for (const std::string& word : context.arguments.All("kind")) {
    absl::StatusOr<const resource::KindInfo*> kind = KindOfWord(word);
    if (!kind.ok()) return kind.status();
    request.add_kinds((*kind)->kind);
  }
  absl::StatusOr<std::vector<std::string>> home = HomeCountries(context);
  if (!home.ok()) return home.status();
  *request.mutable_home() = {home->begin(), home->end()};
  return request;
}

void PrintTree(const Context& context, const SupplyTree& tree) {
  const std::string format = context.Output("table");
  if (format == "dot") return PrintDot(tree, context.out);
  if (format == "mermaid") return PrintMermaid(tree, context.out);
  if (format == "svg") return PrintSvg(tree, context.out);
  if (format == "name") {
    for (size_t i = 1; i < tree.steps.size(); ++i) {
      if (!tree.steps[i].repeated()) context.out << tree.steps[i].name() << "\n";
    }
    return;
  }
  PrintText(tree, context.colour, context.out);
}

absl::StatusOr<int> ShowTree(Context& context, bool dependents) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<v1::TraceRequest> request = RequestOf(context, **client);
  if (!request.ok()) return request.status();
  absl::StatusOr<SupplyTree> tree = ReadTree(**client, *request, dependents);
  if (!tree.ok()) return tree.status();
  v1::TraceResponse whole;
  *whole.mutable_steps() = {tree->steps.begin(), tree->steps.end()};
  *whole.mutable_summary() = tree->summary;
  if (PrintMessage(context, whole)) return kOk;
  PrintTree(context, *tree);
  const int64_t count = tree->summary.node_count();
  if (count == 0) {
    context.Note(Cat(
        {request->name(), dependents ? ": nothing depends on it" : " depends on nothing that is stated"}));
  } else {
    context.Note(Cat({Counted(count, "thing", "things"), dependents ? " depend on it" : " below it", "; ",
                      SnapshotText(tree->summary.inventory()),
                      tree->summary.truncated() ? "; the nearest are shown, --limit N shows more" : ""}));
  }
  return kOk;
}

void PrintPath(const Context& context, const v1::SupplyPath& path) {
  context.out << path.links(0).from() << "\n";
  int depth = 1;
  for (const v1::SupplyLink& link : path.links()) {
    context.out << std::string(static_cast<size_t>(2 * depth++), ' ') << LinkText(link, false) << " "
                << link.to() << "\n";
  }
}

absl::StatusOr<int> Why(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  v1::FindPathsRequest request;
  absl::StatusOr<std::string> from = GraphName(context, **client, context.arguments.operands[0]);
  if (!from.ok()) return from.status();
  absl::StatusOr<std::string> to = GraphName(context, **client, context.arguments.operands[1]);
  if (!to.ok()) return to.status();
  request.set_from(*from);
  request.set_to(*to);
  absl::StatusOr<int64_t> limit = context.arguments.Number("limit");
  if (!limit.ok()) return limit.status();
  request.set_max_paths(static_cast<int32_t>(std::min<int64_t>(*limit, 1'000'000)));
  v1::FindPathsResponse response;
  if (absl::Status status = (*client)->Call(kInventory, "FindPaths", request, response); !status.ok())
    return status;
  if (PrintMessage(context, response)) return kOk;
  for (const v1::SupplyPath& path : response.paths()) PrintPath(context, path);
  if (response.paths().empty()) {
    context.Note(Cat({*from, " does not depend on ", *to, " by anything that is stated; `linchpin tree ",
                      *from, "` shows what it depends on and what is unknown"}));
    return kNotFound;
  }
  context.Note(Cat({Counted(response.paths_size(), "way", "ways"),
                    response.more() ? ", the shortest; there are more" : "", "; ",
                    SnapshotText(response.inventory())}));
  return kOk;
}

std::vector<Flag> TreeFlags() {
  return {{"depth", 0, "N", "Follow at most N links.", "", {}},
          {"kind", 0, "KIND", "Show things of this kind only. Repeatable.", "", {}},
          {"primaries", 0, "", "Follow the first alternative of each dependency only.", "", {}},
          HomeFlag("nothing is marked foreign"),
          {"limit", 0, "N", "Show at most N lines, the nearest. Absent: 1000.", "", {}}};
}

constexpr char kTreeDetails[] =
    "Marks: foreign (to --home), retired, no fallback, all alternatives at one vendor, untested fallback, "
    "and facts that nobody stated. What stands at several places is followed once, where it is nearest. -o "
    "dot, mermaid and svg draw the same.";

}  // namespace

absl::StatusOr<SupplyTree> ReadTree(Client& client, const v1::TraceRequest& request, bool dependents) {
  SupplyTree tree;
  tree.dependents = dependents;
  v1::TraceResponse part;
  const absl::Status status =
      client.Stream(kInventory, dependents ? "TraceDependents" : "TraceDependencies", request, part, [&] {
        for (auto& step : *part.mutable_steps()) tree.steps.push_back(std::move(step));
        if (part.has_summary()) tree.summary = part.summary();
      });
  if (!status.ok()) return status;
  return tree;
}

std::vector<Command> TraceCommands() {
  return {{.path = "tree",
           .summary = "Show everything that a thing depends on.",
           .operands = "NAME",
           .operands_min = 1,
           .operands_max = 1,
           .flags = TreeFlags(),
           .outputs = TreeOutputs(),
           .reads_past = true,
           .examples = {"linchpin tree applications/claims-triage --home US",
                        "linchpin tree claims-triage --depth 2", "linchpin tree claims-triage -o svg"},
           .details = kTreeDetails,
           .run = [](Context& context) { return ShowTree(context, false); }},
          {.path = "dependents",
           .summary = "Show everything that depends on a thing.",
           .operands = "NAME",
           .operands_min = 1,
           .operands_max = 1,
           .flags = TreeFlags(),
           .outputs = TreeOutputs(),
           .reads_past = true,
           .examples = {"linchpin dependents vendors/openai",
                        "linchpin dependents models/gpt-4o --kind application -o name"},
           .details = kTreeDetails,
           .run = [](Context& context) { return ShowTree(context, true); }},
          {.path = "why",
           .summary = "Show the ways by which one thing depends on another.",
           .operands = "A B",
           .operands_min = 2,
           .operands_max = 2,
           .flags = {{"limit", 0, "N", "Show at most N ways, the shortest.", "10", {}}},
           .outputs = DocumentOutputs(),
           .reads_past = true,
           .examples = {"linchpin why applications/claims-triage vendors/openai"},
           .details = "Exit code 4 if A does not depend on B by anything that is stated.",
           .run = Why}};
}

}  // namespace linchpin::cli
