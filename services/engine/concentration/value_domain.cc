#include "services/engine/concentration/value_domain.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/engine/graph/lineage.h"

namespace linchpin::engine {
namespace {

// What the members of the domain are.
enum class Members { kVendors, kParents, kCountries, kModels, kLicences, kBases, kBaseOrigins, kAnything };

// The text of a country's code, which outlives everything.
std::string_view CountryKey(Member code) {
  using Codes = std::array<std::array<char, 2>, 26 * 26>;
  static const Codes* const kCodes = [] {
    auto* codes = new Codes();
    for (int i = 0; i < 26 * 26; ++i) {
      (*codes)[i] = {static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26)};
    }
    return codes;
  }();
  const Country country = CountryOf(code);
  return {(*kCodes)[(country.code[0] - 'A') * 26 + country.code[1] - 'A'].data(), 2};
}

std::optional<Member> CountryMember(std::string_view key) {
  const std::optional<Country> country = Country::Parse(key);
  return country.has_value() ? std::optional<Member>(CodeOf(*country)) : std::nullopt;
}

void Append(std::string& text, Member value) {
  text.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

}  // namespace

class ValueDomains::Finder {
 public:
  Finder(const Knowledge& knowledge, Dimension dimension)
      : knowledge_(knowledge), graph_(knowledge.graph()), dimension_(dimension) {}

  // The fact whose domain decides.
  FactKind FactOf(const UnknownValue& value) const {
    if (value.fact == FactKind::kModel) {
      return dimension_ == Dimension::kDeveloper || dimension_ == Dimension::kDeveloperGroup
                 ? FactKind::kDeveloperOfModel
                 : FactKind::kModel;
    }
    if (value.fact != FactKind::kDerivations) return value.fact;
    return dimension_ == Dimension::kRootOriginCountry ? FactKind::kLineageOrigin
                                                       : FactKind::kLineageDeveloper;
  }

  Members MembersOf(const UnknownValue& value) const {
    switch (FactOf(value)) {
      case FactKind::kOperator:
      case FactKind::kHostProvider:
      case FactKind::kProviderOfHost:
      case FactKind::kDeveloper:
      case FactKind::kDeveloperOfModel:
        return Members::kVendors;
      case FactKind::kVendorParent:
        return Members::kParents;
      case FactKind::kHostCountry:
      case FactKind::kCountryOfHost:
      case FactKind::kVendorCountry:
      case FactKind::kOrigin:
        return Members::kCountries;
      case FactKind::kLicence:
        return Members::kLicences;
      case FactKind::kModel:
        return Members::kModels;
      case FactKind::kLineageDeveloper:
        return Members::kBases;
      case FactKind::kLineageOrigin:
        return Members::kBaseOrigins;
      default:
        return Members::kAnything;
    }
  }

  // The fact of which more is known with likelihoods read too.
  std::optional<FactKind> LikelyFact(const UnknownValue& value) const {
    for (FactKind fact : {FactOf(value), FactKind::kLineageDeveloper}) {
      const bool counts = fact == FactOf(value) || MembersOf(value) == Members::kBaseOrigins;
      if (counts && knowledge_.Of(fact, value.subject).likely.has_value()) return fact;
    }
    return std::nullopt;
  }

  GroupDomain On(const UnknownValue& value, bool likely) const {
    std::set<std::string_view> keys;
    if (!AddKeys(value, likely, keys)) return {};
    return {true, {keys.begin(), keys.end()}};
  }

  bool MayBe(const UnknownValue& value, std::string_view key) const {
    const Domain& domain = DomainOf(FactOf(value), value.subject, /*likely=*/false);
    switch (MembersOf(value)) {
      case Members::kVendors:
        if (key == kNoneKey) return MayBeNone(value, domain);
        return SomeVendor(key, [&](VendorIndex vendor) {
          return domain.Allows(vendor.value) && (domain.listed || CanPlay(value, vendor));
        });
      case Members::kParents:
        if (key == value.resource) return domain.none;
        return SomeVendor(key, [&](VendorIndex vendor) { return domain.Allows(vendor.value); });
      case Members::kCountries:
        return AllowsCountry(domain, key);
      case Members::kBaseOrigins:
        return OwnOriginMayBe({value.subject}, key) ||
               (!IsFirst({value.subject}, /*likely=*/false) && AllowsCountry(domain, key));
      case Members::kLicences:
        return key == kNoneKey ? domain.none : AllowsLicence(domain, key);
      case Members::kModels:
        return SomeModel(key, [&](ModelIndex model) { return domain.Allows(model.value); });
      case Members::kBases:
        if (domain.none && key == value.resource) return true;
        if (IsFirst({value.subject}, /*likely=*/false)) return false;
        return SomeModel(key, [&](ModelIndex model) {
          return knowledge_.MayBeBase({value.subject}, model, /*likely=*/false);
        });
      case Members::kAnything:
        return true;
    }
    return true;
  }

