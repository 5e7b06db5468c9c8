// risk loss: what a year may cost.
#include <algorithm>

#include "linchpin/risk/v1/loss.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/score_text.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using risk::LossFigures;
using risk::LossResult;

constexpr int64_t kCausesShown = 10;
constexpr int64_t kCausesMax = 1000;        // of the service
constexpr int64_t kTrialsMax = 10'000'000;  // of the service

std::string MoneyOf(double minor, const std::string& currency) {
  return Money(static_cast<int64_t>(minor + 0.5), currency);
}

// "EUR 1,200", "EUR 1,200 (likely ..., at most ...)".
std::string InReadings(const std::string& proven, const std::string& likely, const std::string& most) {
  std::string more;
  if (likely != proven) more = Cat({"likely ", likely});
  if (most != likely) more += Cat({more.empty() ? "" : ", ", "at most ", most});
  return more.empty() ? proven : Cat({proven, " (", more, ")"});
}

absl::StatusOr<risk::EstimateLossesRequest> LossRequest(const Context& context) {
  risk::EstimateLossesRequest request;
  for (const char* flag : {"trials", "seed"}) {
    if (!context.arguments.Has(flag)) continue;
    absl::StatusOr<int64_t> number = context.arguments.Number(flag);
    if (!number.ok()) return number.status();
    if (std::string_view(flag) == "seed") {
      request.set_seed(static_cast<uint64_t>(*number));
    } else if (*number < 1 || *number > kTrialsMax) {
      return UsageError(Cat({"--trials must be from 1 to ", Grouped(kTrialsMax)}));
    } else {
      request.set_trials(*number);
    }
  }
  request.set_hazard_table(context.arguments.Get("hazards"));
  absl::StatusOr<int64_t> limit = ListLimit(context, kCausesShown);
  if (!limit.ok()) return limit.status();
  request.set_max_causes(static_cast<int>(*limit == 0 ? kCausesMax : std::min(*limit, kCausesMax)));
  return request;
}

// Without a price there is no loss to tell: 0 would be a wrong answer.
void PrintUnpriced(Context& context, const LossResult& r) {
  context.out
      << Painted("Nothing has a price, so no loss can be told", Paint::kBold, context.colour) << ": "
      << (r.unpriced_consumers() == 0
              ? std::string("no application or business service is declared yet")
              : Cat({"of ",
                     Counted(r.unpriced_consumers(), "application or service", "applications and services"),
                     " none says what an hour of outage costs"}))
      << ".\nSay it where you know it, then ask again:\n\n"
      << "  apiVersion: linchpin/v1\n  kind: Application\n  name: applications/YOURS\n"
      << "  continuity: {lossPerHourMinor: 500000}  # 5,000.00 an hour, in minor units of your currency\n\n"
      << SnapshotText(r.basis().inventory()) << "\n";
  context.Note("\nNext:\n  linchpin apply --merge -f FILE");
}

// "Expected loss of a year EUR 5,000.00 (likely EUR 8,000.00), standard error EUR 120.00".
void PrintHead(Context& context, const LossResult& r) {
  const LossFigures &proven = r.proven(), &likely = r.likely(), &most = r.not_excluded();
  context.out << Painted(
                     Cat({"Expected loss of a year ", InReadings(MoneyOf(proven.mean_minor(), r.currency()),
                                                                 MoneyOf(likely.mean_minor(), r.currency()),
                                                                 MoneyOf(most.mean_minor(), r.currency()))}),
                     Paint::kBold, context.colour)
              << ", standard error " << MoneyOf(likely.standard_error_minor(), r.currency()) << "\n";
  if (r.causes_size() > 0 && r.causes(0).loss_share_ratio() > 0) {
    context.out << "Driven by " << r.causes(0).key() << ": " << Percent(r.causes(0).loss_share_ratio())
                << " of it\n";
  }
  context.out << Grouped(r.trials()) << " years drawn, seed " << r.seed() << "; " << BasisText(r.basis())
              << "; " << SnapshotText(r.basis().inventory()) << "\n";
  if (r.unpriced_consumers() > 0) {
    context.out << Counted(r.unpriced_consumers(), "application or service has",
                           "applications and services have")
                << " no price and count as 0: set continuity.loss_per_hour_minor\n";
  }
}

