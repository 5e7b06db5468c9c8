// attest: that nothing of a vendor or a country is used.
#include <algorithm>
#include <string>

#include "linchpin/risk/v1/attestation.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands/analyst.h"
#include "services/cli/context.h"
#include "services/cli/names.h"
#include "services/cli/print/attestation_text.h"
#include "services/cli/print/output.h"

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

absl::StatusOr<risk::AttestAbsenceRequest> MakeRequest(Context& context, Client& client) {
  risk::AttestAbsenceRequest request;
  const std::string& entity = context.arguments.operands[0];
  if (const auto country = CountryOf(entity)) {
    request.set_country(*country);
  } else {
    absl::StatusOr<std::string> vendor = ResolveName(client, *resource::FindKind("Vendor"), entity,
                                                     [&](std::string_view text) { context.Note(text); });
    if (!vendor.ok()) return vendor.status();
    request.set_vendor(*vendor);
  }
  request.set_skip_undeclared(context.arguments.Has("skip-undeclared"));
  request.set_strict(context.arguments.Has("strict"));
  const bool all = (context.Output("text") != "text" || context.arguments.Has("fill-in")) &&
                   !context.arguments.Has("limit");
  absl::StatusOr<int64_t> limit = context.arguments.Has("limit") ? context.arguments.Number("limit") : kShown;
  if (!limit.ok()) return limit.status();
  request.set_max_items(static_cast<int>(all || *limit == 0 ? kItemsMax : std::min(*limit, kItemsMax)));
  return request;
}

absl::StatusOr<int> Attest(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  const auto request = MakeRequest(context, **client);
  if (!request.ok()) return request.status();
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
      {"attest",
       "Say whether nothing of a vendor or a country is used: proven, violated, or what is missing.",
       "VENDOR|COUNTRY",
       1,
       1,
       {{"skip-undeclared",
         0,
         "",
         "Leave out who states no dependency, and say so; else they stand in the way.",
         "",
         {}},
        {"strict",
         0,
         "",
         "Read nothing as none that nobody stated: absent intermediaries and absent sources of weights stand "
         "in the "
         "way.",
         "",
         {}},
        {"fill-in", 0, "", "Write the facts that stand in the way as documents to fill in.", "", {}},
        {"limit",
         0,
         "N",
         "Show at most N violations and facts; 0: all. Absent: 20 in text, all in other forms.",
         "",
         {}}},
       {"linchpin attest vendors/deepseek", "linchpin attest CN --critical --as-of 2026-06-30",
        "linchpin attest CN -o markdown > attestation.md", "linchpin attest CN --fill-in > facts.yaml"},
       "Counts every alternative, also one that carries nothing today, with owners, hosts, developers and "
       "everything "
       "that a model was made from; likely facts are not read (docs/concepts/attestation.md). The digest is "
       "that of the "
       "inventory's documents at the revision. Exit code 0: it holds; 3: it is violated; 8: neither is "
       "proven, and the "
       "facts that stand in the way are listed.",
       Attest});
  return commands;
}

}  // namespace linchpin::cli