  std::string SignatureOf(const UnknownValue& value) const {
    const FactKind fact = FactOf(value);
    const Domain& domain = DomainOf(fact, value.subject, /*likely=*/false);
    std::string text;
    Append(text, static_cast<Member>(PartOf(fact)));
    Append(text, static_cast<Member>(MembersOf(value)));
    text += domain.listed ? 'l' : 'u';
    text += MayBeNone(value, domain) ? 'n' : '-';
    // What a model or vendor itself is belongs to what these can be.
    const Members members = MembersOf(value);
    if (members == Members::kParents || members == Members::kBases || members == Members::kBaseOrigins)
      Append(text, value.subject);
    for (Member member : domain.values) Append(text, member);
    return text;
  }

 private:
  const Domain& DomainOf(FactKind kind, uint32_t subject, bool likely) const {
    const OpenFact& fact = knowledge_.Of(kind, subject);
    return likely ? fact.OnLikely() : fact.proven;
  }
  std::string_view RootOf(VendorIndex vendor) const {
    const VendorIndex root = IsOfGroups(dimension_) ? OwnersOf(graph_, vendor).vendors.back() : vendor;
    return graph_.vendors()[root].name;
  }
  // Who cannot be self-hosted has an operator, and his host a provider.
  bool MayBeNone(const UnknownValue& value, const Domain& domain) const {
    const bool of_deployment = value.fact == FactKind::kOperator || value.fact == FactKind::kProviderOfHost;
    return domain.none && (!of_deployment || knowledge_.MaySelfHost({value.subject}));
  }
  bool CanPlay(const UnknownValue& value, VendorIndex vendor) const {
    return knowledge_.parts().Can(PartOf(FactOf(value)), vendor);
  }

  // False if what the domain leaves is not a list of groups.
  bool AddKeys(const UnknownValue& value, bool likely, std::set<std::string_view>& keys) const {
    const Members members = MembersOf(value);
    if (members == Members::kAnything) return false;
    if (members == Members::kBases) {
      // If it has a base model, that may be one that the inventory does not have.
      keys.insert(value.resource);
      return IsFirst({value.subject}, likely);
    }
    const Domain& domain = DomainOf(FactOf(value), value.subject, likely);
    if (members == Members::kBaseOrigins) {
      if (IsFirst({value.subject}, likely)) return AddOwnOrigin({value.subject}, likely, keys);
      if (!domain.listed) return false;
      for (Member code : domain.values) keys.insert(CountryKey(code));
      return AddOwnOrigin({value.subject}, likely, keys);
    }
    if (!domain.listed) return false;
    if (members == Members::kParents && domain.none) keys.insert(value.resource);
    if (members != Members::kParents && MayBeNone(value, domain)) keys.insert(kNoneKey);
    for (Member member : domain.values) {
      if (!AddMember(value, members, member, keys)) return false;
    }
    return true;
  }

  bool AddMember(const UnknownValue& value, Members members, Member member,
                 std::set<std::string_view>& keys) const {
    switch (members) {
      case Members::kVendors:
      case Members::kParents:
        keys.insert(RootOf({member}));
        return true;
      case Members::kCountries:
        keys.insert(CountryKey(member));
        return true;
      case Members::kLicences:
        keys.insert(graph_.licences()[{member}].name);
        return true;
      default: {
        // A model of which the value is open leaves all open.
        const DimensionValues values = ValuesOf(knowledge_, ModelIndex{member}, dimension_);
        keys.insert(values.known.begin(), values.known.end());
        return values.unknown.empty() && !value.resource.empty();
      }
    }
  }

