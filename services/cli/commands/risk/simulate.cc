// risk simulate: what stops when something is cut off.
#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "linchpin/risk/v1/simulation.pb.h"
#include "services/base/text.h"
#include "services/cli/client/errors.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/scenario_flags.h"
#include "services/cli/commands/trace.h"
#include "services/cli/names.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/saturation_text.h"
#include "services/cli/print/simulate_reasons.h"
#include "services/cli/print/stand_in_text.h"
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

std::string BreachText(const Impact& impact) {
  return Cat({impact.rto_breach() ? "RTO" : "", impact.rto_breach() && impact.mtd_breach() ? " " : "",
              impact.mtd_breach() ? "MTD" : ""});
}

// The reading in which a row is shown: the first that impairs the consumer, as its state says.
const Impact& ShownOf(const ConsumerImpact& c) {
  if (IsImpaired(c.proven())) return c.proven();
  return IsImpaired(c.likely()) ? c.likely() : c.not_excluded();
}

// "6 of 49 applications stop and 1 is degraded": `count` of what is impaired, `stopped` of them at level 0.
std::string OfPopulation(int64_t impaired, int64_t stopped, int64_t population, const Nouns& nouns) {
  const int64_t degraded = impaired - stopped;
  if (impaired == 0) return Cat({"none of ", Counted(population, nouns.one, nouns.many), " is impaired"});
  if (stopped == 0) {
    return Cat({Grouped(degraded), " of ", Counted(population, nouns.one, nouns.many),
                degraded == 1 ? " is degraded" : " are degraded"});
  }
  return Cat({Grouped(stopped), " of ", Counted(population, nouns.one, nouns.many),
              stopped == 1 ? " stops" : " stop",
              degraded == 0
                  ? ""
                  : Cat({" and ", Grouped(degraded), degraded == 1 ? " is degraded" : " are degraded"})});
}

int64_t MoreOf(const risk::Total& more, const risk::Total& less) {
  return std::max<int64_t>(0, more.impacted_applications() - less.impacted_applications()) +
         std::max<int64_t>(0, more.impacted_business_services() - less.impacted_business_services());
}

// "3 more applications and 1 more business service"; empty if there are none.
std::string Besides(const risk::Total& more, const risk::Total& less, const Nouns& nouns) {
  const int64_t applications = more.impacted_applications() - less.impacted_applications();
  const int64_t services = more.impacted_business_services() - less.impacted_business_services();
  std::string text;
  if (applications > 0) text = Counted(applications, Cat({"more ", nouns.one}), Cat({"more ", nouns.many}));
  if (services > 0)
    text += Cat(
        {text.empty() ? "" : " and ", Counted(services, "more business service", "more business services")});
  return text;
}

void PrintSentences(Context& context, const SimulateCutoffResponse& r, bool all) {
  const risk::Total& proven = r.proven();
  context.out << StandInText(r.stand_in_route_count());
  const Nouns nouns = CountedNouns(r.stand_in_route_count());
  context.out << OfPopulation(proven.impacted_applications(), proven.stopped_applications(),
                              r.application_count(), nouns);
  if (r.business_service_count() > 0) {
    context.out << "; "
                << OfPopulation(proven.impacted_business_services(), proven.stopped_business_services(),
                                r.business_service_count(), {"business service", "business services"});
  }
  context.out << ".\n";
  if (const std::string more = Besides(r.likely(), proven, nouns); !more.empty()) {
    context.out << "Probably " << more << (MoreOf(r.likely(), proven) == 1 ? ", which rests" : ", which rest")
                << " on likely facts.\n";
  }
  if (const std::string more = Besides(r.not_excluded(), r.likely(), nouns); !more.empty()) {
    const char* them = MoreOf(r.not_excluded(), r.likely()) == 1 ? "it" : "them";
    context.out << Painted(Cat({"Not excluded: ", more, ", but nothing points to ", them,
                                all ? "" : Cat({"; --all lists ", them}), "."}),
                           Paint::kDim, context.colour)
                << "\n";
  }
  context.out << "\n";
}

