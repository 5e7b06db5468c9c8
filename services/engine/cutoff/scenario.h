// Cutoffs and scenarios (S2).
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_SCENARIO_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_SCENARIO_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/graph/graph.h"
#include "services/engine/graph/lineage.h"

namespace linchpin::engine {

enum class CutoffKind : uint8_t {
  kVendorApiCutoff,       // Of a vendor.
  kVendorExit,            // Of a vendor.
  kCountryServiceCutoff,  // Of a country.
  kCountryWeightsBan,     // Of a country.
  kLicenceRevocation,     // Of a licence.
  kModelWithdrawal,       // Of a model.
  kCloudFailure,          // Of a host, or of a vendor that provides hosts.
  kDeploymentOutage,      // Of a deployment.
};

// A weights ban or a revocation makes a deployment prohibited though it answers; all else, unavailable.
inline bool IsProhibition(CutoffKind kind) {
  return kind == CutoffKind::kCountryWeightsBan || kind == CutoffKind::kLicenceRevocation;
}

struct Cutoff {
  std::string id = {};
  CutoffKind kind = CutoffKind::kVendorExit;
  std::string target = {};              // The name of what is cut; empty for a country.
  std::optional<Country> country = {};  // For the two kinds that cut a country.
  int64_t severity_ppm = kOne;          // 0 does nothing.
  int64_t start_seconds = 0;
  int64_t notice_seconds = 0;
  std::optional<int64_t> duration_seconds = {};  // Absent: permanent.
  Reach reach = Reach::kWeights;                 // For the three kinds that follow lineage.

  int64_t announced_seconds() const { return start_seconds - notice_seconds; }
  bool IsActiveAt(int64_t t) const {
    return t >= start_seconds && (!duration_seconds.has_value() || t - start_seconds < *duration_seconds);
  }
};

// Order of the cutoffs is irrelevant.
struct Scenario {
  std::vector<Cutoff> cutoffs;
  int64_t horizon_seconds = 0;
};

inline constexpr size_t kCutoffsMax = 10'000;

// What a cutoff hits, by index: the part of it that does not depend on time.
struct ResolvedCutoff {
  CutoffKind kind = CutoffKind::kVendorExit;
  Reach reach = Reach::kWeights;
  bool of_provider = false;  // A cloud failure of a vendor, not of a host.
  // Of something that nothing names: hits nothing for certain, and leaves open what any fact without a value
  // leaves open of anything.
  bool of_unlisted = false;
  Country country = {};
  uint32_t index = UINT32_MAX;  // Vendor, host, licence, model or deployment.

  friend bool operator==(const ResolvedCutoff&, const ResolvedCutoff&) = default;
};

// InvalidArgument for what S1 and S2 reject, naming the cutoff and the field.
absl::Status ValidateScenario(const Graph& graph, const Scenario& scenario);
// Of a cutoff that validates.
absl::StatusOr<ResolvedCutoff> Resolve(const Graph& graph, const Cutoff& cutoff);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_SCENARIO_H_
