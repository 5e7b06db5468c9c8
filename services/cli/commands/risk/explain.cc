// risk explain: what a score is made of, down to the dependency and what it lacks.
#include "services/cli/commands/risk/explain.h"

#include <algorithm>

#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"
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

constexpr char kPortfolio[] = "portfolio";
constexpr int64_t kContributionsShown = 20;
constexpr int64_t kContributionsMax = 1000;  // of the service
constexpr int kAdviceShown = 3;

void PrintAdvice(Context& context, const risk::ExplainScoreResponse& response, int max) {
  if (response.weaknesses_size() == 0) return;
  context.out << "What would lower it:\n";
  for (int i = 0; i < std::min(response.weaknesses_size(), max); ++i) {
    const risk::Weakness& weakness = response.weaknesses(i);
    const std::string points = weakness.points() > 0 ? Points(weakness.points())
                                                     : Cat({"up to ", Points(weakness.possible_points())});
    context.out << "  " << points << " points: " << AdviceText(weakness) << "\n";
  }
}

std::string ThroughText(const risk::Contribution& contribution) {
  std::string text;
  for (const risk::WeakDependency& weak : contribution.dependencies()) {
    const std::string id = weak.dependency().substr(weak.dependency().rfind('/') + 1);
    text += Cat({text.empty() ? "" : "; ", id, ": ", GapText(weak.gap())});
    if (weak.path_size() > 2) text += Cat({" through ", weak.path(1)});
  }
  return text;
}

std::string RateText(const risk::Contribution& contribution) {
  if (contribution.source() == risk::HAZARD_SOURCE_DATE && contribution.start().seconds() == 0) return "due";
  if (contribution.source() == risk::HAZARD_SOURCE_DATE) return Cat({"in ", Span(contribution.start())});
  return Cat({resource::FormatNumber(contribution.rate_per_year()),
              contribution.source() == risk::HAZARD_SOURCE_ATOM ? " own" : ""});
}

void PrintContributions(Context& context, const risk::ExplainScoreResponse& response) {
  Table table({{"POINTS", true},
               {"NOT EXCLUDED", true, false, 2},
               {"LOSS OF"},
               {"A YEAR", true, false, 1},
               {"DOWN FOR", true},
               {"THROUGH", false, true}});
  for (const risk::Contribution& one : response.contributions()) {
    table.Add({Points(Shown(one.points())), Points(one.points().not_excluded()), one.atom(), RateText(one),
               one.has_down_proven() ? Range(Span(one.down_proven()), Span(one.down_not_excluded())) : "",
               ThroughText(one)});
  }
  PrintTable(context, table);
  const auto rest = response.contribution_count() - response.contributions_size();
  if (rest > 0) {
    context.Note(Cat({Grouped(rest), " more add ", Points(Shown(response.other())), "; --limit shows more"}));
  }
}

void PrintContributionsCsv(Context& context, const risk::ExplainScoreResponse& response) {
  Table table({{"ATOM"},
               {"PROVEN"},
               {"LIKELY"},
               {"NOT EXCLUDED"},
               {"RATE PER YEAR"},
               {"DOWN PROVEN SECONDS"},
               {"DOWN NOT EXCLUDED SECONDS"},
               {"THROUGH"}});
  for (const risk::Contribution& one : response.contributions()) {
    table.Add({one.atom(), resource::FormatNumber(one.points().proven()),
               resource::FormatNumber(one.points().likely()),
               resource::FormatNumber(one.points().not_excluded()),
               resource::FormatNumber(one.rate_per_year()), std::to_string(one.down_proven().seconds()),
               std::to_string(one.down_not_excluded().seconds()), ThroughText(one)});
  }
  PrintTable(context, table);
}

