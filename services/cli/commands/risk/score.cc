// risk score: how likely a supply cutoff takes something beyond what it tolerates, and what drives it.
#include <algorithm>

#include "linchpin/risk/v1/score.pb.h"
#include "services/base/enum_words.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/explain.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/score_text.h"
#include "services/cli/print/stand_in_text.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int64_t kScoresShown = 20;
constexpr int64_t kPageMax = 1000;  // of the service
constexpr int kDriversShown = 3;

// All pages up to `limit` (0: all); the first one's portfolio, basis and sensitivities.
absl::StatusOr<risk::ListScoresResponse> ReadScores(Client& client, risk::ScoreKind kind, int64_t limit,
                                                    const std::string& hazards) {
  risk::ListScoresResponse all;
  risk::ListScoresRequest request;
  request.set_kind(kind);
  request.set_hazard_table(hazards);
  while (true) {
    const int64_t missing = limit == 0 ? kPageMax : limit - all.scores_size();
    request.set_page_size(static_cast<int>(std::min(missing, kPageMax)));
    risk::ListScoresResponse page;
    absl::Status status = client.Call(kRisk, "ListScores", request, page);
    if (!status.ok()) return status;
    all.set_next_page_token(page.next_page_token());
    request.set_page_token(page.next_page_token());
    if (all.scores_size() == 0) {
      all = std::move(page);
    } else {
      for (risk::Score& score : *page.mutable_scores()) *all.add_scores() = std::move(score);
    }
    if (all.next_page_token().empty() || (limit > 0 && all.scores_size() >= limit)) return all;
  }
}

std::string Tolerates(const risk::Score& score) {
  return score.has_max_tolerable_downtime() ? Span(score.max_tolerable_downtime()) : "";
}

void PrintScores(Context& context, const risk::ListScoresResponse& response, risk::ScoreKind kind) {
  const bool vendors = kind == risk::SCORE_KIND_VENDOR;
  std::vector<Table::Column> columns = {{vendors ? "LOWERS BY" : "SCORE", true},
                                        {"NOT EXCLUDED", true, false, 2}};
  if (!vendors) {
    columns.push_back({"TIER", true, false, 3});
    columns.push_back({"TOLERATES", true, false, 1});
  }
  columns.push_back({base::EnumWords(risk::ScoreKind_Name(kind).substr(sizeof("SCORE_KIND_") - 1))});
  columns.push_back({"DRIVEN BY", false, true});
  for (char& c : columns[columns.size() - 2].head) c = static_cast<char>(std::toupper(c));
  Table table(columns);
  for (const risk::Score& score : response.scores()) {
    std::vector<Table::Cell> row = {Table::Cell(Points(Shown(score)), PaintOfScore(Shown(score))),
                                    Points(score.not_excluded().score())};
    if (!vendors) {
      row.push_back(score.tier() == 0 ? "?" : std::to_string(score.tier()));
      row.push_back(Tolerates(score));
    }
    row.push_back(score.name());
    row.push_back(DriversText(score));
    table.Add(row);
  }
  PrintTable(context, table);
}

void PrintScoresCsv(Context& context, const google::protobuf::RepeatedPtrField<risk::Score>& scores) {
  Table table({{"NAME"},
               {"PROVEN"},
               {"LIKELY"},
               {"NOT EXCLUDED"},
               {"TIER"},
               {"WEIGHT"},
               {"MAX TOLERABLE DOWNTIME SECONDS"},
               {"DRIVER"}});
  for (const risk::Score& score : scores) {
    table.Add({score.name(), resource::FormatNumber(score.proven().score()),
               resource::FormatNumber(score.likely().score()),
               resource::FormatNumber(score.not_excluded().score()), std::to_string(score.tier()),
               std::to_string(score.weight()), std::to_string(score.max_tolerable_downtime().seconds()),
               score.drivers_size() > 0 ? score.drivers(0).atom() : ""});
  }
  PrintTable(context, table);
}

// The rate nearest to the present one at which two of the list change places.
void PrintRankingNote(Context& context, const risk::ListScoresResponse& response) {
  for (const risk::RankingSensitivity& one : response.sensitivities()) {
    if (!one.has_lower_rate() && !one.has_higher_rate()) continue;
    std::string text = Cat({"  ", FlagWord(*risk::HazardClass_descriptor(), one.hazard_class()), " at ",
                            resource::FormatNumber(one.rate_per_year()), " a year: the order changes"});
    if (one.has_lower_rate()) {
      text +=
          Cat({" below ", Fixed(one.lower_rate(), 3), " (", one.lower_pair(0), ", ", one.lower_pair(1), ")"});
    }
    if (one.has_lower_rate() && one.has_higher_rate()) text += " and";
    if (one.has_higher_rate()) {
      text += Cat(
          {" above ", Fixed(one.higher_rate(), 3), " (", one.higher_pair(0), ", ", one.higher_pair(1), ")"});
    }
    context.out << text << "\n";
  }
}

