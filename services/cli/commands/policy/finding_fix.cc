// finding fix: the smallest set of changes that clears a finding.
#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "linchpin/policy/v1/change_check.pb.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "services/base/text.h"
#include "services/cli/commands.h"
#include "services/cli/commands/policy/findings.h"
#include "services/cli/context.h"
#include "services/cli/home.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/finding_text.h"
#include "services/cli/print/output.h"
#include "services/cli/print/remedy_text.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using base::Cat;
using risk::Remedy;

constexpr int kCandidatesMax = 100;  // of the service
// Changes of which pairs are tried, and how often the rules are asked in all.
constexpr size_t kPairedMax = 15;
constexpr int kChecksMax = 250;

// Names of what a remedy writes.
std::set<std::string> WrittenBy(const Remedy& remedy) {
  std::set<std::string> names;
  for (const risk::RemedyDocument& document : remedy.documents()) {
    const auto& resource = document.resource();
    const auto* field =
        resource.GetReflection()->GetOneofFieldDescriptor(resource, resource.GetDescriptor()->oneof_decl(0));
    if (field != nullptr)
      names.insert(resource::NameOf(resource.GetReflection()->GetMessage(resource, field)));
  }
  return names;
}

// The application or service whose score is about what a finding is about; empty if it is about something
// else.
std::string ConsumerOf(const std::string& subject) {
  const std::string_view parent = resource::ParentName(subject);
  const std::string name(parent.empty() ? std::string_view(subject) : parent);
  const resource::KindInfo* kind = resource::KindOfName(name);
  const bool scored = kind != nullptr && (kind->kind == "Application" || kind->kind == "BusinessService");
  return scored ? name : "";
}

// Asks the rules of a finding's assignment whether changes put it right.
class Checker {
 public:
  Checker(Client& client, const policy::Finding& finding) : client_(client), finding_(finding) {}

  int checks() const { return checks_; }

  // Whether the finding would be fixed, and nothing new found.
  absl::StatusOr<bool> Clears(const std::vector<const Remedy*>& remedies) {
    ++checks_;
    policy::CheckChangeRequest request;
    request.add_assignments(finding_.assignment());
    for (const Remedy* remedy : remedies) {
      for (const risk::RemedyDocument& document : remedy->documents()) {
        *request.mutable_proposed()->add_operations()->mutable_upsert() = document.resource();
      }
    }
    policy::CheckChangeResponse response;
    const absl::Status status = client_.Call(kPolicy, "CheckChange", request, response);
    if (status.code() == absl::StatusCode::kFailedPrecondition)
      return false;  // Not a change that can be written.
    if (!status.ok()) return status;
    if (response.totals().introduced() > 0 || response.totals().failed_rules() > 0) return false;
    return std::any_of(response.resolved().begin(), response.resolved().end(),
                       [this](const auto& change) { return change.finding().name() == finding_.name(); });
  }

 private:
  Client& client_;
  const policy::Finding& finding_;
  int checks_ = 0;
};

// The cheapest single change that clears it, else the cheapest pair of changes of different resources.
absl::StatusOr<std::vector<const Remedy*>> Smallest(Checker& checker, std::vector<const Remedy*> candidates) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Remedy* a, const Remedy* b) { return a->cost_days() < b->cost_days(); });
  for (const Remedy* one : candidates) {
    absl::StatusOr<bool> clears = checker.Clears({one});
    if (!clears.ok()) return clears.status();
    if (*clears) return std::vector<const Remedy*>{one};
  }
  candidates.resize(std::min(candidates.size(), kPairedMax));
  for (size_t b = 1; b < candidates.size(); ++b) {
    const std::set<std::string> written = WrittenBy(*candidates[b]);
    for (size_t a = 0; a < b && checker.checks() < kChecksMax; ++a) {
      const std::set<std::string> other = WrittenBy(*candidates[a]);
      const bool apart = std::none_of(other.begin(), other.end(),
                                      [&written](const std::string& name) { return written.contains(name); });
      if (!apart) continue;
      absl::StatusOr<bool> clears = checker.Clears({candidates[a], candidates[b]});
      if (!clears.ok()) return clears.status();
      if (*clears) return std::vector<const Remedy*>{candidates[a], candidates[b]};
    }
  }
  return std::vector<const Remedy*>();
}

