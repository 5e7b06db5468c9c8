// risk remedies: what to change first, and what it buys.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "services/base/text.h"
#include "services/cli/client/errors.h"
#include "services/cli/commands.h"
#include "services/cli/commands/risk/kept_policies.h"
#include "services/cli/commands/risk/offered.h"
#include "services/cli/context.h"
#include "services/cli/home.h"
#include "services/cli/names.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/remedy_text.h"
#include "services/cli/print/score_text.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using risk::Remedy;
using risk::RemedyResult;

constexpr size_t kForbiddenShown = 3;
constexpr int64_t kRemediesShown = 10;
constexpr int64_t kRemediesMax = 100;      // of the service
constexpr int64_t kTrialsMax = 1'000'000;  // of the service
constexpr int64_t kBudgetMax = 2'000'000'000;
constexpr int64_t kDaysMax = 10'000;  // of the service
constexpr int kUnremediedShown = 5;

// "new-deployment=30".
absl::Status ReadCosts(const Context& context, risk::SuggestRemediesRequest& request) {
  for (const std::string& given : context.arguments.All("cost")) {
    const size_t at = given.find('=');
    int64_t days = 0;
    if (at == std::string::npos || !absl::SimpleAtoi(given.substr(at + 1), &days) || days < 1 ||
        days > kDaysMax)
      return UsageError(Cat({"--cost expects KIND=DAYS, such as new-deployment=30, with 1 to ",
                             Grouped(kDaysMax), " days; not `", given, "`"}));
    absl::StatusOr<int> kind = FlagEnum(*risk::RemedyKind_descriptor(), "cost", given.substr(0, at));
    if (!kind.ok()) return kind.status();
    risk::RemedyCost& cost = *request.add_costs();
    cost.set_kind(static_cast<risk::RemedyKind>(*kind));
    cost.set_days(static_cast<int>(days));
  }
  return absl::OkStatus();
}

absl::Status ReadNumbers(const Context& context, risk::SuggestRemediesRequest& request) {
  absl::StatusOr<int64_t> limit = ListLimit(context, kRemediesShown);
  if (!limit.ok()) return limit.status();
  request.set_max_remedies(static_cast<int>(*limit == 0 ? kRemediesMax : std::min(*limit, kRemediesMax)));
  if (context.arguments.Has("budget")) {
    absl::StatusOr<int64_t> budget = context.arguments.Number("budget");
    if (!budget.ok()) return budget.status();
    if (*budget > kBudgetMax) return UsageError("--budget is too large; leave it out");
    request.set_budget_days(static_cast<int>(*budget));
  }
  if (context.arguments.Has("trials")) {
    absl::StatusOr<int64_t> trials = context.arguments.Number("trials");
    if (!trials.ok()) return trials.status();
    if (*trials < 1 || *trials > kTrialsMax)
      return UsageError(Cat({"--trials must be from 1 to ", Grouped(kTrialsMax)}));
    request.set_trials(*trials);
  }
  return ReadCosts(context, request);
}

absl::StatusOr<risk::SuggestRemediesRequest> ReadRequest(Context& context, Client& client) {
  risk::SuggestRemediesRequest request;
  if (absl::Status status = ReadNumbers(context, request); !status.ok()) return status;
  for (const std::string& word : context.arguments.All("kind")) {
    absl::StatusOr<int> kind = FlagEnum(*risk::RemedyKind_descriptor(), "kind", word);
    if (!kind.ok()) return kind.status();
    request.add_kinds(static_cast<risk::RemedyKind>(*kind));
  }
  const auto consumers = NamesOfAnyKind(client, context.arguments.All("consumer"));
  if (!consumers.ok()) return consumers.status();
  request.mutable_consumers()->Add(consumers->begin(), consumers->end());
  absl::StatusOr<std::vector<std::string>> home = HomeCountries(context);
  if (!home.ok()) return home.status();
  for (const std::string& country : *home) request.add_home(country);
  request.set_hazard_table(context.arguments.Get("hazards"));
  request.set_list_candidates(context.arguments.Has("candidates"));
  if (context.arguments.Has("no-catalogue")) return request;
  absl::Status offered = OfferFromCatalogue(client, *home, *request.mutable_offered());
  if (!offered.ok()) return offered;
  return request;
}

