// risk history: how a score has moved.
#include "linchpin/risk/v1/score_history.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/print/output.h"
#include "services/cli/print/score_text.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

void PrintPoints(Context& context, const risk::ListScoreHistoryResponse& response) {
  const bool csv = context.Output("table") == "csv";
  const auto text = [csv](double points) { return csv ? resource::FormatNumber(points) : Points(points); };
  Table table(
      {{"TIME"}, {"PROVEN", true}, {"LIKELY", true}, {"NOT EXCLUDED", true}, {"REVISION", true}, {"WHY"}});
  for (const risk::ScorePoint& point : response.points()) {
    table.Add({resource::FormatTime(point.score_time()), text(point.score().proven()),
               text(point.score().likely()), text(point.score().not_excluded()),
               std::to_string(point.inventory_revision()),
               point.cause() == risk::ScoreRecord::CAUSE_MOVE ? "moved by more than a point" : "a new day"});
  }
  PrintTable(context, table);
}

absl::StatusOr<int> RiskHistory(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  risk::ListScoreHistoryRequest request;
  request.set_name(context.arguments.operands.empty() ? "portfolio" : context.arguments.operands[0]);
  risk::ListScoreHistoryResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "ListScoreHistory", request, response); !status.ok())
    return status;
  if (PrintMessage(context, response)) return kOk;
  if (response.points_size() == 0 && context.Output("table") != "csv") {
    context.out << "No history yet: scores are written soon after the server has computed them.\n";
    return kOk;
  }
  PrintPoints(context, response);
  return kOk;
}

}  // namespace

std::vector<Command> HistoryCommands() {
  std::vector<Command> commands;
  commands.push_back({"risk history",
                      "Show how a risk score has moved, by day and where it moved by more than a point.",
                      "[NAME]",
                      0,
                      1,
                      {},
                      {"linchpin risk history", "linchpin risk history applications/claims-triage -o csv"},
                      "Without NAME: the score of the portfolio.",
                      RiskHistory});
  return commands;
}

}  // namespace linchpin::cli
