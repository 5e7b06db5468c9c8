// check: what a change would do to findings and figures, before it is made.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "linchpin/policy/v1/policy.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/check/check_printers.h"
#include "services/cli/check/check_report.h"
#include "services/cli/client/api.h"
#include "services/cli/client/proposed_changes.h"
#include "services/cli/commands.h"
#include "services/cli/commands/apply.h"
#include "services/cli/context.h"
#include "services/cli/home.h"
#include "services/cli/offline.h"
#include "services/cli/print/current_resources.h"
#include "services/cli/print/finding_text.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using base::Cat;
using resource::Document;

// More would not go into one message of 16 MiB with room for what else it holds.
constexpr size_t kRequestBytesMax = size_t{15} << 20;
constexpr size_t kProposedMax = 100'000;
// How often it begins anew when the inventory moves between the two questions.
constexpr int kAttempts = 3;

// What makes the command fail.
struct FailOn {
  policy::Severity severity = policy::SEVERITY_UNSPECIFIED;
  bool warn = false;
};

absl::StatusOr<FailOn> FailOnFlag(const Context& context) {
  const std::string word = context.arguments.Get("fail-on");
  FailOn fail_on;
  if (word == "deny") return fail_on;
  if (word == "warn") {
    fail_on.warn = true;
    return fail_on;
  }
  absl::StatusOr<policy::Severity> severity = SeverityOf("fail-on", word);
  if (!severity.ok()) {
    return UsageError(
        Cat({"`", word, "` of --fail-on is none of deny, warn, info, low, medium, high, critical"}));
  }
  fail_on.severity = *severity;
  return fail_on;
}

// Those of the documents that the server does not have as they are. A large repository mostly says what is
// there already.
absl::StatusOr<std::vector<const Document*>> Differing(Client& client,
                                                       const std::vector<const Document*>& documents) {
  std::vector<std::string> names;
  for (const Document* document : documents) names.push_back(document->name());
  auto present = CurrentResources(client, names);
  if (!present.ok()) return present.status();
  std::vector<const Document*> differing;
  for (const Document* document : documents) {
    const auto found = present->find(document->name());
    if (found != present->end()) {
      resource::ClearOutputOnly(*found->second);
      resource::ClearOutputOnly(*document->resource);
      if (found->second->SerializeAsString() == document->resource->SerializeAsString()) continue;
    }
    differing.push_back(document);
  }
  return differing;
}

size_t SizeOf(const ProposedChanges& proposal) {
  size_t size = proposal.inventory.ByteSizeLong();
  for (const auto& operation : proposal.policies) size += operation.ByteSizeLong() + 8;
  return size;
}

bool Fits(const ProposedChanges& proposal) {
  return proposal.inventory_documents.size() <= kProposedMax && SizeOf(proposal) <= kRequestBytesMax;
}

absl::StatusOr<ProposedChanges> MakeProposedChanges(Client& client,
                                                    const std::vector<const Document*>& documents) {
  ProposedChanges proposal = ProposedBy(documents);
  if (Fits(proposal)) return proposal;
  const auto differing = Differing(client, documents);
  if (!differing.ok()) return differing.status();
  proposal = ProposedBy(*differing);
  if (Fits(proposal)) return proposal;
  return base::Error(
      base::reason::MessageTooLarge{.limit_bytes = kRequestBytesMax},
      Cat({"the change is larger than one check takes: ", std::to_string(proposal.inventory_documents.size()),
           " resources of ", std::to_string(SizeOf(proposal)), " bytes; at most ",
           std::to_string(kProposedMax), " and ", std::to_string(kRequestBytesMax), "; check it in parts"}));
}

struct Answers {
  policy::CheckChangeResponse change;
  risk::AssessChangeResponse figures;
};

// Both answers, of one revision.
absl::StatusOr<Answers> Ask(Client& client, const ProposedChanges& proposal, const FailOn& fail_on,
                            const std::vector<std::string>& home) {
  policy::CheckChangeRequest check;
  *check.mutable_proposed() = proposal.inventory;
  *check.mutable_policies() = proposal.policies;
  check.set_deny_at(fail_on.severity);
  risk::AssessChangeRequest assess;
  *assess.mutable_proposed() = proposal.inventory;
  for (const std::string& country : home) assess.add_home(country);
  absl::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Answers answers;
    status = client.Call(kPolicy, "CheckChange", check, answers.change);
    if (!status.ok()) return status;
    assess.set_min_revision(answers.change.inventory().revision_token());
    assess.mutable_proposed()->set_expected_revision(answers.change.inventory().revision());
    status = client.Call(kRisk, "AssessChange", assess, answers.figures);
    if (status.ok()) return answers;
    if (!base::Is<base::reason::RevisionMismatch>(status)) return status;
    check.set_min_revision("");
  }
  return status;
}