// Every change that could lower the score of what the finding is about.
absl::StatusOr<risk::RemedyResult> Candidates(Context& context, Client& client,
                                              const policy::Finding& finding) {
  risk::SuggestRemediesRequest request;
  request.set_list_candidates(true);
  request.set_max_remedies(kCandidatesMax);
  request.set_trials(1);  // Money decides nothing here.
  if (const std::string consumer = ConsumerOf(finding.subject()); !consumer.empty())
    request.add_consumers(consumer);
  absl::StatusOr<std::vector<std::string>> home = HomeCountries(context);
  if (!home.ok()) return home.status();
  for (const std::string& country : *home) request.add_home(country);
  risk::SuggestRemediesResponse part;
  risk::RemedyResult result;
  absl::Status status = client.Stream(kRisk, "SuggestRemedies", request, part, [&] {
    if (part.has_result()) result = part.result();
  });
  if (!status.ok()) return status;
  // One year drawn says nothing.
  for (Remedy& remedy : *result.mutable_remedies()) {
    remedy.clear_loss_before();
    remedy.clear_loss_after();
  }
  return result;
}

int64_t DaysOf(const std::vector<const Remedy*>& remedies) {
  int64_t days = 0;
  for (const Remedy* remedy : remedies) days += remedy->cost_days();
  return days;
}

void PrintFix(Context& context, const policy::Finding& finding, const std::vector<const Remedy*>& chosen,
              int checks) {
  context.out << finding.message() << "\n\n";
  if (chosen.empty()) {
    context.out
        << Painted("Nothing clears it", Paint::kBold, context.colour) << ": "
        << Counted(checks, "change or pair of changes was tried", "changes and pairs of changes were tried")
        << ". A rule that asks for tests is cleared by a test alone; write its result to `last_test`.\n";
    return;
  }
  context.out << Painted(Cat({chosen.size() == 1 ? "This change clears it"
                                                 : "These two changes clear it together",
                              ", ", Counted(DaysOf(chosen), "day", "days"), " of work"}),
                         Paint::kBold, context.colour)
              << " (" << Counted(checks, "trial", "trials") << " against the rules; no new finding):\n";
  for (const Remedy* remedy : chosen) {
    context.out << "\n" << Painted(remedy->title(), Paint::kBold, context.colour) << "\n";
    for (const std::string& line : RemedyLines(*remedy, "")) context.out << "   " << line << "\n";
  }
  context.Note(
      "\nNext: read what it assumes, then\n  linchpin finding fix ID -o yaml | linchpin apply --merge -f -");
}

absl::StatusOr<int> FixCommand(Context& context) {
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  absl::StatusOr<policy::Finding> finding = FindFinding(**client, context.arguments.operands[0]);
  if (!finding.ok()) return finding.status();
  if (finding->state() == policy::Finding::STATE_RESOLVED) {
    context.Note(Cat({finding->name(), " is resolved already"}));
    return kOk;
  }
  if (finding->type() != policy::Finding::TYPE_UNSPECIFIED &&
      finding->type() != policy::Finding::TYPE_VIOLATION) {
    context.Note(
        "it is not a violation but a missing fact, which no change of the supply can fix; "
        "`linchpin finding show` says what to find out");
    return kFound;
  }
  absl::StatusOr<risk::RemedyResult> result = Candidates(context, **client, *finding);
  if (!result.ok()) return result.status();
  std::vector<const Remedy*> candidates;
  for (const Remedy& remedy : result->remedies()) candidates.push_back(&remedy);
  Checker checker(**client, *finding);
  absl::StatusOr<std::vector<const Remedy*>> chosen = Smallest(checker, std::move(candidates));
  if (!chosen.ok()) return chosen.status();
  risk::RemedyResult fix;
  *fix.mutable_basis() = result->basis();
  for (const Remedy* remedy : *chosen) *fix.add_remedies() = *remedy;
  if (context.Output("table") == "yaml") {
    context.out << RemedyDocuments(fix);
  } else if (!PrintMessage(context, fix)) {
    PrintFix(context, *finding, *chosen, checker.checks());
  }
  return chosen->empty() ? kFound : kOk;
}

}  // namespace

std::vector<Command> FindingFixCommands() {
  std::vector<Command> commands;
  commands.push_back(
      {.path = "finding fix",
       .summary = "Show the smallest set of changes that clears a finding, tried against the rules.",
       .operands = "ID",
       .operands_min = 1,
       .operands_max = 1,
       .flags = {HomeFlag()},
       .outputs = DocumentOutputs(),
       .examples = {"linchpin finding fix 66a7242f7286",
                    "linchpin finding fix 66a7242f7286 -o yaml | linchpin apply --merge -f -"},
       .details = "Each change of `risk remedies` about the subject of the finding is tried by itself, the "
                  "cheapest first, then pairs of the cheapest. One that would cause another finding of the "
                  "same assignment does not count. Exit code 3: nothing that was tried clears it.",
       .run = FixCommand});
  return commands;
}

}  // namespace linchpin::cli
