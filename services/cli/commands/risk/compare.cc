// risk compare: two scenarios side by side.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

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

// Which one costs more service, as far as is known.
void PrintVerdict(Context& context, const Side& a, const Side& b) {
  const auto lost = [](const Side& side) {
    return std::pair(side.answer.proven().impact_index_ppm(), side.answer.likely().impact_index_ppm());
  };
  const auto text = [](const Side& side) {
    const SimulateCutoffResponse& r = side.answer;
    return ReadingText(PercentOfPpm(r.proven().impact_index_ppm()),
                       PercentOfPpm(r.likely().impact_index_ppm()), "", /*all=*/false);
  };
  if (lost(a) == lost(b)) {
    context.out << "As far as is known, both cost the same service, by criticality: " << text(a) << ".\n\n";
    return;
  }
  const bool a_is_worse = lost(a) > lost(b);
  const Side &worse = a_is_worse ? a : b, &milder = a_is_worse ? b : a;
  context.out << Painted(worse.name, Paint::kBold, context.colour)
              << " costs more service, by criticality: " << text(worse) << " against " << text(milder)
              << " over " << Span(worse.answer.horizon()) << ".\n\n";
}

void PrintTotals(Context& context, const Side& a, const Side& b, bool all) {
  Table table({{"FIGURE"}, {a.name, true}, {b.name, true}});
  const auto add = [&](const std::string& figure, const auto& text) {
    const auto cell = [&](const SimulateCutoffResponse& r) {
      return ReadingText(text(r, r.proven()), text(r, r.likely()), text(r, r.not_excluded()), all);
    };
    table.Add({figure, cell(a.answer), cell(b.answer)});
  };
  const auto of = [](const char* what, int64_t count) { return Cat({what, ", of ", Grouped(count)}); };
  using R = SimulateCutoffResponse;
  using T = risk::Total;
  add("over", [](const R& r, const T&) { return Span(r.horizon()); });
  add(of("applications that stop", a.answer.application_count()),
      [](const R&, const T& t) { return Grouped(t.stopped_applications()); });
  add(of("applications impaired", a.answer.application_count()),
      [](const R&, const T& t) { return Grouped(t.impacted_applications()); });
  add(of("business services that stop", a.answer.business_service_count()),
      [](const R&, const T& t) { return Grouped(t.stopped_business_services()); });
  add("service lost, by criticality",
      [](const R&, const T& t) { return PercentOfPpm(t.impact_index_ppm()); });
  add("service lost at the worst moment",
      [](const R&, const T& t) { return PercentOfPpm(t.peak_index_ppm()); });
  add("cost, as far as it is priced",
      [](const R& r, const T& t) { return Money(t.cost_minor(), r.currency()); });
  PrintTable(context, table);
}

struct Pair {
  const risk::ConsumerImpact* a = nullptr;
  const risk::ConsumerImpact* b = nullptr;
};

// "3h 30m", "degraded 2h", "not hit".
std::string DownText(const risk::Impact& impact) {
  if (impact.down().seconds() > 0) return Span(impact.down());
  return impact.degraded().seconds() > 0 ? Cat({"degraded ", Span(impact.degraded())}) : "not hit";
}

std::string DownText(const risk::ConsumerImpact* impact, bool all) {
  if (impact == nullptr) return "not hit";
  return ReadingText(DownText(impact->proven()), DownText(impact->likely()), DownText(impact->not_excluded()),
                     all);
}

int64_t Lost(const risk::ConsumerImpact* impact,
             const risk::Impact& (risk::ConsumerImpact::*reading)() const) {
  return impact == nullptr ? 0 : (impact->*reading)().lost_ppm_seconds();
}

