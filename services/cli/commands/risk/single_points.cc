// risk single-points: whose loss alone stops something.
#include <algorithm>

#include "linchpin/risk/v1/cut_set.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/failure_flags.h"
#include "services/cli/context.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int64_t kPointsShown = 20;
constexpr int64_t kPointsMax = 10'000;  // of the service
constexpr size_t kConsumersShown = 3;

std::string WhomText(const risk::SinglePoint& point) {
  std::vector<std::string> names;
  for (const auto& failed : point.consumers()) {
    if (failed.reading() != risk::READING_NOT_EXCLUDED) names.push_back(failed.consumer());
  }
  if (names.empty() && point.consumers_size() > 0) return Cat({"perhaps ", point.consumers(0).consumer()});
  return base::JoinNames(names, kConsumersShown);
}

void PrintSentence(Context& context, const risk::ListSinglePointsOfFailureResponse& r) {
  context.out << Painted(Cat({std::to_string(r.exposed().proven()), " of ",
                              Counted(r.consumer_count(), "consumer", "consumers")}),
                         Paint::kBold, context.colour)
              << (r.exposed().proven() == 1 ? " is" : " are") << " stopped by some single loss for certain, "
              << r.exposed().likely() << " probably, " << r.exposed().not_excluded()
              << " where nothing is excluded.\n";
  if (r.points_size() == 0) return;
  const risk::SinglePoint& first = r.points(0);
  context.out << Painted("First:", Paint::kBold, context.colour) << " find alternatives to " << first.atom()
              << "; `linchpin risk cut-sets "
              << (first.consumers_size() > 0 ? first.consumers(0).consumer() : std::string("NAME"))
              << "` shows through which dependency.\n";
}

void PrintPoints(Context& context, const risk::ListSinglePointsOfFailureResponse& r) {
  Table table({{"LOSS OF"},
               {"STOPS", true},
               {"PROBABLY", true, false, 2},
               {"NOT EXCLUDED", true, false, 3},
               {"WHOM", false, true}});
  for (const risk::SinglePoint& point : r.points()) {
    const Paint paint = point.failed().proven() > 0 ? Paint::kRed : Paint::kYellow;
    table.Add({point.atom(), Table::Cell(Grouped(point.failed().proven()), paint),
               Grouped(point.failed().likely()), Grouped(point.failed().not_excluded()), WhomText(point)});
  }
  PrintTable(context, table);
}

void PrintCsv(Context& context, const risk::ListSinglePointsOfFailureResponse& r) {
  Table table({{"ATOM"},
               {"PROVEN"},
               {"LIKELY"},
               {"NOT EXCLUDED"},
               {"WEIGHT PROVEN"},
               {"WEIGHT LIKELY"},
               {"WEIGHT NOT EXCLUDED"}});
  for (const risk::SinglePoint& point : r.points()) {
    const auto &failed = point.failed(), &weight = point.failed_weight();
    table.Add({point.atom(), std::to_string(failed.proven()), std::to_string(failed.likely()),
               std::to_string(failed.not_excluded()), std::to_string(weight.proven()),
               std::to_string(weight.likely()), std::to_string(weight.not_excluded())});
  }
  PrintTable(context, table);
}

absl::StatusOr<int> RiskSinglePoints(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  risk::ListSinglePointsOfFailureRequest request;
  absl::StatusOr<risk::FailureQuestion> question = ReadFailureQuestion(context, **client);
  if (!question.ok()) return question.status();
  *request.mutable_question() = *std::move(question);
  absl::StatusOr<int64_t> limit = ListLimit(context, kPointsShown);
  if (!limit.ok()) return limit.status();
  request.set_max_points(static_cast<int>(*limit == 0 ? kPointsMax : std::min(*limit, kPointsMax)));
  risk::ListSinglePointsOfFailureResponse response;
  absl::Status status = (*client)->Call(kRisk, "ListSinglePointsOfFailure", request, response);
  if (!status.ok()) return status;
  if (PrintMessage(context, response)) return kOk;
  if (context.Output("table") == "name") {
    for (const risk::SinglePoint& point : response.points()) context.out << point.atom() << "\n";
    return kOk;
  }
  if (context.Output("table") == "csv") {
    PrintCsv(context, response);
    return kOk;
  }
  PrintSentence(context, response);
  if (response.points_size() > 0) {
    context.out << "\n";
    PrintPoints(context, response);
  }
  context.out << "\n"
              << FlagWord(*risk::Readiness_descriptor(), request.question().readiness())
              << " alternatives standing in; " << SnapshotText(response.inventory()) << "\n";
  if (response.point_count() > response.points_size()) {
    context.Note(Cat({"the first ", std::to_string(response.points_size()), " of ",
                      std::to_string(response.point_count()), "; --limit shows more"}));
  }
  return kOk;
}

}  // namespace

std::vector<Command> SinglePointCommands() {
  std::vector<Flag> flags = FailureFlags();
  flags.push_back(LimitFlag(kPointsShown));
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk single-points",
       .summary = "Show whose loss alone stops applications and business services.",
       .operands = "[NAME...]",
       .operands_max = -1,
       .flags = flags,
       .outputs = ListOutputs(),
       .reads_past = true,
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk single-points", "linchpin risk single-points --class vendor",
                    "linchpin risk single-points claims search -o csv"},
       .details = "Ranked by the weight of what is probably stopped. STOPS counts what is certain, PROBABLY "
                  "what likely facts add to that, NOT EXCLUDED what open facts do not rule out. With names: "
                  "of these consumers only.",
       .run = RiskSinglePoints});
  return commands;
}

}  // namespace linchpin::cli
