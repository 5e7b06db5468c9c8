// overview: what we depend on, at one look.
#include <algorithm>
#include <map>
#include <set>

#include "linchpin/common/v1/snapshot.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/concentration_history.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/commands/first_look.h"
#include "services/cli/commands/policy/findings.h"
#include "services/cli/commands/risk/concentration.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/cli/print/question_text.h"
#include "services/cli/print/trend_text.h"
#include "services/resource/json/json_writer.h"

namespace linchpin::cli {
namespace {

namespace common = linchpin::common::v1;
namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using base::Cat;
using linchpin::risk::v1::GetConcentrationRequest;
using linchpin::risk::v1::GetConcentrationResponse;

constexpr int kFindingsShown = 10;
constexpr int kModelsShown = 5;
constexpr int64_t kApplicationsAsked = 10'000;  // beyond that their labels are not read
constexpr int64_t kDependenciesAsked = 20'000;  // beyond that unused routes are not looked for
constexpr size_t kWidth = 180;                  // where there is no terminal

// The questions that everybody asks: whose, made by whom, where, from where, on which base model.
constexpr common::Dimension kDimensions[] = {
    common::DIMENSION_OPERATOR_GROUP,      common::DIMENSION_DEVELOPER_GROUP,
    common::DIMENSION_HOST_PROVIDER_GROUP, common::DIMENSION_HOST_COUNTRY,
    common::DIMENSION_ROOT_ORIGIN_COUNTRY, common::DIMENSION_BASE_MODEL_ROOT};

absl::StatusOr<int64_t> CountOf(Client& client, const char* kind) {
  ListQuery query;
  query.kind = resource::FindKind(kind);
  query.limit = 1;
  absl::StatusOr<Listed> listed = ListResources(client, query, [](const google::protobuf::Message&) {});
  if (!listed.ok()) return listed.status();
  return listed->total;
}

// Routes that no application, business service or other consumer depends on.
absl::StatusOr<int64_t> UnusedRoutes(Client& client) {
  std::set<std::string> used, routes;
  ListQuery query;
  query.kind = resource::FindKind("Dependency");
  absl::StatusOr<Listed> listed = ListResources(client, query, [&](const google::protobuf::Message& message) {
    for (const auto& alternative : static_cast<const inventory::v1::Dependency&>(message).alternatives())
      used.insert(alternative.target());
  });
  if (!listed.ok()) return listed.status();
  query.kind = resource::FindKind("Route");
  listed = ListResources(client, query, [&](const google::protobuf::Message& message) {
    routes.insert(resource::NameOf(message));
  });
  if (!listed.ok()) return listed.status();
  return std::count_if(routes.begin(), routes.end(),
                       [&](const std::string& name) { return used.count(name) == 0; });
}

// Where no application is declared, they stand in for applications; else they are told apart.
absl::Status PrintUnusedRoutes(Context& context, Client& client, int64_t applications, int64_t routes,
                               int64_t dependencies) {
  if (routes == 0 || dependencies > kDependenciesAsked) return absl::OkStatus();
  absl::StatusOr<int64_t> unused = UnusedRoutes(client);
  if (!unused.ok()) return unused.status();
  if (*unused == 0) return absl::OkStatus();
  if (applications == 0) {
    context.out << "No application is declared; " << Counted(*unused, "route stands", "routes stand")
                << " in, one application each.\n";
  } else {
    context.out << Grouped(*unused) << " of " << Counted(routes, "route", "routes")
                << (*unused == 1 ? " is" : " are") << " used by no application; nothing counts them.\n";
  }
  return absl::OkStatus();
}

absl::Status PrintCounts(Context& context, Client& client) {
  std::string text;
  std::map<std::string, int64_t> counts;
  const std::tuple<const char*, const char*, const char*> kinds[] = {
      {"Application", "application", "applications"},
      {"BusinessService", "business service", "business services"},
      {"Dependency", "dependency", "dependencies"},
      {"Route", "route", "routes"},
      {"Deployment", "deployment", "deployments"},
      {"Model", "model", "models"},
      {"Vendor", "vendor", "vendors"}};
  for (const auto& [kind, one, many] : kinds) {
    absl::StatusOr<int64_t> count = CountOf(client, kind);
    if (!count.ok()) return count.status();
    counts[kind] = *count;
    if (*count == 0 && std::string_view(kind) == "Route") continue;  // Not everybody has a gateway.
    text += Cat({text.empty() ? "" : ", ", Counted(*count, one, many)});
  }
  context.out << text << "\n";
  if (absl::Status status =
          PrintUnusedRoutes(context, client, counts["Application"], counts["Route"], counts["Dependency"]);
      !status.ok()) {
    return status;
  }
  context.out << "\n";
  return absl::OkStatus();
}

// What to find out first. Nothing from a server that asks nothing.
absl::Status PrintOpenQuestions(Context& context, Client& client, const common::Snapshot& snapshot) {
  auto questions = ReadQuestions(client, kQuestionsShown, snapshot.revision_token());
  if (questions.status().code() == absl::StatusCode::kUnimplemented) return absl::OkStatus();
  if (!questions.ok()) return questions.status();
  if (questions->question_count() == 0) return absl::OkStatus();
  context.out << "\n";
  questions->clear_stand_in_route_count();  // PrintCounts has said it.
  PrintQuestions(context, *questions);
  if (questions->question_count() > questions->questions_size())
    context.out << "  ... `linchpin question list` shows all\n";
  return absl::OkStatus();
}

// How the index has moved, where it has. Nothing from a server that keeps no history.
absl::Status PrintTrends(Context& context, Client& client, const GetConcentrationResponse& response) {
  if (response.has_selection() || response.basis() != common::BASIS_APPLICATIONS) return absl::OkStatus();
  std::string text;
  for (const auto& figure : response.concentrations()) {
    risk::ListConcentrationHistoryRequest request;
    request.set_dimension(figure.dimension());
    risk::ListConcentrationHistoryResponse history;
    absl::Status status = client.Call(kRisk, "ListConcentrationHistory", request, history);
    if (status.code() == absl::StatusCode::kUnimplemented) return absl::OkStatus();
    if (!status.ok()) return status;
    const std::string trend = IndexTrendText(history.points(), figure.hhi());
    if (trend.empty()) continue;
    text += Cat({text.empty() ? "" : "; ", FlagWord(*common::Dimension_descriptor(), figure.dimension()), " ",
                 trend});
  }
  if (!text.empty()) context.out << "HHI: " << text << "\n";
  return absl::OkStatus();
}

// The findings of the same revision as the figures, or of a later one. Returns what `finding show` takes for
// the gravest; empty if there is none.
absl::StatusOr<std::string> PrintFindings(Context& context, Client& client,
                                          const common::Snapshot& snapshot) {
  policy::ListFindingsRequest request;
  request.set_min_revision(snapshot.revision_token());
  absl::StatusOr<FindingList> list = ReadFindings(client, request, kFindingsShown);
  if (list.status().code() == absl::StatusCode::kUnimplemented) {
    context.Note("This server evaluates no policies.");
    return "";
  }
  if (!list.ok()) return list.status();
  context.out << "\n"
              << Painted(Counted(list->total, "open finding", "open findings"), Paint::kBold, context.colour)
              << "\n";
  if (list->total == 0) context.out << "  none; `linchpin list assignments` shows which policies are asked\n";
  if (!list->findings.empty()) {
    const size_t width = context.out_terminal ? static_cast<size_t>(context.width) : kWidth;
    FindingTable(list->findings, false)
        .Print(context.out, !context.arguments.Has("no-headers"), context.colour, width, 2);
  }
  if (list->total > kFindingsShown)
    context.out << "  ... the most severe " << kFindingsShown << "; `linchpin finding list` shows all\n";
  return list->findings.empty() ? "" : ShortId(list->findings[0]);
}

// What to ask next, with the names that matter here.
void PrintNext(Context& context, const GetConcentrationResponse& response, const std::string& finding) {
  std::string vendor, country;
  // The ban that is feared is that of foreign weights, where somebody said what is foreign.
  const bool knows_home = response.foreign().home_size() > 0;
  if (response.foreign().models_size() > 0) country = response.foreign().models(0).origin_country();
  for (const auto& figure : response.concentrations()) {
    for (const auto& group : figure.groups()) {
      if (group.key() == "unknown" || group.key() == "none") continue;
      if (vendor.empty() && figure.dimension() == common::DIMENSION_OPERATOR_GROUP) vendor = group.key();
      if (country.empty() && !knows_home && figure.dimension() == common::DIMENSION_ROOT_ORIGIN_COUNTRY)
        country = group.key();
    }
  }
  context.Note("\nNext:");
  if (!vendor.empty()) context.Note(Cat({"  linchpin risk simulate --exit ", vendor}));
  if (!country.empty()) context.Note(Cat({"  linchpin risk simulate --weights-ban ", country}));
  context.Note("  linchpin risk score");
  context.Note("  linchpin risk remedies");
  context.Note("  linchpin risk sweep --class vendor --class host --class weights");
  if (!finding.empty()) context.Note(Cat({"  linchpin finding show ", finding}));
}

absl::StatusOr<int> Overview(Context& context) {
  absl::StatusOr<GetConcentrationRequest> request = ConcentrationRequest(context);
  if (!request.ok()) return request.status();
  for (common::Dimension dimension : kDimensions) request->add_dimensions(dimension);
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  GetConcentrationResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "GetConcentration", *request, response); !status.ok())
    return status;
  if (PrintMessage(context, response)) return kOk;
  if (response.concentrations_size() > 0 && response.concentrations(0).population() == 0) {
    context.out << "The inventory holds no application yet.\n";
    context.Note(
        "Load one with `linchpin apply -f FILE` or `linchpin import litellm FILE`; deploy/samples has "
        "three.");
    return kOk;
  }
  const std::vector<std::string> home(response.foreign().home().begin(), response.foreign().home().end());
  if (absl::Status status = PrintFirstLook(context, **client, home); !status.ok()) return status;
  if (absl::Status status = PrintCounts(context, **client); !status.ok()) return status;
  response.clear_stand_in_route_count();  // PrintCounts has said it.
  PrintConcentrations(context, response);
  if (absl::Status status = PrintTrends(context, **client, response); !status.ok()) return status;
  PrintForeign(context, response, kModelsShown);
  absl::StatusOr<std::string> finding = PrintFindings(context, **client, response.inventory());
  if (!finding.ok()) return finding.status();
  if (absl::Status status = PrintOpenQuestions(context, **client, response.inventory()); !status.ok())
    return status;
  PrintNext(context, response, *finding);
  return kOk;
}

}  // namespace

std::vector<Command> OverviewCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "overview",
       .summary = "Show at a glance what is depended on, how concentrated that is, what is foreign, and what "
                  "the rules found.",
       .flags = ConcentrationFlags(),
       .outputs = {"table", "wide", "json", "jsonl", "yaml"},
       .reads_past = true,
       .selects_consumers = true,
       .examples = {"linchpin overview", "linchpin overview --home US,CA --basis criticality",
                    "linchpin overview --home eu27"},
       .details =
           "In JSON and YAML: the concentration figures. Routes of gateways are no applications; while no "
           "application is declared, those that nothing uses stand in for applications, and a line says so.",
       .run = Overview});
  return commands;
}

}  // namespace linchpin::cli