void PrintRates(Context& context, const risk::ExplainScoreResponse& response) {
  if (response.sensitivities_size() == 0) return;
  context.out << "\nIf the rate of a hazard were another:\n";
  Table table({{"HAZARD"},
               {"A YEAR", true},
               {"SCORE WITHOUT", true},
               {"AT TWICE", true},
               {"NEW FIRST DRIVER", false, true}});
  for (const risk::RateSensitivity& one : response.sensitivities()) {
    std::string driver;
    if (one.has_rate_of_new_driver()) {
      driver = Cat({one.new_driver(), one.rate_of_new_driver() < one.rate_per_year() ? " below " : " above ",
                    Fixed(one.rate_of_new_driver(), 3)});
    }
    table.Add({FlagWord(*risk::HazardClass_descriptor(), one.hazard_class()),
               resource::FormatNumber(one.rate_per_year()), Points(Shown(one.score_without())),
               Points(Shown(one.score_at_twice())), driver});
  }
  PrintTable(context, table, 2);
}

absl::StatusOr<int> RiskExplain(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<int64_t> limit = ListLimit(context, kContributionsShown);
  if (!limit.ok()) return limit.status();
  absl::StatusOr<std::string> name = ScoredName(context, **client);
  if (!name.ok()) return name.status();
  const int64_t most = *limit == 0 ? kContributionsMax : std::min(*limit, kContributionsMax);
  absl::StatusOr<risk::ExplainScoreResponse> response =
      ExplainScore(context, **client, *name, static_cast<int>(most));
  if (!response.ok()) return response.status();
  if (PrintMessage(context, *response)) return kOk;
  if (context.Output("table") == "csv") {
    PrintContributionsCsv(context, *response);
    return kOk;
  }
  PrintScoreHead(context, *response);
  if (response->contributions_size() == 0) return kOk;
  context.out << "\n";
  PrintContributions(context, *response);
  PrintRates(context, *response);
  return kOk;
}

}  // namespace

void PrintScoreHead(Context& context, const risk::ExplainScoreResponse& response) {
  const risk::Score& score = response.score();
  context.out << Painted(Cat({score.name(), ": risk score ", ScoreText(score), " of 100"}), Paint::kBold,
                         context.colour);
  if (score.has_max_tolerable_downtime()) {
    context.out
        << ": the chance in percent that within a year a supply cutoff takes it down for longer than the "
        << Span(score.max_tolerable_downtime()) << " that it tolerates";
  } else if (score.name().rfind("vendors/", 0) == 0) {
    context.out << ": what the score of the portfolio would fall by without it";
  }
  context.out << "\n";
  if (score.drivers_size() > 0) context.out << "Driven by " << DriversText(score) << "\n";
  PrintAdvice(context, response, kAdviceShown);
  context.out << BasisText(response.basis()) << "; " << SnapshotText(response.basis().inventory()) << "\n";
}

absl::StatusOr<std::string> ScoredName(const Context& context, Client& client) {
  const std::vector<std::string>& operands = context.arguments.operands;
  if (operands.empty() || operands[0] == kPortfolio) return std::string(kPortfolio);
  return NameOfAnyKind(client, operands[0]);
}

absl::StatusOr<risk::ExplainScoreResponse> ExplainScore(const Context& context, Client& client,
                                                        const std::string& name, int contributions) {
  risk::ExplainScoreRequest request;
  request.set_name(name);
  request.set_hazard_table(context.arguments.Get("hazards"));
  request.set_max_contributions(contributions);
  risk::ExplainScoreResponse response;
  if (absl::Status status = client.Call(kRisk, "ExplainScore", request, response); !status.ok())
    return status;
  return response;
}

std::vector<Command> ExplainCommands() {
  std::vector<Command> commands;
  commands.push_back({.path = "risk explain",
                      .summary = "Explain a risk score: what drives it, through which dependency, what that "
                                 "lacks, what would lower it.",
                      .operands = "[NAME]",
                      .operands_max = 1,
                      .flags = {HazardsFlag(), LimitFlag(kContributionsShown)},
                      .outputs = FigureOutputs(),
                      .reads_past = true,
                      .selects_consumers = true,
                      .asks_what_if = true,
                      .examples = {"linchpin risk explain applications/claims-triage",
                                   "linchpin risk explain vendors/openai", "linchpin risk explain",
                                   "linchpin risk explain applications/claims-triage -o json"},
                      .details = "POINTS add up to the score. Without NAME: the score of the portfolio.",
                      .run = RiskExplain});
  return commands;
}

}  // namespace linchpin::cli
