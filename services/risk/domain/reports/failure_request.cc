#include "services/risk/domain/reports/failure_request.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/risk/domain/reports/named_consumers.h"
#include "services/risk/domain/scores/atom_classes.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

absl::Status ReadConsumers(const Analysis& analysis, const v1::FailureQuestion& message,
                           engine::FailureQuestion& question) {
  const auto named = FindConsumers(analysis.graph(), message.consumers(), "question.consumers");
  if (!named.ok()) return named.status();
  std::set<uint32_t> met;
  for (engine::ConsumerIndex consumer : *named) {
    const bool is_new = met.insert(consumer.value).second;
    if (is_new && analysis.counted().IsSelected(consumer)) question.consumers.push_back(consumer);
  }
  if (message.consumers_size() > 0) return absl::OkStatus();
  for (engine::ConsumerIndex consumer :
       analysis.graph().consumers()) {  // Routes only where they stand in for applications.
    if (analysis.counted().IsCounted(consumer)) question.consumers.push_back(consumer);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<engine::FailureQuestion> ReadQuestion(const Analysis& analysis,
                                                     const v1::FailureQuestion& message) {
  engine::FailureQuestion question;
  if (message.threshold_ppm() < 0 || message.threshold_ppm() >= engine::kOne)
    return base::FieldError("question.threshold_ppm", "must be from 0 to 999999");
  question.threshold_ppm = message.threshold_ppm();
  if (message.readiness() == v1::READINESS_IMMEDIATE) question.readiness = engine::Readiness::kImmediate;
  std::vector<engine::AtomClass> classes(std::begin(engine::kAtomClasses), std::end(engine::kAtomClasses));
  if (message.atom_classes_size() > 0) {
    auto asked = ReadAtomClasses(message.atom_classes(), "question.atom_classes");
    if (!asked.ok()) return asked.status();
    classes = *std::move(asked);
  }
  if (absl::Status status = ReadConsumers(analysis, message, question); !status.ok()) return status;
  for (engine::AtomClass atom_class : classes) question.atoms.push_back(&analysis.Atoms(atom_class));
  return question;
}

absl::Status CheckTogether(const engine::FailureQuestion& question) {
  if (question.consumers.empty())
    return base::FieldError(
        "question.consumers",
        "there is nobody to ask about: the inventory has no consumer yet, or the selector "
        "selects none of those that are named");
  if (question.consumers.size() <= kConsumersTogetherMax) return absl::OkStatus();
  return base::FieldError(
      "question.consumers",
      absl::StrCat("the inventory has ", question.consumers.size(), " consumers; name at most ",
                   kConsumersTogetherMax, " of them, or ask for the single points of failure of all"));
}

engine::FailureQuestion::Together TogetherOf(v1::Together together) {
  return together == v1::TOGETHER_ALL ? engine::FailureQuestion::Together::kAll
                                      : engine::FailureQuestion::Together::kAny;
}

absl::StatusOr<std::vector<engine::Reading>> ReadReadings(
    const google::protobuf::RepeatedField<int>& readings) {
  std::set<engine::Reading> asked;
  for (int i = 0; i < readings.size(); ++i) {
    const auto found = std::find_if(engine::kReadings.begin(), engine::kReadings.end(),
                                    [&](engine::Reading reading) { return ToProto(reading) == readings[i]; });
    if (found == engine::kReadings.end())
      return base::FieldError(absl::StrCat("readings[", i, "]"),
                              "name a reading, or leave the list empty for all three");
    asked.insert(*found);
  }
  if (asked.empty()) return std::vector<engine::Reading>(engine::kReadings.begin(), engine::kReadings.end());
  return std::vector<engine::Reading>(asked.begin(), asked.end());
}

v1::Reading ToProto(engine::Reading reading) {
  switch (reading) {
    case engine::Reading::kProven:
      return v1::READING_PROVEN;
    case engine::Reading::kLikely:
      return v1::READING_LIKELY;
    case engine::Reading::kNotExcluded:
      break;
  }
  return v1::READING_NOT_EXCLUDED;
}

std::string ObstacleName(const engine::Graph& graph, const std::optional<engine::Target>& obstacle) {
  return obstacle.has_value() ? std::string(graph.NameOf(*obstacle)) : std::string();
}

}  // namespace linchpin::risk
