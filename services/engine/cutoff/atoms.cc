#include "services/engine/cutoff/atoms.h"

#include <algorithm>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "services/engine/graph/fact_text.h"
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

void AddStated(const StatedPtr& stated, std::set<Country>& countries) {
  if (stated == nullptr) return;
  const auto add = [&](FactKind fact, const std::vector<Member>& values) {
    if (RowOf(fact).type != ValueType::kCountry) return;
    for (Member value : values) countries.insert(CountryOf(value));
  };
  for (const Bound& bound : stated->bounds) add(bound.fact, bound.values);
  for (const Likelihood& likely : stated->likely) add(likely.fact, likely.values);
}

std::set<Country> CountriesOf(const Knowledge& knowledge) {
  const Graph& graph = knowledge.graph();
  std::set<Country> countries;
  auto add = [&countries](const std::optional<Country>& country) {
    if (country.has_value()) countries.insert(*country);
  };
  for (VendorIndex index : graph.vendors()) {
    const Vendor& vendor = graph.vendors()[index];
    add(vendor.country);
    AddStated(vendor.stated, countries);
    if (vendor.ties == nullptr) continue;
    for (Member country : vendor.ties->countries) countries.insert(CountryOf(country));
  }
  for (HostIndex host : graph.hosts()) {
    add(graph.hosts()[host].country);
    AddStated(graph.hosts()[host].stated, countries);
  }
  for (ModelIndex model : graph.models()) {
    add(knowledge.OriginOf(model));
    AddStated(graph.models()[model].stated, countries);
  }
  for (DeploymentIndex deployment : graph.deployments()) {
    AddStated(graph.deployments()[deployment].stated, countries);
  }
  return countries;
}

// The atoms of a class that a deployment names in a place where they could hit it: all that can, where no
// fact without a value matters.
class Candidates {
 public:
  Candidates(const Knowledge& knowledge, AtomClass atom_class)
      : knowledge_(knowledge), graph_(knowledge.graph()), atom_class_(atom_class) {}

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
    if (deployment.weights_source.has_value()) AddOwnersOf(*deployment.weights_source);
    if (deployment.host.has_value()) {
      const Fact<VendorIndex>& provider = graph_.hosts()[*deployment.host].provider;
      if (provider.has_value()) AddOwnersOf(provider.value());
    }
    if (deployment.model.has_value()) {
      const std::optional<VendorIndex> developer = knowledge_.DeveloperOf(*deployment.model);
      if (developer.has_value()) AddOwnersOf(*developer);
    }
  }
  // Whatever it is made from or a version of, by any relation: more than can hit it.
  void AddLineage(ModelIndex of) {
    std::vector<ModelIndex> lineage{of};
    auto add = [&lineage](ModelIndex model) {
      if (std::find(lineage.begin(), lineage.end(), model) == lineage.end()) lineage.push_back(model);
    };
    for (size_t at = 0; at < lineage.size(); ++at) {
      const ModelIndex model = lineage[at];
      if (atom_class_ == AtomClass::kModel) Add(model.value);
      if (atom_class_ == AtomClass::kWeights) AddCountry(knowledge_.OriginOf(model));
      const Fact<LicenceIndex>& licence = knowledge_.LicenceOf(model);
      if (atom_class_ == AtomClass::kLicence && licence.has_value()) Add(licence.value().value);
      for (const Derivation& derivation : knowledge_.DerivationsOf(model).value()) add(derivation.base);
      const std::optional<ModelIndex>& line = graph_.models()[model].version_of;
      if (line.has_value()) add(*line);
    }
  }

  const Knowledge& knowledge_;
  const Graph& graph_;
  const AtomClass atom_class_;
  std::vector<Atom> found_;
};

}  // namespace