// An import makes deployments, routes and services, but nobody knows yet which application uses them.
void PrintNoApplication(Context& context, const risk::ListScoresResponse& response) {
  context.out
      << Painted("No application is declared yet, so nothing has a score", Paint::kBold, context.colour)
      << ": a score is the chance that an application stays down for longer than it tolerates.\n"
         "Say which applications use what is there (`linchpin list routes`, `linchpin list deployments`) and "
         "how critical they are:\n\n"
         "  apiVersion: linchpin/v1\n  kind: Application\n  name: applications/YOURS\n  tier: 1\n  ---\n"
         "  apiVersion: linchpin/v1\n  kind: Dependency\n  name: applications/YOURS/dependencies/chat\n"
         "  alternatives:\n    - target: routes/ONE-OF-YOURS\n\n"
      << SnapshotText(response.basis().inventory()) << "\n";
  context.Note(
      "\nNext:\n  linchpin apply -f FILE\n  linchpin risk sweep   what stops what, which needs no "
      "application");
}

absl::StatusOr<int> ScoreList(Context& context, Client& client) {
  absl::StatusOr<int> kind = FlagEnum(*risk::ScoreKind_descriptor(), "kind", context.arguments.Get("kind"));
  if (!kind.ok()) return kind.status();
  absl::StatusOr<int64_t> limit = ListLimit(context, kScoresShown);
  if (!limit.ok()) return limit.status();
  const auto of = static_cast<risk::ScoreKind>(*kind);
  absl::StatusOr<risk::ListScoresResponse> response =
      ReadScores(client, of, *limit, context.arguments.Get("hazards"));
  if (!response.ok()) return response.status();
  if (PrintMessage(context, *response)) return kOk;
  const std::string format = context.Output("table");
  if (format == "csv") {
    PrintScoresCsv(context, response->scores());
    return kOk;
  }
  if (format == "name") {
    for (const risk::Score& score : response->scores()) context.out << score.name() << "\n";
    return kOk;
  }
  if (response->basis().application_count() == 0 && of == risk::SCORE_KIND_APPLICATION) {
    PrintNoApplication(context, *response);
    return kOk;
  }
  const risk::Score& portfolio = response->portfolio();
  context.out
      << Painted(Cat({"Risk score ", ScoreText(portfolio), " of 100"}), Paint::kBold, context.colour)
      << ": over " << Counted(response->basis().application_count(), "application", "applications")
      << " by criticality, the chance in percent that within a year a supply cutoff takes it beyond what it "
         "tolerates\n";
  context.out << StandInText(response->basis().stand_in_route_count());
  if (portfolio.drivers_size() > 0) context.out << "Driven by " << DriversText(portfolio) << "\n";
  context.out << BasisText(response->basis()) << "; " << SnapshotText(response->basis().inventory())
              << "\n\n";
  if (response->scores_size() == 0) {
    context.out << (of == risk::SCORE_KIND_VENDOR ? "The loss of no vendor would take an application down.\n"
                                                  : "No business service is declared.\n");
    return kOk;
  }
  PrintScores(context, *response, of);
  if (response->total_size() > response->scores_size()) {
    context.Note(Cat({"the highest ", std::to_string(response->scores_size()), " of ",
                      std::to_string(response->total_size()), "; --limit shows more"}));
  }
  if (format == "wide") PrintRankingNote(context, *response);
  context.Note(Cat({"\nNext:\n  linchpin risk explain ", response->scores(0).name()}));
  return kOk;
}

absl::StatusOr<int> RiskScore(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  if (context.arguments.operands.empty()) return ScoreList(context, **client);
  absl::StatusOr<std::string> name = ScoredName(context, **client);
  if (!name.ok()) return name.status();
  absl::StatusOr<risk::ExplainScoreResponse> response = ExplainScore(context, **client, *name, kDriversShown);
  if (!response.ok()) return response.status();
  risk::GetScoreResponse answer;
  *answer.mutable_score() = response->score();
  *answer.mutable_basis() = response->basis();
  if (PrintMessage(context, answer)) return kOk;
  const std::string format = context.Output("table");
  if (format == "csv") {
    google::protobuf::RepeatedPtrField<risk::Score> scores;
    *scores.Add() = response->score();
    PrintScoresCsv(context, scores);
  } else if (format == "name") {
    context.out << response->score().name() << "\n";
  } else {
    PrintScoreHead(context, *response);
    context.Note(Cat({"\nNext:\n  linchpin risk explain ", response->score().name()}));
  }
  return kOk;
}

}  // namespace

std::vector<Command> ScoreCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk score",
       .summary = "Show the risk score of the portfolio and of each application, business service or vendor.",
       .operands = "[NAME]",
       .operands_max = 1,
       .flags = {{"kind", 0, "KIND", "Whose scores.", "application",
                  FlagWords(*risk::ScoreKind_descriptor())},
                 HazardsFlag(),
                 LimitFlag(kScoresShown)},
       .outputs = ListOutputs(),
       .reads_past = true,
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk score", "linchpin risk score applications/claims-triage",
                    "linchpin risk score --kind vendor", "linchpin risk score -o csv"},
       .details = "A score, 0 to 100, is the chance in percent that within a year a supply cutoff takes an "
                  "application beyond the downtime that it tolerates. That of a vendor is what the score of "
                  "the portfolio would fall by without it. NOT EXCLUDED is the score if every unknown fact "
                  "turned out badly.",
       .run = RiskScore});
  return commands;
}

}  // namespace linchpin::cli