  // Where the model comes from if it has no base model.
  bool AddOwnOrigin(ModelIndex model, bool likely, std::set<std::string_view>& keys) const {
    if (!MayBeFirst(model, likely)) return true;
    if (const std::optional<Country> origin = knowledge_.OriginOf(model)) {
      keys.insert(CountryKey(CodeOf(*origin)));
      return true;
    }
    const Domain& domain = DomainOf(FactKind::kOrigin, model.value, likely);
    if (!domain.listed) return false;
    for (Member code : domain.values) keys.insert(CountryKey(code));
    return true;
  }
  bool OwnOriginMayBe(ModelIndex model, std::string_view key) const {
    if (!MayBeFirst(model, /*likely=*/false)) return false;
    if (const std::optional<Country> origin = knowledge_.OriginOf(model)) return origin->ToString() == key;
    return AllowsCountry(DomainOf(FactKind::kOrigin, model.value, /*likely=*/false), key);
  }
  // Can the model have no base model; can it have none but that?
  bool MayBeFirst(ModelIndex model, bool likely) const {
    return DomainOf(FactKind::kLineageDeveloper, model.value, likely).none;
  }
  bool IsFirst(ModelIndex model, bool likely) const {
    const Domain& developers = DomainOf(FactKind::kLineageDeveloper, model.value, likely);
    return developers.listed && developers.values.empty();
  }

  static bool AllowsCountry(const Domain& domain, std::string_view key) {
    const std::optional<Member> code = CountryMember(key);
    return code.has_value() && domain.Allows(*code);
  }
  bool AllowsLicence(const Domain& domain, std::string_view key) const {
    const auto licence = graph_.licences().Find(key);
    return licence.has_value() && domain.Allows(licence->value);
  }

  // Does some vendor of the group satisfy?
  template <typename Predicate>
  bool SomeVendor(std::string_view key, const Predicate& predicate) const {
    const auto vendor = graph_.vendors().Find(key);
    if (!vendor.has_value()) return false;
    if (!IsOfGroups(dimension_)) return predicate(*vendor);
    const std::vector<Member>& group = knowledge_.parts().GroupOf(*vendor);
    return std::any_of(group.begin(), group.end(),
                       [&](Member member) { return predicate(VendorIndex{member}); });
  }

  // Does some model with this value, or of which the value is open, satisfy?
  template <typename Predicate>
  bool SomeModel(std::string_view key, const Predicate& predicate) const {
    if (by_value_.empty()) IndexModels();
    for (std::string_view at : {key, kUnknownKey}) {
      const auto found = by_value_.find(at);
      if (found == by_value_.end()) continue;
      if (std::any_of(found->second.begin(), found->second.end(), predicate)) return true;
    }
    return false;
  }
  // Models by their values as they stand: a model that states no base model is its own root.
  void IndexModels() const {
    for (ModelIndex model : graph_.models()) {
      const DimensionValues values = ValuesOf(knowledge_, model, dimension_);
      for (std::string_view key : values.known) by_value_[key].push_back(model);
      for (const UnknownValue& unknown : values.unknown) {
        const bool is_end = unknown.fact == FactKind::kDerivations && dimension_ == Dimension::kBaseModelRoot;
        by_value_[is_end ? unknown.resource : kUnknownKey].push_back(model);
      }
    }
  }

  const Knowledge& knowledge_;
  const Graph& graph_;
  const Dimension dimension_;
  mutable absl::flat_hash_map<std::string_view, std::vector<ModelIndex>> by_value_;
};

ValueDomains::ValueDomains(const Knowledge& knowledge, Dimension dimension)
    : finder_(std::make_unique<Finder>(knowledge, dimension)) {}
ValueDomains::~ValueDomains() = default;

GroupDomain ValueDomains::Proven(const UnknownValue& value) const {
  return finder_->On(value, /*likely=*/false);
}

std::optional<GroupDomain> ValueDomains::Likely(const UnknownValue& value) const {
  if (!finder_->LikelyFact(value).has_value()) return std::nullopt;
  return finder_->On(value, /*likely=*/true);
}

std::optional<FactKind> ValueDomains::LikelyFact(const UnknownValue& value) const {
  return finder_->LikelyFact(value);
}

bool ValueDomains::MayBe(const UnknownValue& value, std::string_view key) const {
  return finder_->MayBe(value, key);
}

std::string ValueDomains::SignatureOf(const UnknownValue& value) const { return finder_->SignatureOf(value); }

}  // namespace linchpin::engine