std::string SignatureOf(const Deployment& deployment, AtomClass atom_class) {
  std::string signature;
  auto add = [&signature](const auto& value) {
    signature.append(reinterpret_cast<const char*>(&value), sizeof(value));
  };
  auto add_index = [&add](const auto& index) { add(index.has_value() ? index->value : UINT32_MAX); };
  auto add_small = [&add](const auto& value) {
    add(static_cast<uint8_t>(value.has_value() ? 1 + static_cast<int>(*value) : 0));
  };
  add_index(deployment.model);
  const Stated* stated = deployment.stated.get();
  add(stated);
  if (atom_class == AtomClass::kWeights || atom_class == AtomClass::kLicence) return signature;
  add_index(deployment.operator_vendor);
  add_index(deployment.host);
  add_index(deployment.weights_source);
  add_small(deployment.mode);
  add_small(deployment.pass_through);
  add_small(deployment.outlives_developer);
  add_small(deployment.custody);
  for (VendorIndex vendor : deployment.intermediaries.value()) add(vendor.value);
  return signature;
}

// Asks the conditions once for each sort of deployments.
class AtomIndex::Filler {
 public:
  Filler(const Knowledge& knowledge, AtomClass atom_class, AtomIndex& index)
      : knowledge_(knowledge), atom_class_(atom_class), index_(index), candidates_(knowledge, atom_class) {
    for (uint32_t at = 0; at < index_.entries_.size(); ++at) places_.emplace(KeyValueOf(entry(at).atom), at);
  }

  void Fill() {
    for (DeploymentIndex deployment : knowledge_.graph().deployments()) {
      const std::string signature = SignatureOf(knowledge_.graph().deployments()[deployment], atom_class_);
      auto [sort, is_new] = sorts_.try_emplace(signature);
      if (is_new) sort->second = SortOf(deployment);
      Add(deployment, sort->second);
    }
  }

 private:
  struct AtomHit {
    uint32_t entry;
    Hit hit;
  };
  struct Sort {
    std::vector<AtomHit> hits;
    bool common = false;  // No atom of the class is excluded.
  };

  static uint64_t KeyValueOf(const Atom& atom) {
    return IsOfCountry(atom.atom_class) ? CodeOf(atom.country) : atom.index;
  }
  Entry& entry(uint32_t at) { return index_.entries_[at]; }

  Sort SortOf(DeploymentIndex deployment) {
    Sort sort;
    auto ask = [&](uint32_t at) {
      const Hit hit = HitOf(knowledge_, ResolvedCutoffOf(entry(at).atom), deployment);
      if (hit.truth != Truth::kFalse) sort.hits.push_back({at, hit});
    };
    const Atom unlisted{.atom_class = atom_class_, .unlisted = true};
    if (Hits(knowledge_, ResolvedCutoffOf(unlisted), deployment) == Truth::kFalse) {
      for (const Atom& atom : candidates_.Of(deployment)) {
        const auto place = places_.find(KeyValueOf(atom));
        if (place != places_.end()) ask(place->second);
      }
    } else {
      for (uint32_t at = 0; at < index_.entries_.size(); ++at) ask(at);
      sort.common = sort.hits.size() == index_.entries_.size();
    }
    return sort;
  }

  void Add(DeploymentIndex deployment, const Sort& sort) {
    if (sort.common) index_.common_.push_back(deployment);
    for (const auto& [at, hit] : sort.hits) {
      if (hit.truth == Truth::kTrue) {
        entry(at).certain.push_back(deployment);
        continue;
      }
      if (hit.likely) entry(at).likely.push_back(deployment);
      if (!sort.common) entry(at).open.push_back(deployment);
      index_.has_likely_ |= hit.likely;
    }
  }

  const Knowledge& knowledge_;
  const AtomClass atom_class_;
  AtomIndex& index_;
  Candidates candidates_;
  absl::flat_hash_map<uint64_t, uint32_t> places_;
  absl::flat_hash_map<std::string, Sort> sorts_;
};

