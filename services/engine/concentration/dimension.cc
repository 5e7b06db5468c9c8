#include "services/engine/concentration/dimension.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/lineage.h"

namespace linchpin::engine {
namespace {

DimensionValues OneKnown(std::string_view key) { return {.known = {key}, .unknown = {}}; }
DimensionValues OneUnknown(const UnknownValue& value) { return {.known = {}, .unknown = {value}}; }

void SortDistinct(DimensionValues& values) {
  std::sort(values.known.begin(), values.known.end());
  values.known.erase(std::unique(values.known.begin(), values.known.end()), values.known.end());
  const auto by_resource = [](const UnknownValue& a, const UnknownValue& b) {
    return a.resource < b.resource;
  };
  const auto same = [](const UnknownValue& a, const UnknownValue& b) { return a.resource == b.resource; };
  std::stable_sort(values.unknown.begin(), values.unknown.end(), by_resource);
  values.unknown.erase(std::unique(values.unknown.begin(), values.unknown.end(), same), values.unknown.end());
}

// What documents state of models, without what follows from their lines.
class StatedModels {
 public:
  explicit StatedModels(const Graph& graph) : graph_(graph) {}
  const Graph& graph() const { return graph_; }
  ModelIndex StatingModel(ModelIndex model, FactKind) const { return model; }
  ModelIndex LineOf(ModelIndex model) const { return model; }
  bool HasOrigin(ModelIndex model) const { return graph_.OriginOf(model).country.has_value(); }

 private:
  const Graph& graph_;
};

// The same with what follows from lines.
class KnownModels {
 public:
  explicit KnownModels(const Knowledge& knowledge) : knowledge_(knowledge) {}
  const Graph& graph() const { return knowledge_.graph(); }
  ModelIndex StatingModel(ModelIndex model, FactKind kind) const {
    return knowledge_.StatingModel(model, kind);
  }
  ModelIndex LineOf(ModelIndex model) const { return engine::LineOf(graph(), model); }
  // Not where that would contradict what is said of the origin itself.
  bool HasOrigin(ModelIndex model) const { return knowledge_.OriginOf(model).has_value(); }

 private:
  const Knowledge& knowledge_;
};

// The values of one dimension. `Models`: StatedModels or KnownModels.
template <typename Models>
class ValueFinder {
 public:
  ValueFinder(const Models& models, Dimension dimension)
      : models_(models), graph_(models.graph()), dimension_(dimension) {}

  DimensionValues Of(DeploymentIndex index) const {
    const Deployment& deployment = graph_.deployments()[index];
    switch (dimension_) {
      case Dimension::kOperator:
      case Dimension::kOperatorGroup:
        return OfOperator(deployment, index);
      case Dimension::kHostProvider:
      case Dimension::kHostProviderGroup:
      case Dimension::kHostCountry:
        return OfHost(deployment, index);
      default:
        break;
    }
    if (deployment.model.has_value()) return Of(*deployment.model);
    return OneUnknown({deployment.name, "model", FactKind::kModel, index.value});
  }

  DimensionValues Of(ModelIndex index) const {
    switch (dimension_) {
      case Dimension::kDeveloper:
      case Dimension::kDeveloperGroup:
        return OfDeveloper(index);
      case Dimension::kOriginCountry:
        return OfOrigin(index);
      case Dimension::kRootOriginCountry:
      case Dimension::kBaseModelRoot:
        return OfRoots(index);
      case Dimension::kLicence:
        return OfLicence(index);
      default:
        return OneKnown(NameOf(models_.LineOf(index)));
    }
  }

 private:
  std::string_view NameOf(ModelIndex model) const { return graph_.models()[model].name; }
  // The code of a country within the graph, which outlives the values.
  static std::string_view Key(const std::optional<Country>& country) { return {country->code, 2}; }
  const Model& Stating(ModelIndex model, FactKind kind) const {
    return graph_.models()[models_.StatingModel(model, kind)];
  }

  DimensionValues OfVendor(VendorIndex vendor) const {
    if (!IsOfGroups(dimension_)) return OneKnown(graph_.vendors()[vendor].name);
    const Owners owners = OwnersOf(graph_, vendor);
    const VendorIndex last = owners.vendors.back();
    const std::string_view name = graph_.vendors()[last].name;
    return owners.open ? OneUnknown({name, "parent", FactKind::kVendorParent, last.value}) : OneKnown(name);
  }

  DimensionValues OfOperator(const Deployment& deployment, DeploymentIndex index) const {
    if (deployment.operator_vendor.has_value()) return OfVendor(*deployment.operator_vendor);
    if (deployment.mode == HostingMode::kSelfHosted) return OneKnown(kNoneKey);
    return OneUnknown({deployment.name, "operator", FactKind::kOperator, index.value});
  }

  DimensionValues OfHost(const Deployment& deployment, DeploymentIndex index) const {
    const bool by_country = dimension_ == Dimension::kHostCountry;
    if (!deployment.host.has_value()) {
      const FactKind fact = by_country ? FactKind::kCountryOfHost : FactKind::kProviderOfHost;
      return OneUnknown({deployment.name, "host", fact, index.value});
    }
    const uint32_t at = deployment.host->value;
    const Host& host = graph_.hosts()[{at}];
    if (by_country) {
      if (host.country.has_value()) return OneKnown(Key(host.country));
      return OneUnknown({host.name, "country", FactKind::kHostCountry, at});
    }
    if (host.provider.is_none()) return OneKnown(kNoneKey);
    if (host.provider.is_unknown()) return OneUnknown({host.name, "provider", FactKind::kHostProvider, at});
    return OfVendor(host.provider.value());
  }

