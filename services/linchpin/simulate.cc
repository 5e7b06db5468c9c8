// risk simulate: what stops when something is cut off.
#include <algorithm>
#include <map>
#include <set>

#include "linchpin/risk/v1/simulation.pb.h"
#include "services/linchpin/commands.h"
#include "services/linchpin/figures.h"
#include "services/linchpin/output.h"
#include "services/linchpin/proof.h"
#include "services/linchpin/scenario_flags.h"
#include "services/linchpin/table.h"
#include "services/resource/text.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using resource::Cat;
using risk::Cause;
using risk::ConsumerImpact;
using risk::Impact;
using risk::SimulateCutoffResponse;

constexpr int kFactsShown = 20;
constexpr int kCausesShown = 3;
constexpr size_t kExplainedMax = 50;

bool IsImpaired(const Impact& impact) { return impact.has_first_impact(); }
bool Stops(const Impact& impact) { return IsImpaired(impact) && impact.min_level_ppm() == 0; }

// One word for both worlds.
Table::Cell StateOf(const ConsumerImpact& c) {
  if (Stops(c.best())) return {"stops", Paint::kRed};
  if (IsImpaired(c.best())) return {Stops(c.worst()) ? "degraded, may stop" : "degraded", Paint::kYellow};
  return {Stops(c.worst()) ? "may stop" : "may degrade", Paint::kYellow};
}

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
  const bool wide = context.Output("table") == "wide" || context.Output("table") == "csv";
  std::vector<Table::Column> columns = {{"CONSUMER", false, true},
                                        {"STATE"},
                                        {"SERVICE LEFT"},
                                        {"DOWN"},
                                        {"FIRST HIT"},
                                        {"BACK"},
                                        {"BREACHES"},
                                        {"COST"}};
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
        priced ? Range(Money(best.cost_minor(), r.currency()), Money(worst.cost_minor(), r.currency()))
               : "not priced"};
    if (wide) {
      row.emplace_back(Range(Span(best.degraded()), Span(worst.degraded())));
      row.emplace_back(Range(Span(best.longest_down()), Span(worst.longest_down())));
    }
    table.Add(std::move(row));
  }
  return table;
}

// The causes of a consumer, those that hold in BEST first, each path once.
std::vector<const Cause*> CausesOf(const ConsumerImpact& c) {
  std::vector<const Cause*> causes;
  std::set<std::string> seen;
  for (const Impact* impact : {&c.best(), &c.worst()}) {
    for (const risk::Segment& segment : impact->segments()) {
      for (const Cause& cause : segment.causes()) {
        if (seen.insert(Cat({cause.cutoff(), "\n",
                             resource::JoinNames({cause.path().begin(), cause.path().end()}, 1000)}))
                .second) {
          causes.push_back(&cause);
        }
      }
    }
  }
  return causes;
}

// Cutoffs by the id that causes use: the given one, else the place in the list from 1.
std::map<std::string, const risk::Cutoff*> ById(const risk::Scenario& scenario) {
  std::map<std::string, const risk::Cutoff*> by_id;
  for (int i = 0; i < scenario.cutoffs_size(); ++i) {
    const risk::Cutoff& cutoff = scenario.cutoffs(i);
    by_id[cutoff.id().empty() ? std::to_string(i + 1) : cutoff.id()] = &cutoff;
  }
  return by_id;
}

// Which facts of the deployment leave it open whether it is hit.
std::string UnknownsOf(const ConsumerImpact& c, const std::string& deployment) {
  std::vector<std::string> fields;
  for (const risk::UnknownFact& fact : c.unknown_facts()) {
    if (fact.resource() == deployment) fields.push_back(fact.field());
  }
  return fields.empty() ? "facts that would tell are unknown"
                        : Cat({resource::JoinNames(fields, 5), " of it ", fields.size() == 1 ? "is" : "are",
                               " unknown"});
}

void PrintCause(Context& context, const ConsumerImpact& c, const Cause& cause, const risk::Cutoff* cutoff,
                const ProofFinder& proofs) {
  if (cause.path_size() == 0) return;
  const std::string& hit = cause.path(0);
  const std::string chain = cutoff == nullptr ? "" : proofs.Chain(hit, *cutoff);
  const bool certain = !chain.empty() || cutoff == nullptr || cutoff->target() == hit;
  const bool prohibited = cause.loss_class() == risk::LOSS_CLASS_PROHIBITED;
  context.out << "    " << hit << (certain ? "" : " perhaps")
              << (prohibited ? " may not be used" : " does not answer");
  if (cutoff != nullptr) context.out << ": " << CutoffText(*cutoff);
  context.out << "\n";
  if (!chain.empty()) {
    context.out << "      it " << chain << "\n";
  } else if (!certain) {
    context.out << "      " << Painted(UnknownsOf(c, hit), Paint::kYellow, context.colour) << "\n";
  }
  std::string path;
  for (int i = 1; i < cause.path_size(); ++i) path += Cat({path.empty() ? "" : " -> ", cause.path(i)});
  context.out << "      takes with it " << path << "\n";
}

