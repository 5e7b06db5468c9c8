#include "services/engine/cutoff/atoms.h"

#include <algorithm>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "services/engine/graph/message.h"

namespace linchpin::engine {
namespace {

std::string_view IdOf(std::string_view name) { return name.substr(name.rfind('/') + 1); }

bool IsOfCountry(AtomClass atom_class) {
  return atom_class == AtomClass::kWeights || atom_class == AtomClass::kServices;
}

std::string_view NameOf(const Graph& graph, const Atom& atom) {
  switch (atom.atom_class) {
    case AtomClass::kVendor:
      return graph.vendors()[{atom.index}].name;
    case AtomClass::kHost:
      return graph.hosts()[{atom.index}].name;
    case AtomClass::kLicence:
      return graph.licences()[{atom.index}].name;
    case AtomClass::kModel:
      return graph.models()[{atom.index}].name;
    case AtomClass::kWeights:
    case AtomClass::kServices:
      break;
  }
  return "";
}

std::set<Country> CountriesOf(const Graph& graph) {
  std::set<Country> countries;
  auto add = [&countries](const std::optional<Country>& country) {
    if (country.has_value()) countries.insert(*country);
  };
  for (VendorIndex vendor : graph.vendors()) add(graph.vendors()[vendor].country);
  for (HostIndex host : graph.hosts()) add(graph.hosts()[host].country);
  for (ModelIndex model : graph.models()) add(graph.OriginOf(model).country);
  return countries;
}

// The atoms of a class that a deployment names in a place where they could hit it. All others are alike to
// it.
class Candidates {
 public:
  Candidates(const Graph& graph, AtomClass atom_class) : graph_(graph), atom_class_(atom_class) {}

  const std::vector<Atom>& Of(DeploymentIndex index) {
    found_.clear();
    const Deployment& deployment = graph_.deployments()[index];
    const bool owners = atom_class_ == AtomClass::kVendor || atom_class_ == AtomClass::kServices;
    if (owners) AddOwners(deployment);
    if (deployment.host.has_value() && atom_class_ == AtomClass::kHost) Add(deployment.host->value);
    if (deployment.host.has_value() && atom_class_ == AtomClass::kServices) {
      AddCountry(graph_.hosts()[*deployment.host].country);
    }
    if (!owners && atom_class_ != AtomClass::kHost && deployment.model.has_value())
      AddLineage(*deployment.model);
    return found_;
  }

 private:
  void Put(const Atom& atom) {
    if (std::find(found_.begin(), found_.end(), atom) == found_.end()) found_.push_back(atom);
  }
  void Add(uint32_t index) { Put({.atom_class = atom_class_, .index = index}); }
  void AddCountry(const std::optional<Country>& country) {
    if (country.has_value()) Put({.atom_class = atom_class_, .country = *country});
  }
  void AddOwnersOf(VendorIndex vendor) {
    for (VendorIndex owner : OwnersOf(graph_, vendor).vendors) {
      if (atom_class_ == AtomClass::kVendor) {
        Add(owner.value);
      } else {
        AddCountry(graph_.vendors()[owner].country);
      }
    }
  }
  void AddOwners(const Deployment& deployment) {
    for (VendorIndex vendor : deployment.intermediaries.value()) AddOwnersOf(vendor);
    if (deployment.operator_vendor.has_value()) AddOwnersOf(*deployment.operator_vendor);
    if (deployment.host.has_value()) {
      const Fact<VendorIndex>& provider = graph_.hosts()[*deployment.host].provider;
      if (provider.has_value()) AddOwnersOf(provider.value());
    }
    if (deployment.model.has_value()) {
      const std::optional<VendorIndex> developer = graph_.models()[*deployment.model].developer;
      if (developer.has_value()) AddOwnersOf(*developer);
    }
  }
  void AddLineage(ModelIndex model) {
    for (const LineageMember& member : LineageOf(graph_, model, Reach::kWeights)) {
      if (atom_class_ == AtomClass::kModel) Add(member.model.value);
      if (atom_class_ == AtomClass::kWeights) AddCountry(graph_.OriginOf(member.model).country);
      const Fact<LicenceIndex>& licence = graph_.models()[member.model].licence;
      if (atom_class_ == AtomClass::kLicence && licence.has_value()) Add(licence.value().value);
    }
  }