// Who asks for some consumers hears of these.
void PrintNamed(Context& context, const SimulateCutoffResponse& r) {
  for (const ConsumerImpact& c : r.consumers()) {
    const std::string state = StateOf(c).text;
    const bool verb = state == "stops" || state == "probably stops" || state == "cannot be excluded";
    context.out << c.consumer()
                << (state == "cannot be excluded" ? ": a hit "
                    : verb                        ? " "
                                                  : " is ")
                << state << ".\n";
  }
}

// Who depends on a model that is withdrawn, whether or not something stops: they have to move.
absl::Status PrintDependents(Context& context, Client& client, const std::string& model) {
  inventory::v1::TraceRequest request;
  request.set_name(model);
  for (const char* kind : {"Application", "BusinessService"}) request.add_kinds(kind);
  absl::StatusOr<SupplyTree> tree = ReadTree(client, request, /*dependents=*/true);
  if (tree.status().code() == absl::StatusCode::kUnimplemented) return absl::OkStatus();
  if (!tree.ok()) return tree.status();
  std::set<std::string> names;
  for (const auto& step : tree->steps) {
    if (step.name() != model) names.insert(step.name());
  }
  context.out << "\n";
  if (names.empty()) {
    context.out << "Nothing depends on " << model << ".\n";
  } else {
    context.out << Counted(tree->summary.node_count(), "consumer depends", "consumers depend") << " on "
                << model << ": " << base::JoinNames({names.begin(), names.end()}, 8)
                << "; `linchpin dependents " << model << "` shows how.\n";
  }
  return absl::OkStatus();
}

void PrintTotals(Context& context, const SimulateCutoffResponse& r, bool all) {
  std::vector<Table::Column> columns = {{""}, {"PROVEN", true}, {"LIKELY", true}};
  if (all) columns.push_back({"NOT EXCLUDED", true});
  Table table(columns);
  auto add = [&](const std::string& name, const std::function<std::string(const risk::Total&)>& text) {
    std::vector<Table::Cell> row = {name, text(r.proven()), text(r.likely())};
    if (all) row.emplace_back(text(r.not_excluded()));
    table.Add(std::move(row));
  };
  add("deployments hit", [](const risk::Total& t) { return Grouped(t.deployments_hit()); });
  add(Cat({"service lost over ", Span(r.horizon()), ", by criticality"}),
      [](const risk::Total& t) { return PercentOfPpm(t.impact_index_ppm()); });
  add("service lost at the worst moment",
      [](const risk::Total& t) { return PercentOfPpm(t.peak_index_ppm()); });
  add("cost, as far as it is priced",
      [&](const risk::Total& t) { return Money(t.cost_minor(), r.currency()); });
  table.Print(context.out, true, context.colour);
}

Table ConsumerTable(const Context& context, const SimulateCutoffResponse& r, bool all) {
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
    if (!all && !IsImpaired(c.proven()) && !IsImpaired(c.likely()) && IsImpaired(c.not_excluded())) continue;
    const Impact& shown = ShownOf(c);
    std::vector<Table::Cell> row = {c.consumer(),
                                    StateOf(c),
                                    PercentOfPpm(shown.min_level_ppm()),
                                    Span(shown.down()),
                                    FirstText(shown),
                                    BackText(shown, horizon),
                                    Table::Cell(BreachText(shown), Paint::kRed),
                                    shown.priced() ? Amount(shown.cost_minor(), r.currency()) : "not priced"};
    if (wide) {
      row.emplace_back(Span(shown.degraded()));
      row.emplace_back(Span(shown.longest_down()));
    }
    table.Add(std::move(row));
  }
  return table;
}

