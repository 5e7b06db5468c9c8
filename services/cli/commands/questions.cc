// question list: what to find out first.
#include <algorithm>

#include "linchpin/risk/v1/question.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/names.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/question_text.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int64_t kListed = 20;
constexpr int64_t kQuestionsMax = 10'000;  // of the service

void PrintCsv(Context& context, const risk::ListOpenQuestionsResponse& response) {
  Table table({{"RESOURCE"},
               {"FIELD"},
               {"GAP SHARE"},
               {"CONSUMERS"},
               {"DECIDED ALONE"},
               {"LOSSES"},
               {"ALSO"},
               {"SHARED"},
               {"POSSIBLE"},
               {"LIKELY"},
               {"VENDOR ONLY"}});
  const auto joined = [](const auto& values) {
    return base::JoinNames({values.begin(), values.end()}, static_cast<size_t>(values.size()));
  };
  for (const risk::Question& question : response.questions()) {
    table.Add({question.resource(), question.field(), resource::FormatNumber(question.gap_share_ratio()),
               std::to_string(question.consumer_count()), std::to_string(question.decided_consumer_count()),
               std::to_string(question.atom_count()), joined(question.also()), question.shared(),
               joined(question.possible_values()), joined(question.likely_values()),
               question.vendor_only() ? "yes" : "no"});
  }
  PrintTable(context, table);
}

absl::StatusOr<int> QuestionList(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<int64_t> limit = ListLimit(context, kListed);
  if (!limit.ok()) return limit.status();
  risk::ListOpenQuestionsRequest request;
  request.set_max_questions(static_cast<int>(*limit == 0 ? kQuestionsMax : std::min(*limit, kQuestionsMax)));
  const auto consumers = NamesOfAnyKind(**client, context.arguments.All("consumer"));
  if (!consumers.ok()) return consumers.status();
  request.mutable_consumers()->Add(consumers->begin(), consumers->end());
  risk::ListOpenQuestionsResponse response;
  if (absl::Status status = (*client)->Call(kRisk, "ListOpenQuestions", request, response); !status.ok())
    return status;
  const std::string format = context.Output("table");
  if (format == "yaml") {
    absl::StatusOr<std::string> documents = QuestionDocuments(**client, response);
    if (!documents.ok()) return documents.status();
    context.out << *documents;
    return kOk;
  }
  if (PrintMessage(context, response)) return kOk;
  if (format == "csv") {
    PrintCsv(context, response);
    return kOk;
  }
  if (format == "name") {
    for (const risk::Question& question : response.questions()) context.out << question.resource() << "\n";
    return kOk;
  }
  if (response.question_count() == 0) {
    context.out << "Nothing is open: every loss of a vendor, a host or a country is decided for all of "
                << Counted(response.consumer_count(), "consumer", "consumers") << ".\n";
    return kOk;
  }
  PrintQuestions(context, response);
  if (response.question_count() > response.questions_size()) {
    context.Note(Cat({"the first ", std::to_string(response.questions_size()), " of ",
                      std::to_string(response.question_count()), "; --limit shows more"}));
  }
  context.Note(
      "`linchpin question list -o yaml > facts.yaml` writes them to fill in; then `linchpin apply --merge -f "
      "facts.yaml`.");
  return kOk;
}

}  // namespace

std::vector<Command> QuestionCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "question list",
       .summary = "Show which unknown facts to find out first: those whose answers decide the most.",
       .flags = {{"consumer",
                  0,
                  "NAME",
                  "Only what leaves this application or business service open. Repeatable.",
                  "",
                  {}},
                 LimitFlag(kListed)},
       .outputs = ListOutputs(),
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin question list", "linchpin question list --consumer applications/claims",
                    "linchpin question list -o yaml > facts.yaml", "linchpin question list -o csv"},
       .details = "Each vendor, each host, and the weights and services of each country is lost alone. Where "
                  "a loss may hit a consumer, but is not proven to, the unknown facts behind that share what "
                  "is at stake evenly. CARRIES is the part of all that is at stake; DECIDES counts the "
                  "consumers. What stands at one address of a gateway is asked once, and so is where an "
                  "operator's interface runs. With -o yaml: documents to fill in, for `apply --merge`.",
       .run = QuestionList});
  return commands;
}

}  // namespace linchpin::cli