  const Graph& graph_;
  const AtomClass atom_class_;
  std::vector<Atom> found_;
};

}  // namespace

std::string KeyOf(const Graph& graph, const Atom& atom) {
  static constexpr std::string_view kPrefixes[] = {
      "vendor:", "host:", "licence:", "weights:", "services:", "model:"};
  const std::string_view prefix = kPrefixes[static_cast<int>(atom.atom_class)];
  if (IsOfCountry(atom.atom_class)) return Join({prefix, atom.country.ToString()});
  return Join({prefix, IdOf(NameOf(graph, atom))});
}

Strike StrikeOf(const Atom& atom) {
  static constexpr CutoffKind kKinds[] = {CutoffKind::kVendorExit,           CutoffKind::kCloudFailure,
                                          CutoffKind::kLicenceRevocation,    CutoffKind::kCountryWeightsBan,
                                          CutoffKind::kCountryServiceCutoff, CutoffKind::kModelWithdrawal};
  return {.kind = kKinds[static_cast<int>(atom.atom_class)], .country = atom.country, .index = atom.index};
}

Cutoff CutoffOf(const Graph& graph, const Atom& atom) {
  Cutoff cutoff{.id = KeyOf(graph, atom), .kind = StrikeOf(atom).kind};
  if (IsOfCountry(atom.atom_class)) {
    cutoff.country = atom.country;
  } else {
    cutoff.target = std::string(NameOf(graph, atom));
  }
  return cutoff;
}

std::vector<Atom> AtomsOf(const Graph& graph, AtomClass atom_class) {
  std::vector<Atom> atoms;
  auto add = [&](const auto& table) {
    for (auto index : table) atoms.push_back({.atom_class = atom_class, .index = index.value});
  };
  if (atom_class == AtomClass::kVendor) add(graph.vendors());
  if (atom_class == AtomClass::kHost) add(graph.hosts());
  if (atom_class == AtomClass::kLicence) add(graph.licences());
  if (atom_class == AtomClass::kModel) add(graph.models());
  if (IsOfCountry(atom_class)) {
    for (Country country : CountriesOf(graph))
      atoms.push_back({.atom_class = atom_class, .country = country});
  }
  std::sort(atoms.begin(), atoms.end(),
            [&graph](const Atom& a, const Atom& b) { return KeyOf(graph, a) < KeyOf(graph, b); });
  return atoms;
}

AtomIndex::AtomIndex(const Graph& graph, AtomClass atom_class) {
  const std::vector<Atom> atoms = AtomsOf(graph, atom_class);
  absl::flat_hash_map<uint32_t, size_t> by_index;
  absl::flat_hash_map<Country, size_t> by_country;
  for (const Atom& atom : atoms) {
    (IsOfCountry(atom_class) ? by_country[atom.country] : by_index[atom.index]) = entries_.size();
    entries_.push_back({atom, KeyOf(graph, atom), {}, {}, {}});
  }
  Candidates candidates(graph, atom_class);
  const Strike stranger = StrikeOf({.atom_class = atom_class});
  for (DeploymentIndex deployment : graph.deployments()) {
    const bool common = Hits(graph, stranger, deployment) == Truth::kUnknown;
    if (common) common_.push_back(deployment);
    for (const Atom& atom : candidates.Of(deployment)) {
      const Truth truth = Hits(graph, StrikeOf(atom), deployment);
      Entry& entry = entries_[IsOfCountry(atom_class) ? by_country[atom.country] : by_index[atom.index]];
      if (truth == Truth::kTrue) entry.certain.push_back(deployment);
      if (truth == Truth::kUnknown && !common) entry.open.push_back(deployment);
    }
  }
  std::erase_if(entries_, [&](const Entry& entry) {
    // What is irrevocable is not revoked, whatever else is unknown.
    const bool never =
        atom_class == AtomClass::kLicence && graph.licences()[{entry.atom.index}].irrevocable == true;
    return never || (entry.certain.empty() && entry.open.empty() && common_.empty());
  });
}

std::vector<DeploymentIndex> AtomIndex::HitsOf(const Entry& entry, Reading reading) const {
  std::vector<DeploymentIndex> hits = entry.certain;
  if (reading == Reading::kProven) return hits;
  auto add = [&hits](const std::vector<DeploymentIndex>& list) {
    hits.insert(hits.end(), list.begin(), list.end());
  };
  add(entry.likely);
  if (reading == Reading::kNotExcluded) add(entry.open), add(common_);
  std::sort(hits.begin(), hits.end());
  hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
  return hits;
}

const AtomIndex& AtomCache::Of(AtomClass atom_class) const {
  Made& made = made_[static_cast<size_t>(atom_class)];
  std::call_once(made.once, [&] { made.index = std::make_unique<const AtomIndex>(*graph_, atom_class); });
  return *made.index;
}

}  // namespace linchpin::engine