absl::StatusOr<RemedyResult> Ask(Context& context, Client& client,
                                 const risk::SuggestRemediesRequest& request) {
  if (!context.err_terminal || context.quiet()) return AskForRemedies(client, request);
  auto result = AskForRemedies(client, request, [&](const risk::RemedyProgress& progress) {
    context.err << "\r" << Grouped(progress.tried()) << " changes tried, " << progress.picked()
                << " picked\x1b[K" << std::flush;
  });
  context.err << "\r\x1b[K";
  return result;
}

void PrintCsv(Context& context, const RemedyResult& r) {
  Table table({{"PLACE"},
               {"KIND"},
               {"SUBJECT"},
               {"TITLE"},
               {"COST DAYS"},
               {"SCORE BEFORE"},
               {"SCORE AFTER"},
               {"NOT EXCLUDED BEFORE"},
               {"NOT EXCLUDED AFTER"},
               {"LOSS BEFORE MINOR"},
               {"LOSS AFTER MINOR"},
               {"CURRENCY"}});
  for (int i = 0; i < r.remedies_size(); ++i) {
    const Remedy& remedy = r.remedies(i);
    const auto loss = [](bool has, double minor) { return has ? resource::FormatNumber(minor) : ""; };
    table.Add({std::to_string(i + 1), FlagWord(*risk::RemedyKind_descriptor(), remedy.kind()),
               remedy.subject(), remedy.title(), std::to_string(remedy.cost_days()),
               resource::FormatNumber(remedy.score_before().likely()),
               resource::FormatNumber(remedy.score_after().likely()),
               resource::FormatNumber(remedy.score_before().not_excluded()),
               resource::FormatNumber(remedy.score_after().not_excluded()),
               loss(remedy.has_loss_before(), remedy.loss_before().likely_minor()),
               loss(remedy.has_loss_after(), remedy.loss_after().likely_minor()), r.currency()});
  }
  PrintTable(context, table);
}

// What nothing was found for, and what would help.
void PrintUnremedied(Context& context, const RemedyResult& r) {
  if (r.unremedied_size() == 0) return;
  context.out << "\n"
              << Painted(
                     Cat({"Nothing found for ", Counted(r.unremedied_size(), "dependency", "dependencies"),
                          " that a single loss takes whole"}),
                     Paint::kBold, context.colour)
              << "\n";
  for (int i = 0; i < std::min(r.unremedied_size(), kUnremediedShown); ++i) {
    context.out << "  " << r.unremedied(i).dependency() << ": " << r.unremedied(i).reason() << "\n";
  }
  if (r.unremedied_size() > kUnremediedShown)
    context.out << "  and " << r.unremedied_size() - kUnremediedShown << " more; -o json has them\n";
}

void PrintRemedies(Context& context, const RemedyResult& r, bool candidates) {
  context.out << Painted(RemedyHeadline(r, context.arguments.All("consumer"), candidates), Paint::kBold,
                         context.colour)
              << "\n";
  if (const std::string loss = RemedyLossLine(r, candidates); !loss.empty()) context.out << loss << "\n";
  for (int i = 0; i < r.remedies_size(); ++i) {
    context.out << "\n"
                << Painted(Cat({std::to_string(i + 1), ". ", r.remedies(i).title()}), Paint::kBold,
                           context.colour)
                << "\n";
    for (const std::string& line : RemedyLines(r.remedies(i), r.currency()))
      context.out << "   " << line << "\n";
  }
  PrintUnremedied(context, r);
  context.out << "\n" << RemedyBasisLine(r) << "\n";
  if (r.remedies_size() == 0 || candidates) return;
  context.Note(
      "\nNext: read what each assumes, ask your policies, then make the first one\n"
      "  linchpin risk remedies --limit 1 -o yaml | linchpin check --merge -f -\n"
      "  linchpin risk remedies --limit 1 -o yaml | linchpin apply --merge -f -");
}

