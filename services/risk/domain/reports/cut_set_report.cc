#include "services/risk/domain/reports/cut_set_report.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/engine/structure/cut_sets.h"
#include "services/engine/structure/failed_needs.h"
#include "services/risk/domain/reports/engine_error.h"
#include "services/risk/domain/reports/failure_request.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr int kSizeDefault = 3;
constexpr int kSetsDefault = 100;
constexpr int kDependenciesMax = 10;
constexpr size_t kResponseBytesMax = 15 << 20;

int64_t Signed(uint64_t count) {
  return static_cast<int64_t>(
      std::min<uint64_t>(count, static_cast<uint64_t>(std::numeric_limits<int64_t>::max())));
}

std::string NameOf(const engine::Graph& graph, const engine::FailedNeed& need) {
  const engine::ConsumerView consumer = graph.consumers()[need.consumer];
  return absl::StrCat(std::string(consumer.name()), "/dependencies/",
                      std::string(consumer.group(need.group).id()));
}

absl::Status AddSets(const engine::EvaluationPlan& plan, const engine::FailureQuestion& question,
                     const engine::CutSets& cuts, const engine::Limits& limits, v1::CutSetList& list) {
  const auto needs = engine::FindFailedNeeds(plan, question, cuts.sets, limits);
  if (!needs.ok()) return FromEngine(needs.status());
  size_t bytes = 0;
  for (size_t i = 0; i < cuts.sets.size(); ++i) {
    v1::CutSet& set = *list.add_cut_sets();
    for (const std::string& key : cuts.sets[i]) set.add_atoms(key);
    for (const engine::FailedNeed& need : (*needs)[i]) {
      if (set.dependencies_size() < kDependenciesMax) set.add_dependencies(NameOf(plan.graph(), need));
    }
    bytes += set.ByteSizeLong() + 8;
    if (bytes > kResponseBytesMax / engine::kReadings.size()) {
      return base::Error(base::reason::LimitReached{.limit = absl::StrCat(kResponseBytesMax, " bytes")},
                         "the answer is larger than a message may be; set max_sets");
    }
  }
  return absl::OkStatus();
}

absl::Status AddList(const engine::EvaluationPlan& plan, const engine::FailureQuestion& question,
                     const engine::CutSetOptions& options, v1::CutSetList& list) {
  const auto cuts = engine::FindCutSets(plan, question, options);
  if (!cuts.ok()) return FromEngine(cuts.status());
  list.set_reading(ToProto(question.reading));
  uint64_t known = 0;
  for (size_t size = 0; size < cuts->count_by_size.size(); ++size) {
    list.add_count_by_size(Signed(cuts->count_by_size[size]));
    if (size <= cuts->complete_to.value_or(0)) known += cuts->count_by_size[size];
  }
  if (cuts->complete_to.has_value()) list.set_complete_to_size(static_cast<int>(*cuts->complete_to));
  list.set_counted_all(cuts->counted_all);
  list.set_omitted_count(Signed(known - std::min<uint64_t>(known, cuts->sets.size())));
  list.set_atom_count(static_cast<int64_t>(cuts->atom_count));
  list.set_numbers_bind_at(ObstacleName(plan.graph(), cuts->obstacle));
  return AddSets(plan, question, *cuts, options.limits.evaluation, list);
}

}  // namespace

absl::Status ReportCutSets(Analysis& analysis, const v1::ListCutSetsRequest& request,
                           const std::function<bool()>& cancelled, v1::ListCutSetsResponse& response) {
  if (request.max_size() < 0 || request.max_size() > static_cast<int>(engine::kCutSetSizeMax))
    return base::FieldError("max_size", absl::StrCat("must be from 1 to ", engine::kCutSetSizeMax,
                                                     "; count_all counts larger sets"));
  auto question = ReadQuestion(analysis, request.question());
  if (!question.ok()) return question.status();
  if (absl::Status status = CheckTogether(*question); !status.ok()) return status;
  question->together = TogetherOf(request.together());
  const auto readings = ReadReadings(request.readings());
  if (!readings.ok()) return readings.status();
  const auto plan = analysis.Plan();
  if (!plan.ok()) return plan.status();
  engine::CutSetOptions options;
  options.size_max = static_cast<uint32_t>(request.max_size() == 0 ? kSizeDefault : request.max_size());
  options.sets_max = static_cast<size_t>(request.max_sets() == 0 ? kSetsDefault : request.max_sets());
  options.count_all = request.count_all();
  options.limits.evaluation.cancelled = cancelled;
  for (engine::Reading reading : *readings) {
    question->reading = reading;
    absl::Status status = AddList(**plan, *question, options, *response.add_lists());
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace linchpin::risk
