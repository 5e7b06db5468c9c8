// risk simulate: what stops when something is cut off.
#include <algorithm>
#include <functional>
#include <map>

#include "linchpin/risk/v1/simulation.pb.h"
#include "services/base/text.h"
#include "services/cli/client/errors.h"
#include "services/cli/commands.h"
#include "services/cli/commands/scenario_flags.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/simulate_reasons.h"
#include "services/cli/print/table.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using risk::ConsumerImpact;
using risk::Impact;
using risk::SimulateCutoffResponse;

constexpr size_t kFactsShown = 4;
constexpr int64_t kConsumersShown = 1000;
constexpr int64_t kConsumersMax = 10'000;  // of the service

std::string FirstText(const Impact& impact) {
  if (!impact.has_first_impact()) return "never";
  return impact.first_impact().seconds() == 0 ? "at once" : Cat({"after ", Span(impact.first_impact())});
}

std::string BackText(const Impact& impact, const std::string& horizon) {
  if (!IsImpaired(impact)) return "not hit";
  return impact.has_recovered() ? Cat({"after ", Span(impact.recovered())}) : Cat({"not within ", horizon});
}

std::string BreachText(const ConsumerImpact& c) {
  auto text = [](const char* name, bool best, bool worst) {
    return best ? std::string(name) : worst ? Cat({name, "?"}) : std::string();
  };
  const std::string rto = text("RTO", c.best().rto_breach(), c.worst().rto_breach());
  const std::string mtd = text("MTD", c.best().mtd_breach(), c.worst().mtd_breach());
  return Cat({rto, rto.empty() || mtd.empty() ? "" : " ", mtd});
}

// "5 applications and 3 business services are hit for certain; 34 and 3 more perhaps."
void PrintSentence(Context& context, const SimulateCutoffResponse& r) {
  const risk::Total &best = r.best(), &worst = r.worst();
  if (worst.impacted_count() == 0 && best.impacted_count() == 0) return;
  const int64_t applications = worst.impacted_applications() - best.impacted_applications();
  const int64_t services = worst.impacted_business_services() - best.impacted_business_services();
  context.out << Counted(best.impacted_applications(), "application", "applications") << " and "
              << Counted(best.impacted_business_services(), "business service", "business services")
              << " are hit for certain";
  if (applications > 0 || services > 0) {
    context.out << "; " << Counted(applications, "application", "applications") << " and "
                << Counted(services, "business service", "business services")
                << " more, if unknown facts turn out badly";
  }
  context.out << ".\n\n";
}

void PrintTotals(Context& context, const SimulateCutoffResponse& r) {
  const risk::Total &best = r.best(), &worst = r.worst();
  Table table({{"FIGURE"}, {"[BEST, WORST]", true}});
  auto count = [&](const char* name, int64_t low, int64_t high) {
    table.Add({name, Range(Grouped(low), Grouped(high))});
  };
  count("applications impaired", best.impacted_applications(), worst.impacted_applications());
  count("business services impaired", best.impacted_business_services(), worst.impacted_business_services());
  count("deployments hit", best.deployments_hit(), worst.deployments_hit());
  table.Add({Cat({"service lost over ", Span(r.horizon()), ", by criticality"}),
             Range(PercentOfPpm(best.impact_index_ppm()), PercentOfPpm(worst.impact_index_ppm()))});
  table.Add({"service lost at the worst moment",
             Range(PercentOfPpm(best.peak_index_ppm()), PercentOfPpm(worst.peak_index_ppm()))});
  table.Add({"cost, as far as it is priced",
             Range(Money(best.cost_minor(), r.currency()), Money(worst.cost_minor(), r.currency()))});
  table.Print(context.out, false, context.colour);
}