// The consumers for programs: the three readings apart, in base units (seconds, parts per million, minor
// units).
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
    for (const char* reading : {"PROVEN", "LIKELY", "NOT EXCLUDED"}) {
      std::string name = head;
      columns.push_back({name.replace(name.find('%'), 1, reading)});
    }
  }
  columns.push_back({"CURRENCY"});
  Table table(columns);
  for (const ConsumerImpact& c : r.consumers()) {
    std::vector<Table::Cell> row = {c.consumer(), StateOf(c).text};
    for (const auto& [head, text] : figures) {
      for (const Impact* impact : {&c.proven(), &c.likely(), &c.not_excluded()})
        row.emplace_back(text(*impact));
    }
    row.emplace_back(r.currency());
    table.Add(std::move(row));
  }
  return table;
}

// "derivations of 20 models: models/a, models/b, ...": those missing most first.
void PrintUnknownFacts(Context& context, const std::vector<risk::UnknownFact>& facts, int64_t count_of_all,
                       bool all) {
  if (facts.empty()) return;
  if (!all) {
    context.out << "\n"
                << Counted(count_of_all, "unknown fact keeps", "unknown facts keep")
                << " the rest from being excluded; --all lists " << (count_of_all == 1 ? "it" : "them")
                << ".\n";
    return;
  }
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> groups;
  for (const risk::UnknownFact& fact : facts) {
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
              << Painted(Cat({"Unknown facts that keep the rest from being excluded (",
                              std::to_string(count_of_all), ")"}),
                         Paint::kBold, context.colour)
              << "\n";
  for (const auto& [count, group] : sorted) {
    const auto& [field, collection] = group->first;
    context.out << "  " << field << " of "
                << (count == 1 ? "" : Cat({std::to_string(count), " ", collection, ": "}))
                << base::JoinNames(group->second, all ? count : kFactsShown) << "\n";
  }
}

// Those that the consumers shown rest on, each once.
std::vector<risk::UnknownFact> FactsOf(const SimulateCutoffResponse& r) {
  std::set<std::pair<std::string, std::string>> seen;
  std::vector<risk::UnknownFact> facts;
  for (const ConsumerImpact& c : r.consumers()) {
    for (const risk::UnknownFact& fact : c.unknown_facts()) {
      if (seen.emplace(fact.resource(), fact.field()).second) facts.push_back(fact);
    }
  }
  return facts;
}

void PrintUnknowns(Context& context, const SimulateCutoffResponse& r, bool all) {
  std::vector<risk::UnknownFact> facts(r.unknown_facts().begin(), r.unknown_facts().end());
  int64_t count = r.unknown_fact_count();
  if (context.arguments.Has("consumer")) {
    facts = FactsOf(r);
    count = static_cast<int64_t>(facts.size());
  }
  PrintUnknownFacts(context, facts, count, all);
  if (r.baseline_warnings_size() > 0) {
    context.out << "\n"
                << Painted("Below full service with nothing cut off", Paint::kBold, context.colour) << "\n";
    for (const std::string& name : r.baseline_warnings()) context.out << "  " << name << "\n";
  }
  if (all) return PrintAssumptions(context, r.assumptions(), all);
  if (r.assumptions_size() > 0) {
    context.out << Counted(r.assumptions_size(), "value was", "values were")
                << " assumed where nothing is stated; --all lists "
                << (r.assumptions_size() == 1 ? "it" : "them") << ".\n";
  }
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

absl::StatusOr<risk::SimulateCutoffRequest> ReadRequest(Context& context) {
  risk::SimulateCutoffRequest request;
  absl::StatusOr<risk::Scenario> scenario = ReadScenario(context);
  if (!scenario.ok()) return scenario.status();
  *request.mutable_scenario() = *std::move(scenario);
  const absl::StatusOr<int64_t> limit = ListLimit(context, kConsumersShown);
  if (!limit.ok()) return limit.status();
  request.set_max_consumers(static_cast<int>(*limit == 0 ? kConsumersMax : std::min(*limit, kConsumersMax)));
  return request;
}

// Whom it impairs and why, for people.
void PrintImpact(Context& context, const risk::Scenario& scenario, const SimulateCutoffResponse& response) {
  context.out << "If " << Painted(Headline(scenario), Paint::kBold, context.colour) << ": the first "
              << Span(response.horizon()) << "; " << SnapshotText(response.inventory()) << "\n\n";
  const bool of_named = context.arguments.Has("consumer");
  // Who asks for one consumer, or for everything, wants to know what cannot be excluded, too.
  const bool all = context.arguments.Has("all") || context.Output("table") == "wide" || of_named;
  if (of_named) {
    PrintNamed(context, response);
  } else {
    PrintSentences(context, response, all);
    PrintTotals(context, response, all);
  }
  if (response.impaired_count() == 0 && !of_named)
    context.out << "\n" << Painted("Nothing is impaired.", Paint::kGreen, context.colour) << "\n";
  if (const Table consumers = ConsumerTable(context, response, all); !consumers.empty()) {
    context.out << "\n";
    PrintTable(context, consumers);
    PrintReasons(context, scenario, response, all);
  }
  PrintSaturations(context, response, all);
  if (!of_named && response.impaired_count() > response.consumers_size()) {
    context.out << "\nThe " << response.consumers_size() << " hardest hit of " << response.impaired_count()
                << "; --limit shows more\n";
  }
  PrintUnknowns(context, response, all);
  PrintContradictions(context, response);
}

absl::StatusOr<int> RiskSimulate(Context& context) {
  absl::StatusOr<risk::SimulateCutoffRequest> request = ReadRequest(context);
  if (!request.ok()) return request.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  const auto named = NamesOfAnyKind(**client, context.arguments.All("consumer"));
  if (!named.ok()) return named.status();
  request->mutable_consumers()->Add(named->begin(), named->end());
  SimulateCutoffResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "SimulateCutoff", *request, response); !status.ok())
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
  PrintImpact(context, request->scenario(), response);
  for (const risk::Cutoff& cutoff : request->scenario().cutoffs()) {
    if (cutoff.type() != risk::Cutoff::TYPE_MODEL_WITHDRAWAL) continue;
    if (absl::Status status = PrintDependents(context, **client, cutoff.target()); !status.ok())
      return status;
  }
  return kOk;
}

}  // namespace

