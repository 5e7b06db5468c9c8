// What a graph is made from: plain structs, one for each kind of thing, that name each other by resource
// name. Everything absent is unknown or, where S1 says so, an assumption that the graph shows as such.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_FACTS_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/engine/graph/fact.h"

namespace linchpin::engine {

inline constexpr int64_t kOne = 1'000'000;  // Full service, in parts per million.
// Bounds of what a graph takes, so that 128-bit intermediates suffice everywhere.
inline constexpr int64_t kUnitsMax = 1LL << 40;
inline constexpr int64_t kSecondsMax = 100LL * 366 * 86'400;
inline constexpr int64_t kCriticalityMax = 1LL << 32;
inline constexpr uint32_t kGroupsPerConsumerMax = 65'536;
inline constexpr uint32_t kAlternativesPerGroupMax = 256;

enum class HostingMode : uint8_t { kVendorApi, kThirdPartyHosted, kSelfHosted };
enum class Weights : uint8_t { kOpen, kProprietary };
enum class Activation : uint8_t { kAutomatic, kConfiguration, kRedeployment, kReengineering };
enum class ConsumerKind : uint8_t { kApplication, kBusinessService };
enum class Relation : uint8_t {
  kFineTune,
  kContinuedPretraining,
  kAdapter,
  kAdapterMerged,
  kMerge,
  kQuantised,
  kConverted,
  kPruned,
  kHostedFineTune,
  kDistilled,
  kSyntheticData,
};

struct VendorFacts {
  std::string name = {};
  std::optional<Country> country = {};
  Fact<std::string> parent = {};
};

struct HostFacts {
  std::string name = {};
  Fact<std::string> provider = {};  // None: own premises.
  std::optional<Country> country = {};
};

struct LicenceFacts {
  std::string name = {};
  std::optional<bool> irrevocable = {};
};

struct DerivationFacts {
  std::string base = {};
  std::optional<Relation> relation = {};
};

struct ModelFacts {
  std::string name = {};
  std::optional<std::string> developer = {};
  std::optional<Country> origin = {};  // Absent: the developer's country, else unknown.
  std::optional<Weights> weights = {};
  Fact<std::string> licence = {};
  Fact<std::vector<DerivationFacts>> derivations = {};  // A value is the complete list.
  std::optional<bool> requires_activation = {};
};

struct DeploymentFacts {
  std::string name = {};
  std::optional<std::string> model = {};
  std::optional<HostingMode> mode = {};
  std::optional<std::string> operator_vendor = {};  // Must be absent when self-hosted, and is then none.
  std::optional<std::string> host = {};
  Fact<int64_t> capacity_units = {};  // Unknown: assumed unlimited. None: stated unlimited.
  std::optional<bool> pass_through = {};
  Fact<std::vector<std::string>> intermediaries = {};  // Unknown: assumed none.
};

// Values absent here come from the tier (resources.md); with no tier, from tier 3, counted as unknown.
struct Continuity {
  std::optional<int64_t> priority = {};
  std::optional<int64_t> weight = {};
  std::optional<int64_t> min_viable_ppm = {};
  std::optional<int64_t> loss_per_hour_minor = {};
  std::optional<int64_t> penalty_minor = {};
  std::optional<int64_t> recovery_time_objective_seconds = {};
  std::optional<int64_t> max_tolerable_downtime_seconds = {};
};

struct ConsumerFacts {
  std::string name = {};
  ConsumerKind kind = ConsumerKind::kApplication;
  std::optional<int> tier = {};  // 1 to 4.
  Continuity continuity = {};
};

// What was observed of one dependency or of one alternative of it. kAbsent stands for not observed.
struct Usage {
  static constexpr int64_t kAbsent = -1;
  int64_t requests = kAbsent;
  int64_t tokens = kAbsent;  // Input and output together.
  int64_t spend_minor = kAbsent;
  int64_t window_seconds = kAbsent;

  bool empty() const { return requests < 0 && tokens < 0 && spend_minor < 0 && window_seconds < 0; }
  friend bool operator==(const Usage&, const Usage&) = default;
};

struct AlternativeFacts {
  std::string target = {};  // The name of a deployment or of a consumer.
  std::optional<int64_t> quality_ppm = {};
  std::optional<int64_t> share_ppm = {};
  std::optional<int64_t> switch_seconds = {};
  std::optional<Activation> activation = {};
  Usage usage = {};
};

struct GroupFacts {
  std::string consumer = {};
  std::string id = {};  // The id of the dependency within its consumer.
  std::optional<bool> essential = {};
  std::optional<int64_t> weight_ppm = {};
  std::optional<int64_t> units = {};
  std::optional<int64_t> bridge_seconds = {};
  std::vector<AlternativeFacts> alternatives = {};  // In order of preference, at least one.
  Usage usage = {};
};

// One atomic change of a graph. Upserts replace whatever had the name; order within a list matters only
// where a name occurs twice (the last wins). A delete of a name that is not there does nothing. A name that
// is both upserted and deleted in one change is upserted. Deleting a consumer deletes its groups.
struct GraphChanges {
  int64_t revision = 0;  // Revision of the graph that results.
  std::vector<VendorFacts> vendors = {};
  std::vector<HostFacts> hosts = {};
  std::vector<LicenceFacts> licences = {};
  std::vector<ModelFacts> models = {};
  std::vector<DeploymentFacts> deployments = {};
  std::vector<ConsumerFacts> consumers = {};
  std::vector<GroupFacts> groups = {};

  std::vector<std::string> deleted_vendors = {};
  std::vector<std::string> deleted_hosts = {};
  std::vector<std::string> deleted_licences = {};
  std::vector<std::string> deleted_models = {};
  std::vector<std::string> deleted_deployments = {};
  std::vector<std::string> deleted_consumers = {};
  std::vector<std::pair<std::string, std::string>> deleted_groups = {};  // Consumer, id.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_FACTS_H_