void PrintFigures(Context& context, const LossResult& r) {
  Table table({{"FIGURE"}, {"PROVEN", true}, {"LIKELY", true}, {"AT MOST", true}});
  const auto add = [&](const std::string& name, const auto& text) {
    table.Add({name, text(r.proven()), text(r.likely()), text(r.not_excluded())});
  };
  add("years with any loss", [](const LossFigures& f) { return Percent(f.probability_of_loss_ratio()); });
  for (int i = 0; i < r.likely().values_at_risk_size(); ++i) {
    const int32_t level = r.likely().values_at_risk(i).level_ppm();
    const std::string worse = PercentOfPpm(1'000'000 - level);
    add(Cat({"exceeded in ", worse, " of years"}),
        [&](const LossFigures& f) { return Money(f.values_at_risk(i).value_minor(), r.currency()); });
    add(Cat({"mean of those ", worse}),
        [&](const LossFigures& f) { return MoneyOf(f.values_at_risk(i).conditional_minor(), r.currency()); });
  }
  add("the worst year drawn", [&](const LossFigures& f) { return Money(f.max_minor(), r.currency()); });
  PrintTable(context, table);
}

void PrintCauses(Context& context, const LossResult& r) {
  if (r.causes_size() == 0) return;
  context.out << "\n";
  Table table(
      {{"WHAT HAPPENS"}, {"YEARS", true}, {"SHARE OF LOSS", true}, {"MEAN LOSS OF SUCH A YEAR", true}});
  for (const risk::LossCause& cause : r.causes()) {
    table.Add({cause.key(), Percent(cause.happened_ratio()), Percent(cause.loss_share_ratio()),
               MoneyOf(cause.mean_loss_minor(), r.currency())});
  }
  PrintTable(context, table);
  if (r.cause_count() > r.causes_size()) {
    context.Note(Cat({Grouped(r.cause_count() - r.causes_size()), " more; --limit shows more"}));
  }
}

// The exceedance curve for programs.
void PrintCurveCsv(Context& context, const LossResult& r) {
  Table table({{"READING"}, {"LOSS MINOR"}, {"EXCEEDED RATIO"}, {"CURRENCY"}});
  const auto add = [&](const char* reading, const LossFigures& figures) {
    for (const LossFigures::Exceedance& point : figures.exceedance()) {
      table.Add({reading, std::to_string(point.loss_minor()), resource::FormatNumber(point.exceeded_ratio()),
                 r.currency()});
    }
  };
  add("proven", r.proven());
  add("likely", r.likely());
  add("not_excluded", r.not_excluded());
  PrintTable(context, table);
}

absl::StatusOr<int> RiskLoss(Context& context) {
  absl::StatusOr<risk::EstimateLossesRequest> request = LossRequest(context);
  if (!request.ok()) return request.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  risk::EstimateLossesResponse part;
  LossResult result;
  const bool progress = context.err_terminal && !context.quiet();
  absl::Status status = (*client)->Stream(kRisk, "EstimateLosses", *request, part, [&] {
    if (part.has_result()) result = part.result();
    if (progress && part.has_progress()) {
      context.err << "\r" << Grouped(part.progress().done()) << " of " << Grouped(part.progress().total())
                  << " years\x1b[K" << std::flush;
    }
  });
  if (progress) context.err << "\r\x1b[K";
  if (!status.ok()) return status;
  if (PrintMessage(context, result)) return kOk;
  if (context.Output("table") == "csv") {
    PrintCurveCsv(context, result);
    return kOk;
  }
  if (result.priced_consumers() == 0) {
    PrintUnpriced(context, result);
    return kOk;
  }
  PrintHead(context, result);
  context.out << "\n";
  PrintFigures(context, result);
  PrintCauses(context, result);
  return kOk;
}

}  // namespace

std::vector<Command> LossCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk loss",
       .summary =
           "Draw years at random and show what they cost: expected loss, value at risk, what drives it.",
       .flags = {{"trials", 0, "N", "How many years to draw, at most 10,000,000. Absent: 10,000.", "", {}},
                 {"seed",
                  0,
                  "N",
                  "What the draws begin from; the same seed gives the same years. Absent: 1.",
                  "",
                  {}},
                 HazardsFlag(),
                 LimitFlag(kCausesShown)},
       .outputs = FigureOutputs(),
       .reads_past = true,
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk loss", "linchpin risk loss --trials 1000000", "linchpin risk loss -o csv"},
       .details = "Only what is priced counts: continuity.loss_per_hour_minor and penalty_minor. In csv: the "
                  "exceedance curve, a line for each point and reading.",
       .run = RiskLoss});
  return commands;
}

}  // namespace linchpin::cli