std::string KeyOf(const Graph& graph, const Atom& atom) {
  static constexpr std::string_view kPrefixes[] = {
      "vendor:", "host:", "licence:", "weights:", "services:", "model:"};
  const std::string_view prefix = kPrefixes[static_cast<int>(atom.atom_class)];
  if (atom.unlisted) return Join({prefix, "?"});
  if (IsOfCountry(atom.atom_class)) return Join({prefix, atom.country.ToString()});
  return Join({prefix, IdOf(NameOf(graph, atom))});
}

ResolvedCutoff ResolvedCutoffOf(const Atom& atom) {
  static constexpr CutoffKind kKinds[] = {CutoffKind::kVendorExit,           CutoffKind::kCloudFailure,
                                          CutoffKind::kLicenceRevocation,    CutoffKind::kCountryWeightsBan,
                                          CutoffKind::kCountryServiceCutoff, CutoffKind::kModelWithdrawal};
  ResolvedCutoff resolved{
      .kind = kKinds[static_cast<int>(atom.atom_class)], .country = atom.country, .index = atom.index};
  resolved.of_unlisted = atom.unlisted;
  return resolved;
}

Cutoff CutoffOf(const Graph& graph, const Atom& atom) {
  Cutoff cutoff{.id = KeyOf(graph, atom), .kind = ResolvedCutoffOf(atom).kind};
  if (IsOfCountry(atom.atom_class)) {
    cutoff.country = atom.country;
  } else {
    cutoff.target = std::string(NameOf(graph, atom));
  }
  return cutoff;
}

std::vector<Atom> AtomsOf(const Knowledge& knowledge, AtomClass atom_class) {
  const Graph& graph = knowledge.graph();
  std::vector<Atom> atoms;
  auto add = [&](const auto& table) {
    for (auto index : table) atoms.push_back({.atom_class = atom_class, .index = index.value});
  };
  if (atom_class == AtomClass::kVendor) add(graph.vendors());
  if (atom_class == AtomClass::kHost) add(graph.hosts());
  if (atom_class == AtomClass::kLicence) add(graph.licences());
  if (atom_class == AtomClass::kModel) add(graph.models());
  if (IsOfCountry(atom_class)) {
    for (Country country : CountriesOf(knowledge))
      atoms.push_back({.atom_class = atom_class, .country = country});
  }
  std::sort(atoms.begin(), atoms.end(),
            [&graph](const Atom& a, const Atom& b) { return KeyOf(graph, a) < KeyOf(graph, b); });
  return atoms;
}

namespace {

std::vector<AtomIndex::Entry> EntriesOf(const Knowledge& knowledge, AtomClass atom_class) {
  std::vector<AtomIndex::Entry> entries;
  for (const Atom& atom : AtomsOf(knowledge, atom_class)) {
    // What is irrevocable is not revoked, whatever else is unknown.
    const bool never =
        atom_class == AtomClass::kLicence && knowledge.graph().licences()[{atom.index}].irrevocable == true;
    if (!never) entries.push_back({atom, KeyOf(knowledge.graph(), atom), {}, {}, {}});
  }
  return entries;
}

}  // namespace

AtomIndex::AtomIndex(const Knowledge& knowledge, AtomClass atom_class)
    : AtomIndex(knowledge, atom_class, EntriesOf(knowledge, atom_class)) {}

AtomIndex AtomIndex::OfUnlisted(const Knowledge& knowledge, AtomClass atom_class) {
  const Atom atom{.atom_class = atom_class, .unlisted = true};
  return AtomIndex(knowledge, atom_class, {{atom, KeyOf(knowledge.graph(), atom), {}, {}, {}}});
}

AtomIndex::AtomIndex(const Knowledge& knowledge, AtomClass atom_class, std::vector<Entry> entries)
    : entries_(std::move(entries)) {
  Filler(knowledge, atom_class, *this).Fill();
  std::erase_if(entries_, [this](const Entry& entry) {
    return entry.certain.empty() && entry.open.empty() && common_.empty();
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
  std::call_once(made.once, [&] { made.index = std::make_unique<const AtomIndex>(*knowledge_, atom_class); });
  return *made.index;
}

}  // namespace linchpin::engine
