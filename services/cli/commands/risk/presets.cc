// risk presets: incidents as scenarios.
#include "linchpin/risk/v1/preset.pb.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;

absl::StatusOr<int> RiskPresets(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  risk::ListScenarioPresetsResponse response;
  absl::Status status =
      (*client)->Call(kRisk, "ListScenarioPresets", risk::ListScenarioPresetsRequest(), response);
  if (!status.ok()) return status;
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "name") {
    for (const risk::ScenarioPreset& preset : response.presets()) context.out << preset.id() << "\n";
    return kOk;
  }
  Table table(
      {{"PRESET"}, {"INCIDENT", false, false, 1}, {"WHAT", false, true}, {"SOURCE", false, false, 2}});
  for (const risk::ScenarioPreset& preset : response.presets()) {
    table.Add({preset.id(), preset.incident_date(), preset.display_name(), preset.source()});
  }
  PrintTable(context, table);
  return kOk;
}

}  // namespace

std::vector<Command> PresetCommands() {
  std::vector<Command> commands;
  commands.push_back({.path = "risk presets",
                      .summary = "List the shipped scenarios: incidents with their dates and sources.",
                      .outputs = ListOutputs(),
                      .timeout_seconds = kLookupSeconds,
                      .examples = {"linchpin risk presets", "linchpin risk simulate --preset region-failure"},
                      .details = "Each is made for the inventory: what an incident was about is replaced "
                                 "where the inventory does not hold it.",
                      .run = RiskPresets});
  return commands;
}

}  // namespace linchpin::cli
