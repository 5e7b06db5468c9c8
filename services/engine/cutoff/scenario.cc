#include "services/engine/cutoff/scenario.h"

#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

absl::Status CheckTimes(const Cutoff& cutoff) {
  const std::string subject = Join({"cutoff ", cutoff.id});
  auto out_of = [&](std::string_view field, int64_t value, std::string_view range) {
    return Invalid({subject, ": ", field, " is ", std::to_string(value), " but must be ", range});
  };
  if (cutoff.severity_ppm < 0 || cutoff.severity_ppm > kOne) {
    return out_of("severity_ppm", cutoff.severity_ppm, "from 0 to 1000000");
  }
  if (cutoff.start_seconds < 0 || cutoff.start_seconds > kSecondsMax) {
    return out_of("start", cutoff.start_seconds, "0 s or more, and at most 100 years");
  }
  if (cutoff.notice_seconds < 0 || cutoff.notice_seconds > kSecondsMax) {
    return out_of("notice", cutoff.notice_seconds, "0 s or more, and at most 100 years");
  }
  if (cutoff.duration_seconds.has_value() &&
      (*cutoff.duration_seconds <= 0 || *cutoff.duration_seconds > kSecondsMax)) {
    return out_of("duration", *cutoff.duration_seconds,
                  "above 0 s, and at most 100 years; leave it out for permanent");
  }
  return absl::OkStatus();
}

template <typename TableType>
std::optional<uint32_t> IndexIn(const TableType& table, const std::string& name) {
  const auto found = table.Find(name);
  if (!found.has_value()) return std::nullopt;
  return found->value;
}

}  // namespace

absl::StatusOr<ResolvedCutoff> Resolve(const Graph& graph, const Cutoff& cutoff) {
  ResolvedCutoff resolved{.kind = cutoff.kind, .reach = cutoff.reach};
  std::optional<uint32_t> index;
  switch (cutoff.kind) {
    case CutoffKind::kCountryServiceCutoff:
    case CutoffKind::kCountryWeightsBan:
      if (!cutoff.country.has_value()) return Invalid({"cutoff ", cutoff.id, ": needs a country"});
      resolved.country = *cutoff.country;
      return resolved;
    case CutoffKind::kVendorApiCutoff:
    case CutoffKind::kVendorExit:
      index = IndexIn(graph.vendors(), cutoff.target);
      break;
    case CutoffKind::kLicenceRevocation:
      index = IndexIn(graph.licences(), cutoff.target);
      break;
    case CutoffKind::kModelWithdrawal:
      index = IndexIn(graph.models(), cutoff.target);
      break;
    case CutoffKind::kDeploymentOutage:
      index = IndexIn(graph.deployments(), cutoff.target);
      break;
    case CutoffKind::kCloudFailure:
      index = IndexIn(graph.hosts(), cutoff.target);
      if (index.has_value()) break;
      index = IndexIn(graph.vendors(), cutoff.target);
      resolved.of_provider = true;
      break;
  }
  if (!index.has_value()) {
    return Invalid({"cutoff ", cutoff.id, ": target names ", cutoff.target,
                    ", which is not in the inventory as what this kind of cutoff can cut"});
  }
  resolved.index = *index;
  return resolved;
}

absl::Status ValidateScenario(const Graph& graph, const Scenario& scenario) {
  if (scenario.horizon_seconds <= 0 || scenario.horizon_seconds > kSecondsMax) {
    return Invalid({"horizon is ", std::to_string(scenario.horizon_seconds),
                    " s but must be above 0 s, and at most 100 years"});
  }
  if (scenario.cutoffs.size() > kCutoffsMax) {
    return Invalid({"a scenario takes at most ", std::to_string(kCutoffsMax), " cutoffs"});
  }
  absl::flat_hash_set<std::string> ids;
  for (const Cutoff& cutoff : scenario.cutoffs) {
    if (!ids.insert(cutoff.id).second) return Invalid({"cutoff ", cutoff.id, ": its id occurs twice"});
    if (absl::Status status = CheckTimes(cutoff); !status.ok()) return status;
    if (absl::StatusOr<ResolvedCutoff> resolved = Resolve(graph, cutoff); !resolved.ok())
      return resolved.status();
  }
  return absl::OkStatus();
}

}  // namespace linchpin::engine