  DimensionValues OfDeveloper(ModelIndex index) const {
    const std::optional<VendorIndex>& developer = Stating(index, FactKind::kDeveloper).developer;
    if (developer.has_value()) return OfVendor(*developer);
    return OneUnknown({NameOf(index), "developer", FactKind::kDeveloper, index.value});
  }

  DimensionValues OfLicence(ModelIndex index) const {
    const Fact<LicenceIndex>& licence = Stating(index, FactKind::kLicence).licence;
    if (licence.is_none()) return OneKnown(kNoneKey);
    if (licence.is_unknown()) return OneUnknown({NameOf(index), "licence", FactKind::kLicence, index.value});
    return OneKnown(graph_.licences()[licence.value()].name);
  }

  DimensionValues OfOrigin(ModelIndex index) const {
    const std::optional<Country>& stated = Stating(index, FactKind::kOrigin).stated_origin;
    if (stated.has_value()) return OneKnown(Key(stated));
    const std::optional<VendorIndex>& developer = Stating(index, FactKind::kDeveloper).developer;
    if (!developer.has_value())
      return OneUnknown({NameOf(index), "origin_country", FactKind::kOrigin, index.value});
    const Vendor& vendor = graph_.vendors()[*developer];
    if (models_.HasOrigin(index)) return OneKnown(Key(vendor.country));
    if (vendor.country.has_value())
      return OneUnknown({NameOf(index), "origin_country", FactKind::kOrigin, index.value});
    return OneUnknown({vendor.name, "country", FactKind::kVendorCountry, developer->value});
  }

  void AddRoot(ModelIndex root, DimensionValues& values) const {
    if (dimension_ == Dimension::kBaseModelRoot) {
      values.known.push_back(NameOf(root));
      return;
    }
    const DimensionValues origin = OfOrigin(root);
    values.known.insert(values.known.end(), origin.known.begin(), origin.known.end());
    values.unknown.insert(values.unknown.end(), origin.unknown.begin(), origin.unknown.end());
  }

  DimensionValues OfRoots(ModelIndex model) const {
    DimensionValues values;
    absl::flat_hash_set<uint32_t> met{models_.LineOf(model).value};
    std::vector<ModelIndex> open{model};
    while (!open.empty()) {
      const ModelIndex at = open.back();
      open.pop_back();
      const auto& derivations = Stating(at, FactKind::kDerivations).derivations;
      bool ends_unknown = derivations.is_unknown();
      bool ends_here = true;
      for (const Derivation& derivation : derivations.value()) {
        const Truth carries = Carries(derivation.relation, Reach::kWeights);
        if (carries == Truth::kFalse) continue;
        ends_here = false;
        if (carries == Truth::kUnknown) ends_unknown = true;
        if (carries == Truth::kTrue && met.insert(models_.LineOf(derivation.base).value).second)
          open.push_back(derivation.base);
      }
      const ModelIndex line = models_.LineOf(at);
      if (ends_unknown) {
        const FactKind fact = derivations.is_unknown() ? FactKind::kDerivations : FactKind::kRelation;
        values.unknown.push_back({NameOf(line), "derivations", fact, line.value});
      } else if (ends_here) {
        AddRoot(line, values);
      }
    }
    SortDistinct(values);
    return values;
  }

  const Models models_;
  const Graph& graph_;
  const Dimension dimension_;
};

}  // namespace

DimensionValues ValuesOf(const Knowledge& knowledge, DeploymentIndex deployment, Dimension dimension) {
  return ValueFinder(KnownModels(knowledge), dimension).Of(deployment);
}
DimensionValues ValuesOf(const Knowledge& knowledge, ModelIndex model, Dimension dimension) {
  return ValueFinder(KnownModels(knowledge), dimension).Of(model);
}
DimensionValues ValuesOf(const Graph& graph, DeploymentIndex deployment, Dimension dimension) {
  return ValueFinder(StatedModels(graph), dimension).Of(deployment);
}
DimensionValues ValuesOf(const Graph& graph, ModelIndex model, Dimension dimension) {
  return ValueFinder(StatedModels(graph), dimension).Of(model);
}

ModelIndex LineOf(const Graph& graph, ModelIndex model) {
  // A graph refuses cycles of versions.
  while (graph.models()[model].version_of.has_value()) model = *graph.models()[model].version_of;
  return model;
}

bool DependsOnModelAlone(Dimension dimension) {
  switch (dimension) {
    case Dimension::kOperator:
    case Dimension::kOperatorGroup:
    case Dimension::kHostProvider:
    case Dimension::kHostProviderGroup:
    case Dimension::kHostCountry:
      return false;
    default:
      return true;
  }
}

bool IsOfGroups(Dimension dimension) {
  return dimension == Dimension::kOperatorGroup || dimension == Dimension::kDeveloperGroup ||
         dimension == Dimension::kHostProviderGroup;
}

}  // namespace linchpin::engine
