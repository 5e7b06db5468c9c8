#include "services/policy/domain/binding/target_values.h"

#include <algorithm>
#include <iterator>

namespace linchpin::policy {
namespace {

using engine::Truth;

bool Overlap(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b, uint32_t* common) {
  auto at = a.begin();
  auto other = b.begin();
  while (at != a.end() && other != b.end()) {
    if (*at == *other) {
      if (common != nullptr) *common = *at;
      return true;
    }
    *at < *other ? ++at : ++other;
  }
  return false;
}

void Add(const std::vector<uint32_t>& from, std::vector<uint32_t>& to) {
  to.insert(to.end(), from.begin(), from.end());
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
}

}  // namespace

TargetDimension::TargetDimension(const engine::Graph& graph, engine::Dimension dimension)
    : graph_(graph), dimension_(dimension), walk_(graph), deployments_(graph.deployments().slots()) {}
TargetDimension::~TargetDimension() = default;

uint32_t TargetDimension::Intern(std::string_view value, bool is_unknown, std::string_view field) {
  std::string key(is_unknown ? "?" : "=");
  key += value;
  const auto [entry, added] = numbers_.try_emplace(std::move(key), static_cast<uint32_t>(values_.size()));
  if (added) values_.push_back({std::string(value), std::string(field)});
  return entry->second;
}

TargetValues TargetDimension::OfDeployment(engine::DeploymentIndex deployment) {
  const engine::DimensionValues found = engine::ValuesOf(graph_, deployment, dimension_);
  TargetValues values;
  for (const std::string_view value : found.known) values.known.push_back(Intern(value, false, ""));
  for (const engine::UnknownValue& value : found.unknown) {
    values.unknown.push_back(Intern(value.resource, true, value.field));
  }
  std::sort(values.known.begin(), values.known.end());
  std::sort(values.unknown.begin(), values.unknown.end());
  return values;
}

const TargetValues& TargetDimension::ValuesOf(engine::Target target) {
  if (!target.is_consumer()) {
    std::unique_ptr<TargetValues>& values = deployments_[target.deployment().value];
    if (values == nullptr) values = std::make_unique<TargetValues>(OfDeployment(target.deployment()));
    return *values;
  }
  const auto found = consumers_.find(target.consumer().value);
  if (found != consumers_.end()) return found->second;
  TargetValues all;
  for (const SupplyWalk::Reached& reached : walk_.FromConsumer(target.consumer(), true)) {
    const TargetValues& values = ValuesOf(engine::Target(reached.deployment));
    Add(values.known, all.known);
    Add(values.unknown, all.unknown);
  }
  return consumers_[target.consumer().value] = std::move(all);
}

Truth TargetDimension::Differ(const TargetValues& a, const TargetValues& b) {
  if (Overlap(a.known, b.known, nullptr) || Overlap(a.unknown, b.unknown, nullptr)) return Truth::kFalse;
  return a.unknown.empty() && b.unknown.empty() ? Truth::kTrue : Truth::kUnknown;
}

std::string TargetDimension::Shared(const TargetValues& a, const TargetValues& b) const {
  uint32_t common = 0;
  if (Overlap(a.known, b.known, &common)) return values_[common].text;
  if (Overlap(a.unknown, b.unknown, &common)) return "unknown through " + values_[common].text;
  return "";
}

MissingFacts TargetDimension::Missing(const TargetValues& a, const TargetValues& b) const {
  MissingFacts missing;
  for (const TargetValues* values : {&a, &b}) {
    for (const uint32_t number : values->unknown)
      missing.push_back({values_[number].text, values_[number].field});
  }
  SortUnique(missing);
  return missing;
}

}  // namespace linchpin::policy
