#include "services/cli/commands/risk/failure_flags.h"

#include "services/base/enum_words.h"
#include "services/base/text.h"
#include "services/cli/names.h"
#include "services/cli/print/enums.h"
#include "services/cli/print/figures.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int kNamesShown = 2;
constexpr int64_t kThresholdMax = 999'999;

}  // namespace

std::vector<Flag> FailureFlags() {
  return {
      {"class", 0, "CLASS", "Only losses of this class. Repeatable.", "",
       FlagWords(*risk::AtomClass_descriptor())},
      {"readiness", 0, "READINESS",
       "Which alternatives stand in: all that ever can, or those that need no time.", "sustained",
       FlagWords(*risk::Readiness_descriptor())},
      {"threshold", 0, "PPM", "It fails at a service level of this or less, in parts per million.", "0", {}}};
}

std::vector<Flag> TogetherFlags() {
  return {{"together", 0, "WHEN", "Of several consumers: failed when any of them is, or when all are.", "any",
           FlagWords(*risk::Together_descriptor())},
          {"reading", 0, "READING", "Only this reading of open facts. Repeatable.", "",
           FlagWords(*risk::Reading_descriptor())}};
}

absl::StatusOr<risk::FailureQuestion> ReadFailureQuestion(const Context& context, Client& client) {
  risk::FailureQuestion question;
  for (const std::string& word : context.arguments.All("class")) {
    absl::StatusOr<int> atom_class = FlagEnum(*risk::AtomClass_descriptor(), "class", word);
    if (!atom_class.ok()) return atom_class.status();
    question.add_atom_classes(static_cast<risk::AtomClass>(*atom_class));
  }
  absl::StatusOr<int> readiness =
      FlagEnum(*risk::Readiness_descriptor(), "readiness", context.arguments.Get("readiness"));
  if (!readiness.ok()) return readiness.status();
  question.set_readiness(static_cast<risk::Readiness>(*readiness));
  absl::StatusOr<int64_t> threshold = context.arguments.Number("threshold");
  if (!threshold.ok()) return threshold.status();
  if (*threshold > kThresholdMax)
    return UsageError("--threshold expects parts per million, 0 to 999999: 500000 is half of the service");
  question.set_threshold_ppm(static_cast<int>(*threshold));
  const auto consumers = NamesOfAnyKind(client, context.arguments.operands);
  if (!consumers.ok()) return consumers.status();
  question.mutable_consumers()->Add(consumers->begin(), consumers->end());
  return question;
}

absl::StatusOr<risk::Together> ReadTogether(const Context& context) {
  absl::StatusOr<int> together =
      FlagEnum(*risk::Together_descriptor(), "together", context.arguments.Get("together"));
  if (!together.ok()) return together.status();
  return static_cast<risk::Together>(*together);
}

absl::StatusOr<google::protobuf::RepeatedField<int>> ReadReadingFlags(const Context& context) {
  google::protobuf::RepeatedField<int> readings;
  for (const std::string& word : context.arguments.All("reading")) {
    absl::StatusOr<int> reading = FlagEnum(*risk::Reading_descriptor(), "reading", word);
    if (!reading.ok()) return reading.status();
    readings.Add(*reading);
  }
  return readings;
}

std::string ReadingText(risk::Reading reading) {
  constexpr size_t kPrefix = sizeof("READING_") - 1;
  return base::EnumWords(risk::Reading_Name(reading).substr(kPrefix));
}

std::string SubjectText(const risk::FailureQuestion& question, risk::Together together) {
  if (question.consumers().empty()) return "any consumer";
  if (question.consumers_size() > kNamesShown)
    return Cat({together == risk::TOGETHER_ALL ? "all of " : "any of ",
                Counted(question.consumers_size(), "consumer", "consumers")});
  return question.consumers_size() == 1
             ? question.consumers(0)
             : Cat({question.consumers(0), together == risk::TOGETHER_ALL ? " and " : " or ",
                    question.consumers(1)});
}

}  // namespace linchpin::cli