std::vector<Command> SimulateCommands() {
  std::vector<Flag> flags = ScenarioFlags();
  flags.push_back({"consumer", 0, "NAME", "Only this application or business service. Repeatable.", "", {}});
  flags.push_back(
      {"all", 0, "", "List also what cannot be excluded, every unknown fact and every assumption.", "", {}});
  flags.push_back(LimitFlag(kConsumersShown));
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk simulate",
       .summary = "Show what stops when something is cut off: by application, with the reason.",
       .flags = flags,
       .outputs = ListOutputs(),
       .reads_past = true,
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk simulate --exit vendors/openai",
                    "linchpin risk simulate --weights-ban CN --horizon 30d",
                    "linchpin risk simulate --api-cutoff openai --severity 70% --duration 4h",
                    "linchpin risk simulate --exit openai --notice 30d --host-failure hosts/aws-eu-central-1 "
                    "--start 2h",
                    "linchpin risk simulate --preset region-failure --target hosts/azure-swedencentral",
                    "linchpin risk simulate -f scenario.yaml -o json"},
       .details = "The hardest hit come first, at most 10,000. Cutoffs may be combined; --severity, --start, "
                  "--notice, --duration and --reach hold for the cutoff before them, or for all if they "
                  "stand first. Three readings: what stops is proven by what is stated; what probably stops "
                  "rests on likely facts, which are named; what cannot be excluded would need an unknown "
                  "fact to turn out badly, and is listed with --all. BREACHES: RTO, the outage is longer "
                  "than the recovery time objective; MTD, longer than the maximum tolerable downtime.",
       .run = RiskSimulate});
  return commands;
}

}  // namespace linchpin::cli
