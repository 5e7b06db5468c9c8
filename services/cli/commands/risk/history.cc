// risk history: how a score, or the concentration of a dimension, has moved.
#include "linchpin/risk/v1/concentration_history.pb.h"
#include "linchpin/risk/v1/score_history.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/explain.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/score_text.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

std::string CauseText(risk::ScoreRecord::Cause cause) {
  return cause == risk::ScoreRecord::CAUSE_MOVE ? "moved by more than a point" : "a new day";
}

void PrintPoints(Context& context, const risk::ListConcentrationHistoryResponse& response) {
  const bool csv = context.Output("table") == "csv";
  const auto index = [csv](double hhi) { return csv ? resource::FormatNumber(hhi) : Fixed(hhi, 0); };
  const auto share = [csv](double ratio) { return csv ? resource::FormatNumber(ratio) : Percent(ratio); };
  Table table({{"TIME"},
               {"HHI", true},
               {"AT LEAST", true},
               {"AT MOST", true},
               {"LARGEST"},
               {"SHARE", true},
               {"UNKNOWN", true},
               {"REVISION", true},
               {"WHY"}});
  for (const risk::ConcentrationPoint& point : response.points()) {
    const risk::ConcentrationFigures& figures = point.figures();
    table.Add({resource::FormatTime(point.score_time()), index(figures.hhi()), index(figures.hhi_lower()),
               index(figures.hhi_upper()), figures.top_group(), share(figures.top_share_ratio()),
               share(figures.unknown_share_ratio()), std::to_string(point.inventory_revision()),
               CauseText(point.cause())});
  }
  PrintTable(context, table);
}

void PrintPoints(Context& context, const risk::ListScoreHistoryResponse& response) {
  const bool csv = context.Output("table") == "csv";
  const auto text = [csv](double points) { return csv ? resource::FormatNumber(points) : Points(points); };
  Table table(
      {{"TIME"}, {"PROVEN", true}, {"LIKELY", true}, {"NOT EXCLUDED", true}, {"REVISION", true}, {"WHY"}});
  for (const risk::ScorePoint& point : response.points()) {
    table.Add({resource::FormatTime(point.score_time()), text(point.score().proven()),
               text(point.score().likely()), text(point.score().not_excluded()),
               std::to_string(point.inventory_revision()), CauseText(point.cause())});
  }
  PrintTable(context, table);
}

// Asks for a history and prints it.
template <typename Response, typename Request>
absl::StatusOr<int> Show(Context& context, const char* method, const Request& request) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  Response response;
  if (absl::Status status = (*client)->Call(kRisk, method, request, response); !status.ok()) return status;
  if (PrintMessage(context, response)) return kOk;
  if (response.points_size() == 0 && context.Output("table") != "csv") {
    context.out << "No history yet: it is written soon after the server has computed the scores.\n";
    return kOk;
  }
  PrintPoints(context, response);
  return kOk;
}

absl::StatusOr<int> RiskHistory(Context& context) {
  if (!context.arguments.Has("dimension")) {
    risk::ListScoreHistoryRequest request;
    absl::StatusOr<Client*> client = context.connect();
    if (!client.ok()) return client.status();
    absl::StatusOr<std::string> name = ScoredName(context, **client);
    if (!name.ok()) return name.status();
    request.set_name(*std::move(name));
    return Show<risk::ListScoreHistoryResponse>(context, "ListScoreHistory", request);
  }
  if (!context.arguments.operands.empty())
    return UsageError("a dimension has no name of a score; give NAME or --dimension");
  absl::StatusOr<int> dimension =
      FlagEnum(*common::v1::Dimension_descriptor(), "dimension", context.arguments.Get("dimension"));
  if (!dimension.ok()) return dimension.status();
  risk::ListConcentrationHistoryRequest request;
  request.set_dimension(static_cast<common::v1::Dimension>(*dimension));
  return Show<risk::ListConcentrationHistoryResponse>(context, "ListConcentrationHistory", request);
}

}  // namespace

std::vector<Command> HistoryCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk history",
       .summary = "Show how a risk score or a concentration has moved, by day and where it moved by more "
                  "than a point.",
       .operands = "[NAME]",
       .operands_max = 1,
       .flags = {{"dimension",
                  0,
                  "DIMENSION",
                  "Concentration by this one instead of a score: operator-group, host-country, ...",
                  "",
                  {}}},
       .outputs = FigureOutputs(),
       .timeout_seconds = kLookupSeconds,
       .examples = {"linchpin risk history", "linchpin risk history applications/claims-triage -o csv",
                    "linchpin risk history --dimension operator-group"},
       .details = "Without NAME: the score of the portfolio. A point of concentration is a hundredth of the "
                  "index's 10,000, or a percent of a share.",
       .run = RiskHistory});
  return commands;
}

}  // namespace linchpin::cli
