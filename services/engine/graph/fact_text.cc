#include "services/engine/graph/fact_text.h"

#include <iterator>

namespace linchpin::engine {

const char* TextOf(HostingMode mode) {
  switch (mode) {
    case HostingMode::kVendorApi:
      return "VENDOR_API";
    case HostingMode::kThirdPartyHosted:
      return "THIRD_PARTY_HOSTED";
    case HostingMode::kSelfHosted:
      return "SELF_HOSTED";
  }
  return "";
}

const char* TextOf(Relation relation) {
  switch (relation) {
    case Relation::kFineTune:
      return "FINE_TUNE";
    case Relation::kContinuedPretraining:
      return "CONTINUED_PRETRAINING";
    case Relation::kAdapter:
      return "ADAPTER";
    case Relation::kAdapterMerged:
      return "ADAPTER_MERGED";
    case Relation::kMerge:
      return "MERGE";
    case Relation::kQuantised:
      return "QUANTISED";
    case Relation::kConverted:
      return "CONVERTED";
    case Relation::kPruned:
      return "PRUNED";
    case Relation::kHostedFineTune:
      return "HOSTED_FINE_TUNE";
    case Relation::kDistilled:
      return "DISTILLED";
    case Relation::kSyntheticData:
      return "SYNTHETIC_DATA";
  }
  return "";
}

const char* TextOf(Weights weights) { return weights == Weights::kOpen ? "OPEN" : "PROPRIETARY"; }
const char* TextOf(Custody custody) {
  static constexpr const char* kTexts[] = {"HELD_VERIFIED", "HELD", "OBTAINABLE", "NOT_HELD"};
  return kTexts[static_cast<int>(custody)];
}

namespace {

template <typename Enum>
std::optional<Member> MemberOfEnum(std::string_view text, int count) {
  for (int i = 0; i < count; ++i) {
    if (text == TextOf(static_cast<Enum>(i))) return static_cast<Member>(i);
  }
  return std::nullopt;
}

std::optional<Member> MemberOfFlag(std::string_view text) {
  if (text == "true" || text == "YES") return 1;
  if (text == "false" || text == "NO") return 0;
  return std::nullopt;
}

template <typename TableType>
std::optional<Member> MemberIn(const TableType& table, std::string_view name) {
  const auto index = table.Find(name);
  if (!index.has_value()) return std::nullopt;
  return index->value;
}

}  // namespace

std::optional<Member> MemberOf(const Graph& graph, FactKind kind, std::string_view text) {
  switch (RowOf(kind).type) {
    case ValueType::kVendor:
      return MemberIn(graph.vendors(), text);
    case ValueType::kHost:
      return MemberIn(graph.hosts(), text);
    case ValueType::kLicence:
      return MemberIn(graph.licences(), text);
    case ValueType::kModel:
      return MemberIn(graph.models(), text);
    case ValueType::kCountry: {
      const std::optional<Country> country = Country::Parse(text);
      return country.has_value() ? std::optional<Member>(CodeOf(*country)) : std::nullopt;
    }
    case ValueType::kMode:
      return MemberOfEnum<HostingMode>(text, 3);
    case ValueType::kWeights:
      return MemberOfEnum<Weights>(text, 2);
    case ValueType::kCustody:
      return MemberOfEnum<Custody>(text, 4);
    case ValueType::kYesNo:
    case ValueType::kFlag:
      return MemberOfFlag(text);
    case ValueType::kOther:
      break;
  }
  return std::nullopt;
}

std::string TextOfMember(const Graph& graph, FactKind kind, Member member) {
  switch (RowOf(kind).type) {
    case ValueType::kVendor:
      return graph.vendors()[{member}].name;
    case ValueType::kHost:
      return graph.hosts()[{member}].name;
    case ValueType::kLicence:
      return graph.licences()[{member}].name;
    case ValueType::kModel:
      return graph.models()[{member}].name;
    case ValueType::kCountry:
      return CountryOf(member).ToString();
    case ValueType::kMode:
      return TextOf(static_cast<HostingMode>(member));
    case ValueType::kWeights:
      return TextOf(static_cast<Weights>(member));
    case ValueType::kCustody:
      return TextOf(static_cast<Custody>(member));
    case ValueType::kYesNo:
      return member != 0 ? "YES" : "NO";
    case ValueType::kFlag:
      return member != 0 ? "true" : "false";
    case ValueType::kOther:
      break;
  }
  return "";
}

}  // namespace linchpin::engine
