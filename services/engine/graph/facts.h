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
#include "services/engine/graph/fact_kind.h"

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
// A route is a name under which a gateway offers deployments: no application, and never counted as one.
enum class ConsumerKind : uint8_t { kApplication, kBusinessService, kRoute };
enum class Custody : uint8_t { kHeldVerified, kHeld, kObtainable, kNotHeld };
// Which of a developer's models derive from no other maker's, where their base models are not stated.
enum class OwnLine : uint8_t { kClosed, kAll };
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

// Parts that a vendor plays, as bits.
enum RoleBit : uint8_t {
  kDeveloperRole = 1,
  kOperatorRole = 2,
  kHostProviderRole = 4,
  kOtherRole = 8,
};

// What a document says of facts that have no value (knowledge.md K1). Values are written as the fields are:
// names, countries, enum values without their prefix, "true" or "YES", "none".
struct BoundFacts {
  FactKind fact = FactKind::kHost;
  std::vector<std::string> one_of = {};
  std::vector<std::string> none_of = {};  // Read where `one_of` is empty.
};
struct LikelyFacts {
  FactKind fact = FactKind::kHost;
  std::vector<std::string> one_of = {};
  double confidence = 0.5;
  std::string reason = {};
};
struct KnowledgeFacts {
  std::vector<BoundFacts> bounds = {};
  std::vector<LikelyFacts> likely = {};
};

// Where a vendor's interface runs. An empty list says nothing.
struct ServesFromFacts {
  std::vector<std::string> providers = {};
  std::vector<Country> countries = {};
  bool complete = false;
};
struct HostedDeveloperFacts {
  std::string developer = {};
  std::optional<bool> pass_through = {};
  std::optional<bool> outlives_developer = {};
};
// Whom a router or aggregator may call. An empty list says nothing.
struct UpstreamsFacts {
  std::vector<std::string> operators = {};
  bool complete = false;
};

struct VendorFacts {
  std::string name = {};
  std::optional<Country> country = {};
  Fact<std::string> parent = {};
  uint8_t roles = 0;  // Bits of RoleBit; 0: not stated. What is stated is complete.
  std::optional<OwnLine> own_line = {};
  ServesFromFacts serves_from = {};
  std::vector<HostedDeveloperFacts> hosted_developers = {};
  UpstreamsFacts upstreams = {};
  KnowledgeFacts knowledge = {};
};

struct HostFacts {
  std::string name = {};
  Fact<std::string> provider = {};  // None: own premises.
  std::optional<Country> country = {};
  KnowledgeFacts knowledge = {};
};

struct LicenceFacts {
  std::string name = {};
  std::optional<bool> irrevocable = {};
  KnowledgeFacts knowledge = {};
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
  std::optional<std::string> version_of = {};   // The line of which it is a version.
  std::optional<int64_t> release_seconds = {};  // Since 1970.
  KnowledgeFacts knowledge = {};
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
  std::optional<bool> outlives_developer = {};
  std::optional<Custody> custody = {};
  std::optional<std::string> weights_source = {};  // Absent: assumed none.
  KnowledgeFacts knowledge = {};
};

// Values absent here come from the tier (simulation.md, S1); with no tier, from tier 3, counted as unknown.
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
  std::optional<int64_t> likely_switch_seconds = {};  // Read where the switch time is unknown.
};

// The id of a route's one group.
inline constexpr char kRouteGroup[] = "route";

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