// Consumers that lose more by one than by the other: by the difference of what they probably lose, then of
// what is proven; with `all` also those of which only what is not excluded differs, by that.
std::vector<std::pair<std::string, Pair>> Differing(const Side& a, const Side& b, bool all) {
  std::map<std::string, Pair> by_name;
  for (const auto& impact : a.answer.consumers()) by_name[impact.consumer()].a = &impact;
  for (const auto& impact : b.answer.consumers()) by_name[impact.consumer()].b = &impact;
  const auto apart = [all](const Pair& pair) {
    using Impact = risk::ConsumerImpact;
    const auto by = [&](auto reading) { return std::abs(Lost(pair.a, reading) - Lost(pair.b, reading)); };
    return std::array{by(&Impact::likely), by(&Impact::proven), all ? by(&Impact::not_excluded) : 0};
  };
  std::vector<std::pair<std::string, Pair>> rows(by_name.begin(), by_name.end());
  std::erase_if(rows, [&](const auto& row) { return apart(row.second) == std::array<int64_t, 3>{}; });
  std::stable_sort(rows.begin(), rows.end(),
                   [&](const auto& x, const auto& y) { return apart(x.second) > apart(y.second); });
  return rows;
}

void PrintDiffering(Context& context, const Side& a, const Side& b, size_t limit, bool all) {
  const auto rows = Differing(a, b, all);
  const size_t open = Differing(a, b, true).size() - rows.size();
  if (rows.empty()) {
    context.out << (open == 0 ? "\nBoth do the same to everybody.\n"
                              : "\nAs far as is known, both do the same to everybody.\n");
  } else {
    context.out << "\nWhom they treat differently, by time down:\n";
    Table table({{"CONSUMER", false, true}, {a.name, true}, {b.name, true}});
    const size_t shown = limit == 0 ? rows.size() : std::min(rows.size(), limit);
    for (size_t i = 0; i < shown; ++i) {
      table.Add({rows[i].first, DownText(rows[i].second.a, all), DownText(rows[i].second.b, all)});
    }
    PrintTable(context, table, 2);
    if (shown < rows.size())
      context.Note(Cat({std::to_string(rows.size() - shown), " more; --limit shows more"}));
  }
  if (open > 0) {
    context.out << "Of " << open << (rows.empty() ? "" : " more")
                << " a difference is not excluded, but nothing points to it; --all lists "
                << (open == 1 ? "it" : "them") << ".\n";
  }
}

// For programs: every reading.
void PrintCsv(Context& context, const Side& a, const Side& b) {
  std::vector<Table::Column> columns = {{"CONSUMER"}};
  for (const char* side : {"A", "B"}) {
    for (const char* reading : {"PROVEN", "LIKELY", "NOT EXCLUDED"})
      columns.push_back({Cat({side, " DOWN ", reading, " SECONDS"})});
  }
  Table table(std::move(columns));
  for (const auto& [name, pair] : Differing(a, b, /*all=*/true)) {
    std::vector<Table::Cell> row = {name};
    for (const risk::ConsumerImpact* impact : {pair.a, pair.b}) {
      const risk::ConsumerImpact& one =
          impact != nullptr ? *impact : risk::ConsumerImpact::default_instance();
      for (const risk::Impact* reading : {&one.proven(), &one.likely(), &one.not_excluded()})
        row.emplace_back(std::to_string(reading->down().seconds()));
    }
    table.Add(std::move(row));
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
  const bool all = context.arguments.Has("all") || context.Output("table") == "wide";
  context.out << a->name << " against " << b->name << "; " << SnapshotText(b->answer.inventory()) << "\n\n";
  PrintVerdict(context, *a, *b);
  PrintTotals(context, *a, *b, all);
  PrintDiffering(context, *a, *b, static_cast<size_t>(*limit), all);
  return kOk;
}

}  // namespace

std::vector<Command> CompareCommands() {
  return {
      {.path = "risk compare",
       .summary = "Simulate two scenarios and show which one costs more, and whom they treat differently.",
       .operands = "A B",
       .operands_min = 2,
       .operands_max = 2,
       .flags = {{"all", 0, "", "Show also what cannot be excluded.", "", {}}, LimitFlag(kConsumersShown)},
       .outputs = {"table", "wide", "csv"},
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk compare weights-ban weights-ban-direct",
                    "linchpin risk compare scenarios/exit-of-openai throttling"},
       .details = "A and B are presets, or stored scenarios such as scenarios/exit-of-openai. Figures are "
                  "what is proven and what is likely; --all adds what cannot be excluded. CSV has all three.",
       .run = RiskCompare}};
}

}  // namespace linchpin::cli
