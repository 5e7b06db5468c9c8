// What weight is grouped by: the values of one dimension for one deployment, known and unknown.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_DIMENSION_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_DIMENSION_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/engine/graph/fact_kind.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// The one list of `docs/concepts/concentration.md`. A _GROUP goes by the ultimate parent.
enum class Dimension : uint8_t {
  kOperator,
  kOperatorGroup,
  kDeveloper,
  kDeveloperGroup,
  kHostProvider,
  kHostProviderGroup,
  kHostCountry,
  kOriginCountry,
  kRootOriginCountry,
  kBaseModelRoot,
  kModel,
  kLicence,
};
inline constexpr size_t kDimensions = 12;
inline constexpr std::array<Dimension, kDimensions> kAllDimensions = {
    Dimension::kOperator,       Dimension::kOperatorGroup, Dimension::kDeveloper,
    Dimension::kDeveloperGroup, Dimension::kHostProvider,  Dimension::kHostProviderGroup,
    Dimension::kHostCountry,    Dimension::kOriginCountry, Dimension::kRootOriginCountry,
    Dimension::kBaseModelRoot,  Dimension::kModel,         Dimension::kLicence};

// Key of the group of a known none, and of all that is unknown.
inline constexpr std::string_view kNoneKey = "none";
inline constexpr std::string_view kUnknownKey = "unknown";

// A value that is unknown because `field` of `resource` is absent: the fact `fact` of `subject`, as in
// FactRef. Two unknowns through one resource are one.
struct UnknownValue {
  std::string_view resource;
  std::string_view field;
  FactKind fact = FactKind::kHost;
  uint32_t subject = 0;
};

// The distinct values of one dimension. Views into the graph.
struct DimensionValues {
  // Resource names, countries, or kNoneKey; bytewise ascending.
  std::vector<std::string_view> known;
  // Bytewise ascending by resource.
  std::vector<UnknownValue> unknown;

  size_t size() const { return known.size() + unknown.size(); }
};

// Values as documents state them, or as they follow from a line (rule version-of). Never empty. Roots follow
// derivations that carry weights (S3, WEIGHTS); derivations that are unknown, and one of unspecified
// relation, are an unknown end of the lineage through the model that has them. In MODEL and as a root a
// version counts as its line. What an unknown value can be: value_domain.h. Cost: proportional to the lineage
// for the root dimensions, else to the chain of parents.
DimensionValues ValuesOf(const Knowledge& knowledge, DeploymentIndex deployment, Dimension dimension);
// The same for a model, for the dimensions that depend on the model alone (developer, origin, root, model,
// licence).
DimensionValues ValuesOf(const Knowledge& knowledge, ModelIndex model, Dimension dimension);
// The same by what each document states of itself.
DimensionValues ValuesOf(const Graph& graph, DeploymentIndex deployment, Dimension dimension);
DimensionValues ValuesOf(const Graph& graph, ModelIndex model, Dimension dimension);

// The line of which the model is a version, and so on; the model itself if it is none.
ModelIndex LineOf(const Graph& graph, ModelIndex model);
// Whether the group of a deployment follows from its model alone.
bool DependsOnModelAlone(Dimension dimension);
// Of a dimension that goes by the ultimate parent.
bool IsOfGroups(Dimension dimension);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_DIMENSION_H_