void PrintReasons(Context& context, const risk::Scenario& scenario, const SimulateCutoffResponse& r,
                  Client& client) {
  const auto by_id = ById(scenario);
  ProofFinder proofs(client);
  std::set<std::string> hit;
  for (const ConsumerImpact& c : r.consumers()) {
    for (const Cause* cause : CausesOf(c)) {
      if (cause->path_size() > 0) hit.insert(cause->path(0));
    }
  }
  proofs.Prepare({hit.begin(), hit.end()});
  context.out << "\n" << Painted("Why", Paint::kBold, context.colour) << "\n";
  size_t explained = 0;
  for (const ConsumerImpact& c : r.consumers()) {
    if (++explained > kExplainedMax) {
      context.out << "  ... " << r.consumers_size() - static_cast<int>(kExplainedMax)
                  << " more; --consumer NAME explains one, -o json has all\n";
      return;
    }
    const Table::Cell state = StateOf(c);
    context.out << "  " << Painted(c.consumer(), Paint::kBold, context.colour) << " "
                << Painted(state.text, state.paint, context.colour) << "\n";
    const std::vector<const Cause*> causes = CausesOf(c);
    for (size_t i = 0; i < causes.size() && i < kCausesShown; ++i) {
      const auto cutoff = by_id.find(causes[i]->cutoff());
      PrintCause(context, c, *causes[i], cutoff == by_id.end() ? nullptr : cutoff->second, proofs);
    }
    if (causes.size() > kCausesShown)
      context.out << "    ... and by " << causes.size() - kCausesShown << " more ways\n";
  }
}

void PrintUnknowns(Context& context, const SimulateCutoffResponse& r) {
  const bool all = context.Output("table") == "wide";
  if (r.unknown_facts_size() > 0) {
    context.out << "\n"
                << Painted(Cat({"Unknown facts that the ranges come from (",
                                std::to_string(r.unknown_facts_size()), ")"}),
                           Paint::kBold, context.colour)
                << "\n";
    const int shown = all ? r.unknown_facts_size() : std::min(kFactsShown, r.unknown_facts_size());
    for (int i = 0; i < shown; ++i)
      context.out << "  " << r.unknown_facts(i).field() << " of " << r.unknown_facts(i).resource() << "\n";
    if (shown < r.unknown_facts_size())
      context.out << "  ... " << r.unknown_facts_size() - shown << " more; -o wide shows them\n";
  }
  if (r.baseline_warnings_size() > 0) {
    context.out << "\n"
                << Painted("Below full service with nothing cut off", Paint::kBold, context.colour) << "\n";
    for (const std::string& name : r.baseline_warnings()) context.out << "  " << name << "\n";
  }
  if (r.assumptions_size() == 0) return;
  const int shown = all ? r.assumptions_size() : std::min(5, r.assumptions_size());
  context.out << "\n"
              << Painted("Assumed, because nobody said otherwise", Paint::kBold, context.colour) << "\n";
  for (int i = 0; i < shown; ++i) context.out << "  " << r.assumptions(i) << "\n";
  if (shown < r.assumptions_size())
    context.out << "  ... " << r.assumptions_size() - shown << " more; -o wide shows them\n";
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
  absl::StatusOr<int64_t> limit = context.arguments.Number("limit");
  if (!limit.ok()) return limit.status();
  request.set_max_consumers(static_cast<int>(std::clamp<int64_t>(*limit, 1, 10'000)));
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  SimulateCutoffResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "SimulateCutoff", request, response); !status.ok())
    return status;
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "csv") {
    PrintTable(context, ConsumerTable(context, response));
    return kOk;
  }
  if (context.Output("table") == "name") {
    for (const ConsumerImpact& c : response.consumers()) context.out << c.consumer() << "\n";
    return kOk;
  }
  context.out << "If " << Painted(Headline(*scenario), Paint::kBold, context.colour) << ": the first "
              << Span(response.horizon()) << "; " << SnapshotText(response.inventory()) << "\n\n";
  PrintTotals(context, response);
  if (response.consumers_size() == 0) {
    context.out << "\n" << Painted("Nothing is impaired.", Paint::kGreen, context.colour) << "\n";
  } else {
    context.out << "\n";
    PrintTable(context, ConsumerTable(context, response));
    PrintReasons(context, *scenario, response, **client);
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
  flags.push_back({"limit", 0, "N", "Show at most so many consumers, the hardest hit first.", "1000", {}});
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
       "Cutoffs may be combined; --severity, --start, --notice, --duration and --reach hold for the cutoff "
       "before them, or for all if they stand first. Figures in brackets are [BEST, WORST]: what "
       "happens if every unknown fact turns out well, and if every one turns out badly. The facts in "
       "question are listed. BREACHES: RTO, the outage is longer than the recovery time objective; "
       "MTD, longer than the maximum tolerable downtime; with a question mark, in WORST only.",
       RiskSimulate});
  return commands;
}

}  // namespace linchpin::cli