Table ConsumerTable(const Context& context, const SimulateCutoffResponse& r) {
  const bool wide = context.Output("table") == "wide";
  // Names and states matter most: on a narrow terminal the times go first.
  const std::string cost = Cat({"COST", r.currency().empty() ? "" : " ", r.currency()});
  std::vector<Table::Column> columns = {{"CONSUMER", false, true},         {"STATE"},
                                        {"SERVICE LEFT", false, false, 4}, {"DOWN", false, false, 3},
                                        {"FIRST HIT", false, false, 5},    {"BACK", false, false, 6},
                                        {"BREACHES", false, false, 2},     {cost, true, false, 1}};
  if (wide) columns.insert(columns.end(), {{"DEGRADED"}, {"LONGEST DOWN"}});
  Table table(columns);
  const std::string horizon = Span(r.horizon());
  for (const ConsumerImpact& c : r.consumers()) {
    const Impact &best = c.best(), &worst = c.worst();
    const bool priced = best.priced() || worst.priced();
    std::vector<Table::Cell> row = {
        c.consumer(),
        StateOf(c),
        Range(PercentOfPpm(worst.min_level_ppm()), PercentOfPpm(best.min_level_ppm())),
        Range(Span(best.down()), Span(worst.down())),
        Range(FirstText(best), FirstText(worst)),
        Range(BackText(best, horizon), BackText(worst, horizon)),
        Table::Cell(BreachText(c), Paint::kRed),
        priced ? Range(Amount(best.cost_minor(), r.currency()), Amount(worst.cost_minor(), r.currency()))
               : "not priced"};
    if (wide) {
      row.emplace_back(Range(Span(best.degraded()), Span(worst.degraded())));
      row.emplace_back(Range(Span(best.longest_down()), Span(worst.longest_down())));
    }
    table.Add(std::move(row));
  }
  return table;
}

// Both worlds of a figure in two cells; an absent one is empty.
void AddBoth(const ConsumerImpact& c, const std::function<std::string(const Impact&)>& text,
             std::vector<Table::Cell>& row) {
  row.emplace_back(text(c.best()));
  row.emplace_back(text(c.worst()));
}

// The consumers for programs: both worlds apart, in base units (seconds, parts per million, minor units).
Table ConsumerCsv(const SimulateCutoffResponse& r) {
  auto seconds = [](const google::protobuf::Duration& d) { return std::to_string(d.seconds()); };
  const std::vector<std::pair<const char*, std::function<std::string(const Impact&)>>> figures = {
      {"SERVICE LEFT % PPM", [](const Impact& i) { return std::to_string(i.min_level_ppm()); }},
      {"DOWN % SECONDS", [&](const Impact& i) { return seconds(i.down()); }},
      {"LONGEST DOWN % SECONDS", [&](const Impact& i) { return seconds(i.longest_down()); }},
      {"DEGRADED % SECONDS", [&](const Impact& i) { return seconds(i.degraded()); }},
      {"FIRST HIT % SECONDS",
       [&](const Impact& i) { return i.has_first_impact() ? seconds(i.first_impact()) : ""; }},
      {"BACK % SECONDS", [&](const Impact& i) { return i.has_recovered() ? seconds(i.recovered()) : ""; }},
      {"RTO BREACH %", [](const Impact& i) { return std::string(i.rto_breach() ? "yes" : "no"); }},
      {"MTD BREACH %", [](const Impact& i) { return std::string(i.mtd_breach() ? "yes" : "no"); }},
      {"COST % MINOR", [](const Impact& i) { return i.priced() ? std::to_string(i.cost_minor()) : ""; }},
  };
  std::vector<Table::Column> columns = {{"CONSUMER"}, {"STATE"}};
  for (const auto& [head, text] : figures) {
    for (const char* world : {"BEST", "WORST"}) {
      std::string name = head;
      columns.push_back({name.replace(name.find('%'), 1, world)});
    }
  }
  columns.push_back({"CURRENCY"});
  Table table(columns);
  for (const ConsumerImpact& c : r.consumers()) {
    std::vector<Table::Cell> row = {c.consumer(), StateOf(c).text};
    for (const auto& [head, text] : figures) AddBoth(c, text, row);
    row.emplace_back(r.currency());
    table.Add(std::move(row));
  }
  return table;
}

// "derivations of 20 models: models/a, models/b, ...": those missing most first.
void PrintUnknownFacts(Context& context, const SimulateCutoffResponse& r, bool all) {
  if (r.unknown_facts_size() == 0) return;
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> groups;
  for (const risk::UnknownFact& fact : r.unknown_facts()) {
    const resource::KindInfo* kind = resource::KindOfName(fact.resource());
    groups[{fact.field(), kind == nullptr ? "resources" : kind->collection}].push_back(fact.resource());
  }
  std::vector<std::pair<
      size_t, const std::pair<const std::pair<std::string, std::string>, std::vector<std::string>>*>>
      sorted;
  for (const auto& group : groups) sorted.emplace_back(group.second.size(), &group);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  context.out << "\n"
              << Painted(Cat({"Unknown facts that the ranges come from (",
                              std::to_string(r.unknown_facts_size()), ")"}),
                         Paint::kBold, context.colour)
              << "\n";
  for (const auto& [count, group] : sorted) {
    const auto& [field, collection] = group->first;
    context.out << "  " << field << " of "
                << (count == 1 ? "" : Cat({std::to_string(count), " ", collection, ": "}))
                << base::JoinNames(group->second, all ? count : kFactsShown) << "\n";
  }
}

