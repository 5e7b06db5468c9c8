#include "services/cli/print/fact_words.h"

#include <string>

namespace linchpin::cli {
namespace {

std::string WithoutIndexes(std::string_view field) {
  std::string text;
  bool inside = false;
  for (char c : field) {
    if (c == '[') inside = true;
    if (!inside) text += c;
    if (c == ']') inside = false;
  }
  return text;
}

}  // namespace

const std::vector<FactWords>& AllFactWords() {
  static const auto* const kWords = new std::vector<FactWords>{
      {"Vendor", "country", "country is", "two letters, such as DE", nullptr, true},
      {"Vendor", "parent", "parent is", "such as vendors/google", "if no other vendor controls it", true},
      {"Vendor", "serves_from", "places of the interface are",
       "{providers: [vendors/amazon], countries: [US]}", nullptr, false},
      {"Host", "country", "country is", "two letters, such as DE", nullptr, true},
      {"Host", "provider", "provider is", "such as vendors/ovhcloud", "if it is on your own premises", true},
      {"Licence", "irrevocable", "irrevocability is", "true or false", nullptr, false},
      {"Model", "developer", "developer is", "such as vendors/mistral", nullptr, true},
      {"Model", "weights", "weights are", "OPEN or PROPRIETARY", nullptr, true},
      {"Model", "licence", "licence is", "such as licences/apache-2-0", "if the weights come without one",
       true},
      {"Model", "derivations", "base models are", "[{baseModel: models/ID, relation: FINE_TUNE}]",
       "if it was trained from scratch", true},
      {"Model", "origin_country", "origin of the weights is", "two letters, such as DE", nullptr, false},
      {"Model", "requires_activation", "need of activation is",
       "true if it asks its developer's server at each start, else false", nullptr, false},
      {"Deployment", "model", "model is", "such as models/gpt-4o", nullptr, true},
      {"Deployment", "hosting_mode", "hosting mode is", "VENDOR_API, THIRD_PARTY_HOSTED or SELF_HOSTED",
       nullptr, true},
      {"Deployment", "operator", "operator is", "such as vendors/microsoft; none if SELF_HOSTED", nullptr,
       true},
      {"Deployment", "host", "host is", "such as hosts/aws-eu-central-1", nullptr, true},
      {"Deployment", "custody", "custody of the weights is", "HELD_VERIFIED, HELD, OBTAINABLE or NOT_HELD",
       nullptr, false},
      {"Deployment", "pass_through", "pass-through of the developer's refusal is",
       "YES if a refusal by the model's developer reaches you through this service, else NO", nullptr, false},
      {"Deployment", "outlives_developer", "continuation without its developer is",
       "YES if this service goes on when the model's developer is gone, else NO", nullptr, false},
      {"Dependency", "alternatives.switch_duration", "switch time is", "such as 4h", nullptr, false},
      {"Route", "alternatives.switch_duration", "switch time is", "such as 4h", nullptr, false},
      {"Application", "tier", "tier is", "1 (most critical) to 4", nullptr, true}};
  return *kWords;
}

const FactWords* FindFactWords(std::string_view kind, std::string_view field) {
  const std::string wanted = WithoutIndexes(field);
  for (const FactWords& words : AllFactWords()) {
    if (words.kind == kind && words.field == wanted) return &words;
  }
  return nullptr;
}

}  // namespace linchpin::cli
