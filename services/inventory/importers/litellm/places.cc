#include "services/inventory/importers/litellm/places.h"

#include <algorithm>
#include <iterator>

#include "services/resource/kinds.h"

namespace linchpin::importers {
namespace {

// An area and its countries; none: everywhere but China.
struct AreaOf {
  std::string_view word;
  std::vector<std::string> countries;
};

// Sources: Amazon Bedrock, "Supported Regions and models for inference profiles"; Microsoft, "Deployment
// types for Azure AI Foundry Models" (data zones); Google Cloud, "Vertex AI locations" (multi-regions). Of
// `eu` those countries count in which the cloud has a region.
const std::vector<AreaOf>& Areas() {
  static const auto* const kEu = new std::vector<std::string>{
      "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
      "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};
  static const auto* const kAreas = new std::vector<AreaOf>{
      {"us", {"US"}},
      {"us-gov", {"US"}},
      {"eu", *kEu},
      {"europe", *kEu},
      {"apac", {"AU", "IN", "JP", "KR", "SG"}},
      {"jp", {"JP"}},
      {"au", {"AU"}},
      {"global", {}},
  };
  return *kAreas;
}

const AreaOf* FindArea(std::string_view word) {
  const auto& areas = Areas();
  const auto found =
      std::find_if(areas.begin(), areas.end(), [&](const AreaOf& area) { return area.word == word; });
  return found == areas.end() ? nullptr : &*found;
}

}  // namespace

Places::Places(const catalogue::Catalogue& catalogue) {
  catalogue.ForEach([&](const google::protobuf::Message& document) {
    const auto* const host = dynamic_cast<const inventory::v1::Host*>(&document);
    if (host == nullptr || host->provider().empty()) return;
    const std::string id(resource::IdOf(host->name()));
    Cloud& cloud = clouds_[id.substr(0, id.find('-'))];
    cloud.provider = host->provider();
    if (!host->country().empty()) cloud.countries.insert(host->country());
  });
}

bool Places::IsArea(std::string_view word) { return FindArea(word) != nullptr; }

Area Places::Find(const std::string& cloud, std::string_view area) const {
  const auto found = clouds_.find(cloud);
  const AreaOf* const of = FindArea(area);
  if (found == clouds_.end()) return {};
  Area out{found->second.provider, {}, {}};
  if (of == nullptr) return out;
  if (of->countries.empty()) out.excluded.push_back("CN");
  for (const std::string& country : of->countries) {
    if (found->second.countries.contains(country)) out.countries.push_back(country);
  }
  return out;
}

}  // namespace linchpin::importers
