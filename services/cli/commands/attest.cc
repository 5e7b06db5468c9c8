// attest: that nothing of a vendor or a country is used.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "linchpin/risk/v1/attestation.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/home.h"
#include "services/cli/names.h"
#include "services/cli/print/attestation_text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int kUndecided = 8;  // Exit code: neither proven nor refuted.
constexpr int64_t kShown = 20;
constexpr int64_t kItemsMax = 10'000;  // of the service

int ExitCodeOf(risk::Attestation::Verdict verdict) {
  if (verdict == risk::Attestation::VERDICT_HOLDS) return kOk;
  return verdict == risk::Attestation::VERDICT_VIOLATED ? kFound : kUndecided;
}

// Of what nothing is to be used: a vendor, or countries.
struct Entity {
  std::string vendor;
  std::vector<std::string> countries;
};

// A country, a vendor, or a jurisdiction set with all its countries.
absl::StatusOr<Entity> ReadEntity(Context& context, Client& client) {
  const std::string& text = context.arguments.operands[0];
  if (const auto country = CountryOf(text)) return Entity{"", {*country}};
  const bool names_set = text.rfind("jurisdictionSets/", 0) == 0 || !EuropeanUnion(text).empty();
  absl::Status no_vendor;
  if (!names_set) {
    absl::StatusOr<std::string> vendor = ResolveName(client, *resource::FindKind("Vendor"), text,
                                                     [&](std::string_view note) { context.Note(note); });
    if (vendor.ok()) return Entity{*std::move(vendor), {}};
    no_vendor = vendor.status();
  }
  absl::StatusOr<Jurisdiction> set = ReadJurisdiction(context, text, "attest");
  if (set.ok()) return Entity{"", std::move(set->countries)};
  return names_set ? set.status() : no_vendor;
}

absl::StatusOr<risk::AttestAbsenceRequest> MakeRequest(Context& context) {
  risk::AttestAbsenceRequest request;
  request.set_skip_undeclared(context.arguments.Has("skip-undeclared"));
  request.set_strict(context.arguments.Has("strict"));
  const bool all = (context.Output("text") != "text" || context.arguments.Has("fill-in")) &&
                   !context.arguments.Has("limit");
  absl::StatusOr<int64_t> limit = context.arguments.Has("limit") ? context.arguments.Number("limit") : kShown;
  if (!limit.ok()) return limit.status();
  request.set_max_items(static_cast<int>(all || *limit == 0 ? kItemsMax : std::min(*limit, kItemsMax)));
  return request;
}

const char* VerdictText(risk::Attestation::Verdict verdict) {
  if (verdict == risk::Attestation::VERDICT_HOLDS) return "holds";
  return verdict == risk::Attestation::VERDICT_VIOLATED ? "violated" : "cannot be told";
}

// The worse of two: violated, then undecided.
int WorseExit(int a, int b) { return a == kFound || b == kFound ? kFound : std::max(a, b); }

// One attestation for each country, all at the revision of the first.
absl::StatusOr<int> AttestEach(Context& context, Client& client, risk::AttestAbsenceRequest request,
                               const std::vector<std::string>& countries) {
  if (context.Output("text") != "text" || context.arguments.Has("fill-in"))
    return UsageError(
        "of a set there is one attestation for each country; name the country with -o or --fill-in");
  Table table(
      {{"COUNTRY"}, {"VERDICT"}, {"CLEAR", true}, {"USE IT", true}, {"OPEN", true}, {"MISSING FACTS", true}});
  int worst = kOk;
  for (const std::string& country : countries) {
    request.set_country(country);
    risk::Attestation attestation;
    if (absl::Status status = client.Call(kRisk, "AttestAbsence", request, attestation); !status.ok())
      return status;
    if (!context.arguments.Has("as-of"))
      request.set_as_of(std::to_string(attestation.inventory().revision()));
    worst = WorseExit(worst, ExitCodeOf(attestation.verdict()));
    table.Add({country, VerdictText(attestation.verdict()), Grouped(attestation.clear_count()),
               Grouped(attestation.violating_count()), Grouped(attestation.open_count()),
               Grouped(attestation.question_count())});
  }
  PrintTable(context, table);
  context.Note("`linchpin attest COUNTRY` shows the violations and the facts of one.");
  return worst;
}

absl::StatusOr<int> Attest(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  auto request = MakeRequest(context);
  if (!request.ok()) return request.status();
  absl::StatusOr<Entity> entity = ReadEntity(context, **client);
  if (!entity.ok()) return entity.status();
  if (entity->vendor.empty() && entity->countries.size() != 1)
    return AttestEach(context, **client, *request, entity->countries);
  if (entity->vendor.empty()) {
    request->set_country(entity->countries[0]);
  } else {
    request->set_vendor(entity->vendor);
  }
  risk::Attestation attestation;
  if (absl::Status status = (*client)->Call(kRisk, "AttestAbsence", *request, attestation); !status.ok())
    return status;
  const std::string format = context.Output("text");
  if (context.arguments.Has("fill-in")) {
    absl::StatusOr<std::string> documents = AttestationDocuments(**client, attestation);
    if (!documents.ok()) return documents.status();
    context.out << *documents;
  } else if (format == "markdown") {
    context.out << AttestationMarkdown(attestation);
  } else if (!PrintMessage(context, attestation)) {
    context.out << AttestationText(attestation);
    if (attestation.question_count() > 0)
      context.Note("`--fill-in` writes them to fill in, for `linchpin apply --merge -f FILE`.");
  }
  return ExitCodeOf(attestation.verdict());
}

}  // namespace

std::vector<Command> AttestCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "attest",
       .summary =
           "Say whether nothing of a vendor or a country is used: proven, violated, or what is missing.",
       .operands = "VENDOR|COUNTRY|SET",
       .operands_min = 1,
       .operands_max = 1,
       .flags = {{"skip-undeclared",
                  0,
                  "",
                  "Leave out who states no dependency, and say so; else they stand in the way.",
                  "",
                  {}},
                 {"strict",
                  0,
                  "",
                  "Read nothing as none that nobody stated: absent intermediaries and absent sources of "
                  "weights stand in the way.",
                  "",
                  {}},
                 {"fill-in", 0, "", "Write the facts that stand in the way as documents to fill in.", "", {}},
                 {"limit",
                  0,
                  "N",
                  "Show at most N violations and facts; 0: all. Absent: 20 in text, all in other forms.",
                  "",
                  {}}},
       .outputs = {"text", "markdown", "json", "jsonl", "yaml"},
       .reads_past = true,
       .selects_consumers = true,
       .examples = {"linchpin attest vendors/deepseek", "linchpin attest CN --critical --as-of 2026-06-30",
                    "linchpin attest EU", "linchpin attest CN -o markdown > attestation.md",
                    "linchpin attest CN --fill-in > facts.yaml"},
       .details =
           "Counts every alternative, also one that carries nothing today, with owners, hosts, developers "
           "and everything that a model was made from; likely facts are not read "
           "(docs/concepts/attestation.md). The digest is that of the inventory's documents at the revision. "
           "A jurisdiction set is attested country by country, as a table. Exit code 0: it holds; 3: it is "
           "violated; 8: neither is proven, and the facts that stand in the way are listed.",
       .run = Attest});
  return commands;
}

}  // namespace linchpin::cli
