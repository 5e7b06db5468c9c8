// risk presets, risk compare: incidents as scenarios, and two scenarios side by side.
#include <algorithm>
#include <map>

#include "linchpin/risk/v1/preset.pb.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/scenario_flags.h"
#include "services/cli/context.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using risk::SimulateCutoffResponse;

constexpr int kConsumersAsked = 10'000;  // of the service
constexpr int64_t kConsumersShown = 20;

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

// One side of a comparison.
struct Side {
  std::string name;
  SimulateCutoffResponse answer;
};

absl::StatusOr<Side> Simulate(Context& context, Client& client, const std::string& name) {
  absl::StatusOr<risk::Scenario> scenario = FindScenario(context, client, name, "");
  if (!scenario.ok()) return scenario.status();
  risk::SimulateCutoffRequest request;
  *request.mutable_scenario() = *scenario;
  request.set_max_consumers(kConsumersAsked);
  Side side{name, {}};
  absl::Status status = client.Call(kRisk, "SimulateCutoff", request, side.answer);
  if (!status.ok()) return status;
  return side;
}

void PrintTotals(Context& context, const Side& a, const Side& b) {
  Table table({{"FIGURE"}, {a.name, true}, {b.name, true}});
  const auto add = [&](const char* figure, const auto& text) {
    table.Add({figure, text(a.answer), text(b.answer)});
  };
  add("over", [](const auto& r) { return Span(r.horizon()); });
  add("applications impaired", [](const auto& r) {
    return Range(Grouped(r.proven().impacted_applications()),
                 Grouped(r.not_excluded().impacted_applications()));
  });
  add("business services impaired", [](const auto& r) {
    return Range(Grouped(r.proven().impacted_business_services()),
                 Grouped(r.not_excluded().impacted_business_services()));
  });
  add("service lost, by criticality", [](const auto& r) {
    return Range(PercentOfPpm(r.proven().impact_index_ppm()),
                 PercentOfPpm(r.not_excluded().impact_index_ppm()));
  });
  add("service lost at the worst moment", [](const auto& r) {
    return Range(PercentOfPpm(r.proven().peak_index_ppm()), PercentOfPpm(r.not_excluded().peak_index_ppm()));
  });
  add("cost, as far as it is priced", [](const auto& r) {
    return Range(Money(r.proven().cost_minor(), r.currency()),
                 Money(r.not_excluded().cost_minor(), r.currency()));
  });
  PrintTable(context, table);
}

struct Pair {
  const risk::ConsumerImpact* a = nullptr;
  const risk::ConsumerImpact* b = nullptr;
};

std::string DownText(const risk::ConsumerImpact* impact) {
  return impact == nullptr ? "not hit"
                           : Range(Span(impact->proven().down()), Span(impact->not_excluded().down()));
}

// By the difference of what they lose, largest first.
std::vector<std::pair<std::string, Pair>> Differing(const Side& a, const Side& b) {
  std::map<std::string, Pair> by_name;
  for (const auto& impact : a.answer.consumers()) by_name[impact.consumer()].a = &impact;
  for (const auto& impact : b.answer.consumers()) by_name[impact.consumer()].b = &impact;
  const auto lost = [](const risk::ConsumerImpact* impact) {
    return impact == nullptr ? int64_t{0} : impact->not_excluded().lost_ppm_seconds();
  };
  std::vector<std::pair<std::string, Pair>> rows(by_name.begin(), by_name.end());
  std::erase_if(rows, [&](const auto& row) { return lost(row.second.a) == lost(row.second.b); });
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& x, const auto& y) {
    return std::abs(lost(x.second.a) - lost(x.second.b)) > std::abs(lost(y.second.a) - lost(y.second.b));
  });
  return rows;
}

void PrintDiffering(Context& context, const Side& a, const Side& b, size_t limit) {
  const auto rows = Differing(a, b);
  if (rows.empty()) {
    context.out << "\nBoth do the same to everybody.\n";
    return;
  }
  context.out << "\nWhom they treat differently, by time down:\n";
  Table table({{"CONSUMER", false, true}, {a.name, true}, {b.name, true}});
  const size_t shown = limit == 0 ? rows.size() : std::min(rows.size(), limit);
  for (size_t i = 0; i < shown; ++i) {
    table.Add({rows[i].first, DownText(rows[i].second.a), DownText(rows[i].second.b)});
  }
  PrintTable(context, table, 2);
  if (shown < rows.size())
    context.Note(Cat({std::to_string(rows.size() - shown), " more; --limit shows more"}));
}

// Both for programs.
void PrintCsv(Context& context, const Side& a, const Side& b) {
  Table table({{"CONSUMER"},
               {"A DOWN PROVEN SECONDS"},
               {"A DOWN NOT EXCLUDED SECONDS"},
               {"B DOWN PROVEN SECONDS"},
               {"B DOWN NOT EXCLUDED SECONDS"}});
  const auto down = [](const risk::ConsumerImpact* impact, bool all) {
    if (impact == nullptr) return std::string("0");
    return std::to_string((all ? impact->not_excluded() : impact->proven()).down().seconds());
  };
  for (const auto& [name, pair] : Differing(a, b)) {
    table.Add({name, down(pair.a, false), down(pair.a, true), down(pair.b, false), down(pair.b, true)});
  }
  PrintTable(context, table);
}

absl::StatusOr<int> RiskCompare(Context& context) {
  absl::StatusOr<int64_t> limit = ListLimit(context, kConsumersShown);
  if (!limit.ok()) return limit.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<Side> a = Simulate(context, **client, context.arguments.operands[0]);
  if (!a.ok()) return a.status();
  absl::StatusOr<Side> b = Simulate(context, **client, context.arguments.operands[1]);
  if (!b.ok()) return b.status();
  if (context.Output("table") == "csv") {
    PrintCsv(context, *a, *b);
    return kOk;
  }
  context.out << a->name << " against " << b->name << "; [BEST, WORST]; "
              << SnapshotText(b->answer.inventory()) << "\n\n";
  PrintTotals(context, *a, *b);
  PrintDiffering(context, *a, *b, static_cast<size_t>(*limit));
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
  commands.push_back({.path = "risk compare",
                      .summary = "Simulate two scenarios and show where they differ.",
                      .operands = "A B",
                      .operands_min = 2,
                      .operands_max = 2,
                      .flags = {LimitFlag(kConsumersShown)},
                      .outputs = {"table", "wide", "csv"},
                      .selects_consumers = true,
                      .asks_what_if = true,
                      .examples = {"linchpin risk compare weights-ban weights-ban-direct",
                                   "linchpin risk compare scenarios/exit-of-openai throttling"},
                      .details = "A and B are presets, or stored scenarios such as scenarios/exit-of-openai.",
                      .run = RiskCompare});
  return commands;
}

}  // namespace linchpin::cli