// What the rules of the report say of themselves; a policy that cannot be read is passed over.
std::vector<RuleNote> RuleNotes(Client& client, const Loaded& loaded, const CheckReport& report) {
  std::map<std::string, policy::Policy> policies;
  for (const CheckedFinding& finding : report.findings) {
    if (!finding.finding().policy().empty()) policies[finding.finding().policy()];
  }
  for (auto& [name, found] : policies) {
    for (const Document& document : loaded.documents) {
      if (document.name() == name) found.CopyFrom(*document.resource);
    }
    if (!found.name().empty()) continue;
    const auto stored = GetResource(client, name);
    if (stored.ok()) found.CopyFrom(**stored);
  }
  std::vector<RuleNote> notes;
  for (const auto& [name, found] : policies) {
    for (const policy::Rule& rule : found.rules()) {
      notes.push_back(
          {Cat({resource::IdOf(name), "/", rule.id()}), rule.title(), rule.rationale(), rule.remediation()});
    }
  }
  return notes;
}

void Print(Context& context, Client& client, const Loaded& loaded, const CheckReport& report) {
  const std::string format = context.Output("text");
  if (format == "markdown") {
    context.out << CheckMarkdown(report);
  } else if (format == "json") {
    context.out << CheckJson(report);
  } else if (format == "sarif") {
    context.out << CheckSarif(report, RuleNotes(client, loaded, report));
  } else if (format == "junit") {
    context.out << CheckJunit(report);
  } else {
    PrintCheckText(context, report);
  }
}

absl::StatusOr<int> Check(Context& context) {
  absl::StatusOr<FailOn> fail_on = FailOnFlag(context);
  if (!fail_on.ok()) return fail_on.status();
  absl::StatusOr<Loaded> loaded = LoadGiven(context);
  if (!loaded.ok()) return loaded.status();
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<std::vector<std::string>> home = HomeCountries(context);
  if (!home.ok()) return home.status();
  absl::StatusOr<ProposedChanges> proposal = MakeProposedChanges(**client, StoredDocuments(context, *loaded));
  if (!proposal.ok()) return proposal.status();
  for (const Document* document : proposal->others) {
    context.Note(Cat({document->name(), " is neither of the inventory nor of policies; left out"}));
  }
  absl::StatusOr<Answers> answers = Ask(**client, *proposal, *fail_on, *home);
  if (!answers.ok()) return ExplainRefusal(*loaded, *proposal, answers.status());
  const CheckReport report =
      MakeCheckReport(*loaded, std::move(answers->change), std::move(answers->figures), fail_on->warn);
  Print(context, **client, *loaded, report);
  return report.fails ? kFound : kOk;
}

}  // namespace

std::vector<Command> CheckCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "check",
       .summary = "Say what a change would do to findings and figures, and whether it may go ahead.",
       .operands = "[FILE...]",
       .operands_max = -1,
       .flags = {FileFlag(),
                 MergeFlag(),
                 {"fail-on",
                  0,
                  "WHAT",
                  "What makes the exit code 3: a verdict, `deny` or `warn`, or a finding introduced or "
                  "worsened of this severity or worse: info, low, medium, high or critical. What denies "
                  "always does.",
                  "deny",
                  {}},
                 HomeFlag(),
                 OfflineFlag()},
       .outputs = {"text", "markdown", "json", "sarif", "junit"},
       .examples = {"linchpin check -f inventory/", "linchpin check -f inventory/ --fail-on high -o markdown",
                    "linchpin check -f inventory/ -o sarif > linchpin.sarif",
                    "linchpin check -f change.yaml --merge --offline export.yaml"},
       .details =
           "Takes the same files as `linchpin apply`, works out what they would change, and writes nothing. "
           "Assignments in mode ENFORCE deny what they find, those in WARN advise against it, those in AUDIT "
           "only report it; what is wrong already stands in nobody's way. Exit code 0: it may go ahead; 3: "
           "it may not; 2: wrong usage; others as for every command: the change could not be checked, and "
           "nothing is said of it. With --offline the home of a server does not count: give --home.",
       .run = Check});
  return commands;
}

}  // namespace linchpin::cli
