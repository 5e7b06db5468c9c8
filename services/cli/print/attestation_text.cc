#include "services/cli/print/attestation_text.h"

#include <vector>

#include "linchpin/risk/v1/question.pb.h"
#include "services/base/text.h"
#include "services/cli/check/check_printers.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/question_text.h"
#include "services/cli/print/table.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using linchpin::risk::v1::Attestation;
using linchpin::risk::v1::Question;

// "HOLDS"
std::string VerdictWord(const Attestation& attestation) {
  return Attestation::Verdict_Name(attestation.verdict()).substr(std::string("VERDICT_").size());
}

// What the verdict means, with figures.
std::string Outcome(const Attestation& attestation) {
  const std::string all = Counted(attestation.consumer_count(), "application or business service",
                                  "applications and business services");
  std::string text;
  switch (attestation.verdict()) {
    case Attestation::VERDICT_HOLDS:
      text = Cat({"Proven for all of ", all, ", whatever is still unknown."});
      break;
    case Attestation::VERDICT_VIOLATED:
      text = Cat({Grouped(attestation.violating_count()), " of ", all, " certainly use something of it."});
      break;
    default:
      text = Cat(
          {"Nothing is proven of ", Grouped(attestation.open_count()), " of ", all, "; facts are missing."});
  }
  if (attestation.verdict() == Attestation::VERDICT_VIOLATED && attestation.open_count() > 0)
    text += Cat({" Of ", Grouped(attestation.open_count()), " more facts are missing."});
  if (attestation.undeclared_count() > 0)
    text += Cat({" Left out: ", Grouped(attestation.undeclared_count()), " that state no dependency."});
  return text;
}

// "applications/a/dependencies/d alternatives[1].target = deployments/x"
std::string StepText(const Attestation::Step& step) {
  return Cat({step.resource(), " ", step.field(), " = ", step.value()});
}

std::string QuestionLine(const Attestation& attestation, const Question& question) {
  return Cat({QuestionText(question), ": leaves ", Grouped(question.consumer_count()), " of ",
              Grouped(attestation.open_count()), " open"});
}

std::string MoreText(int64_t shown, int64_t all) {
  return all > shown ? Cat({"and ", Grouped(all - shown), " more"}) : "";
}

std::string ExportCommand(const Attestation& attestation) {
  return Cat({"linchpin export inventory --as-of ", std::to_string(attestation.inventory().revision()),
              " -o jsonl | sha256sum"});
}

std::string RevisionText(const Attestation& attestation) {
  std::string text = Cat({"revision ", std::to_string(attestation.inventory().revision())});
  if (attestation.has_revision_time())
    text += Cat({" of ", resource::FormatTime(attestation.revision_time())});
  return text;
}

std::string ContentText(const Attestation& attestation) {
  return Cat({Counted(attestation.document_count(), "document", "documents"), ", ",
              Grouped(attestation.content_bytes()), " bytes"});
}

// What to say where nobody said what something uses.
std::string DependencyDocument(const std::string& consumer) {
  return Cat(
      {"# What does ", consumer, " use? One document for each need; delete it if it uses nothing.\n",
       "apiVersion: linchpin/v1\nkind: Dependency\nname: ", consumer,
       "/dependencies/  # and an id, such as chat\nalternatives:\n  - target:  # such as deployments/x or "
       "routes/x\n"});
}

}  // namespace

std::string AttestationText(const Attestation& attestation) {
  std::string text = Cat(
      {VerdictWord(attestation), "\n\n", Clean(attestation.statement()), "\n", Outcome(attestation), "\n"});
  for (const Attestation::Violation& violation : attestation.violations()) {
    text += Cat({"\n", violation.consumer(), "\n"});
    for (const Attestation::Step& step : violation.path()) text += Cat({"  ", StepText(step), "\n"});
  }
  const std::string more = MoreText(attestation.violations_size(), attestation.violating_count());
  if (!more.empty()) text += more + "\n";
  if (attestation.question_count() > 0) text += "\nFacts that stand in the way:\n";
  for (const Question& question : attestation.questions())
    text += Cat({"  ", QuestionLine(attestation, question), "\n"});
  const std::string further = MoreText(attestation.questions_size(), attestation.question_count());
  if (!further.empty()) text += Cat({"  ", further, "\n"});
  if (attestation.assumptions_size() > 0) text += "\nAssumed:\n";
  for (const std::string& assumption : attestation.assumptions()) text += Cat({"  ", assumption, "\n"});
  return text + Cat({"\nInventory ", RevisionText(attestation), ", ", ContentText(attestation), "\nSHA-256 ",
                     attestation.content_sha256(), "\nCheck it: ", ExportCommand(attestation), "\n"});
}

std::string AttestationMarkdown(const Attestation& attestation) {
  std::string text =
      Cat({"# Attestation: ", VerdictWord(attestation), "\n\n> ", MarkdownText(attestation.statement()),
           "\n\n", MarkdownText(Outcome(attestation)), "\n"});
  if (attestation.violations_size() > 0) text += "\n## Violations\n\n| Who | Way |\n| --- | --- |\n";
  for (const Attestation::Violation& violation : attestation.violations()) {
    std::string way;
    for (const Attestation::Step& step : violation.path())
      way += Cat({way.empty() ? "" : "<br>", MarkdownText(StepText(step))});
    text += Cat({"| ", MarkdownText(violation.consumer()), " | ", way, " |\n"});
  }
  const std::string more = MoreText(attestation.violations_size(), attestation.violating_count());
  if (!more.empty()) text += Cat({"\n", more, "\n"});
  if (attestation.questions_size() > 0)
    text += "\n## Facts that stand in the way\n\n| Fact | Leaves open |\n| --- | --- |\n";
  for (const Question& question : attestation.questions()) {
    text += Cat({"| ", MarkdownText(QuestionText(question)), " | ", Grouped(question.consumer_count()),
                 " of ", Grouped(attestation.open_count()), " |\n"});
  }
  const std::string further = MoreText(attestation.questions_size(), attestation.question_count());
  if (!further.empty()) text += Cat({"\n", further, "\n"});
  if (attestation.assumptions_size() > 0) text += "\n## Assumed\n\n";
  for (const std::string& assumption : attestation.assumptions())
    text += Cat({"- ", MarkdownText(assumption), "\n"});
  return text + Cat({"\n## Basis\n\nInventory ", RevisionText(attestation), ", ", ContentText(attestation),
                     ".\n\n- SHA-256: `", attestation.content_sha256(), "`\n- Check it: `",
                     ExportCommand(attestation), "`\n"});
}

absl::StatusOr<std::string> AttestationDocuments(Client& client, const Attestation& attestation) {
  linchpin::risk::v1::ListOpenQuestionsResponse asked;
  std::string text;
  for (const Question& question : attestation.questions()) {
    if (question.field() == "dependencies") {
      text += Cat({text.empty() ? "" : "---\n", DependencyDocument(question.resource())});
    } else {
      *asked.add_questions() = question;
    }
  }
  if (asked.questions_size() == 0) return text;
  absl::StatusOr<std::string> documents = QuestionDocuments(client, asked);
  if (!documents.ok()) return documents.status();
  return text.empty() ? *documents : Cat({*documents, "---\n", text});
}

}  // namespace linchpin::cli