void PrintUnknowns(Context& context, const SimulateCutoffResponse& r) {
  const bool all = context.Output("table") == "wide";
  PrintUnknownFacts(context, r, all);
  if (r.baseline_warnings_size() > 0) {
    context.out << "\n"
                << Painted("Below full service with nothing cut off", Paint::kBold, context.colour) << "\n";
    for (const std::string& name : r.baseline_warnings()) context.out << "  " << name << "\n";
  }
  PrintAssumptions(context, r.assumptions(), all);
}

std::string Headline(const risk::Scenario& scenario) {
  std::string text;
  for (int i = 0; i < scenario.cutoffs_size(); ++i) {
    text += Cat({i == 0                             ? ""
                 : i + 1 == scenario.cutoffs_size() ? " and "
                                                    : "; ",
                 CutoffText(scenario.cutoffs(i))});
  }
  return text;
}

absl::StatusOr<int> RiskSimulate(Context& context) {
  absl::StatusOr<risk::Scenario> scenario = ReadScenario(context);
  if (!scenario.ok()) return scenario.status();
  risk::SimulateCutoffRequest request;
  *request.mutable_scenario() = *scenario;
  for (const std::string& name : context.arguments.All("consumer")) request.add_consumers(name);
  absl::StatusOr<int64_t> limit = ListLimit(context, kConsumersShown);
  if (!limit.ok()) return limit.status();
  request.set_max_consumers(static_cast<int>(*limit == 0 ? kConsumersMax : std::min(*limit, kConsumersMax)));
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  SimulateCutoffResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "SimulateCutoff", request, response); !status.ok())
    return RenameFields(status, [&](const std::string& f) { return FlagOfCutoffField(context, f); });
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "csv") {
    PrintTable(context, ConsumerCsv(response));
    return kOk;
  }
  if (context.Output("table") == "name") {
    for (const ConsumerImpact& c : response.consumers()) context.out << c.consumer() << "\n";
    return kOk;
  }
  context.out << "If " << Painted(Headline(*scenario), Paint::kBold, context.colour) << ": the first "
              << Span(response.horizon()) << "; " << SnapshotText(response.inventory()) << "\n\n";
  PrintSentence(context, response);
  PrintTotals(context, response);
  if (response.consumers_size() == 0) {
    context.out << "\n" << Painted("Nothing is impaired.", Paint::kGreen, context.colour) << "\n";
  } else {
    context.out << "\n";
    PrintTable(context, ConsumerTable(context, response));
    PrintReasons(context, *scenario, response);
  }
  const int64_t hit = std::max(response.best().impacted_count(), response.worst().impacted_count());
  if (context.arguments.All("consumer").empty() && hit > response.consumers_size()) {
    context.out << "\nThe " << response.consumers_size() << " hardest hit of " << hit
                << "; --limit shows more\n";
  }
  PrintUnknowns(context, response);
  return kOk;
}

}  // namespace

std::vector<Command> SimulateCommands() {
  std::vector<Flag> flags = ScenarioFlags();
  flags.push_back(
      {"consumer", 0, "NAME", "Only this application or business service. May be given again.", "", {}});
  flags.push_back(LimitFlag(kConsumersShown));
  std::vector<Command> commands;
  commands.push_back(
      {"risk simulate",
       "Show what stops when something is cut off: by application, with the reason.",
       "",
       0,
       0,
       flags,
       {"linchpin risk simulate --exit vendors/openai",
        "linchpin risk simulate --weights-ban CN --horizon 30d",
        "linchpin risk simulate --api-cutoff openai --severity 70% --duration 4h",
        "linchpin risk simulate --exit openai --notice 30d --host-failure hosts/aws-eu-central-1 --start 2h",
        "linchpin risk simulate -f scenario.yaml -o json"},
       "The hardest hit come first, at most 10,000. Cutoffs may be combined; --severity, --start, --notice, "
       "--duration and --reach hold for the cutoff "
       "before them, or for all if they stand first. Figures in brackets are [BEST, WORST]: what "
       "happens if every unknown fact turns out well, and if every one turns out badly. The facts in "
       "question are listed. BREACHES: RTO, the outage is longer than the recovery time objective; "
       "MTD, longer than the maximum tolerable downtime; with a question mark, in WORST only.",
       RiskSimulate});
  return commands;
}

}  // namespace linchpin::cli