// Candidates are only listed, each by itself; what is to be done is asked of the policies.
absl::StatusOr<KeptRemedies> AskAndCheck(Context& context, Client& client,
                                         const risk::SuggestRemediesRequest& request) {
  const auto ask = [&](const risk::SuggestRemediesRequest& asked) { return Ask(context, client, asked); };
  if (!request.list_candidates() && !context.arguments.Has("any-policy"))
    return KeepPolicies(client, request, ask);
  absl::StatusOr<RemedyResult> result = ask(request);
  if (!result.ok()) return result.status();
  return KeptRemedies{*std::move(result), {}, /*checked=*/false};
}

void NoteForbidden(const Context& context, const KeptRemedies& kept) {
  for (size_t i = 0; i < std::min(kept.forbidden.size(), kForbiddenShown); ++i) {
    const auto& [title, finding] = kept.forbidden[i];
    context.Note(Cat({"left out, since it would open a finding: ", title, " (", finding, ")"}));
  }
  if (kept.forbidden.size() > kForbiddenShown)
    context.Note(Cat({"and ", std::to_string(kept.forbidden.size() - kForbiddenShown),
                      " more left out for the same reason; --any-policy leaves nothing out"}));
  if (!kept.complete)
    context.Note("the search ended early: there may be more that the policies allow; --kind narrows it");
}

absl::StatusOr<int> RiskRemedies(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<risk::SuggestRemediesRequest> request = ReadRequest(context, **client);
  if (!request.ok()) return request.status();
  absl::StatusOr<KeptRemedies> kept = AskAndCheck(context, **client, *request);
  if (!kept.ok()) return kept.status();
  const RemedyResult* const result = &kept->result;
  NoteForbidden(context, *kept);
  const std::string format = context.Output("table");
  if (format == "yaml") {
    context.out << RemedyDocuments(*result);
    return kOk;
  }
  if (PrintMessage(context, *result)) return kOk;
  if (format == "csv") {
    PrintCsv(context, *result);
  } else {
    PrintRemedies(context, *result, request->list_candidates());
  }
  return kOk;
}

}  // namespace

std::vector<Command> RemedyCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "risk remedies",
       .summary = "Show what to change first: what lowers the risk score most for its cost, one on top of "
                  "the other.",
       .flags = {{"consumer",
                  0,
                  "NAME",
                  "Lower the score of this application or business service. Repeatable. Absent: of the "
                  "portfolio.",
                  "",
                  {}},
                 {"budget", 0, "DAYS", "Days of work that all of them together may cost.", "", {}},
                 {"cost", 0, "KIND=DAYS", "What a kind costs you, in days of work. Repeatable.", "", {}},
                 {"kind", 0, "KIND", "Only this kind. Repeatable.", "",
                  FlagWords(*risk::RemedyKind_descriptor())},
                 HomeFlag(),
                 {"candidates",
                  0,
                  "",
                  "Do not pick: list what was tried, each as if it were the only change.",
                  "",
                  {}},
                 {"no-catalogue",
                  0,
                  "",
                  "Make remedies from what the inventory holds alone, not from what the catalogue knows to "
                  "be had.",
                  "",
                  {}},
                 {"any-policy", 0, "", "Show also what the policies forbid.", "", {}},
                 {"trials",
                  0,
                  "N",
                  "How many years to draw for the expected loss, at most 1,000,000. Absent: 1,000.",
                  "",
                  {}},
                 HazardsFlag(),
                 LimitFlag(kRemediesShown)},
       .outputs = FigureOutputs(),
       .selects_consumers = true,
       .asks_what_if = true,
       .examples = {"linchpin risk remedies", "linchpin risk remedies --consumer claims-triage --budget 10",
                    "linchpin risk remedies --cost new-deployment=40 --limit 3",
                    "linchpin risk remedies --limit 1 -o yaml | linchpin apply --merge -f -"},
       .details =
           "Each is a change of documents that was tried on the inventory as it is: applying it gives the "
           "score shown. What must be true for it stands below it. In YAML: the documents, ready for `apply "
           "--merge`; where several change one resource, it stands once, as it is after all of them. Besides "
           "what the inventory holds, the catalogue is looked at: who else serves an open model, and which "
           "open models come from home. What would open a finding of an active policy is left out.",
       .run = RiskRemedies});
  return commands;
}

}  // namespace linchpin::cli
