#include "services/policy/domain/binding/target_values.h"

#include <algorithm>
#include <iterator>

namespace linchpin::policy {
namespace {

using engine::Truth;

bool Overlap(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  auto at = a.begin();
  auto other = b.begin();
  while (at != a.end() && other != b.end()) {
    if (*at == *other) return true;
    *at < *other ? ++at : ++other;
  }
  return false;
}

std::vector<uint32_t> Common(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<uint32_t> common;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(common));
  return common;
}

void Add(const std::vector<uint32_t>& from, std::vector<uint32_t>& to) {
  to.insert(to.end(), from.begin(), from.end());
  std::sort(to.begin(), to.end());
  to.erase(std::unique(to.begin(), to.end()), to.end());
}

}  // namespace

TargetDimension::TargetDimension(const engine::Graph& graph, const engine::Knowledge& knowledge,
                                 engine::Dimension dimension, SupplyWalk& walk)
    : knowledge_(knowledge),
      dimension_(dimension),
      domains_(knowledge, dimension),
      walk_(walk),
      deployments_(graph.deployments().slots()) {}
TargetDimension::~TargetDimension() = default;

uint32_t TargetDimension::Intern(Value value, bool is_unknown) {
  const std::string key = (is_unknown ? "?" : "=") + value.text;
  const auto [entry, added] = numbers_.try_emplace(key, static_cast<uint32_t>(values_.size()));
  if (!added) return entry->second;
  if (is_unknown) {
    value.proven = domains_.Proven(value.unknown);
    value.likely = domains_.Likely(value.unknown);
  }
  values_.push_back(std::move(value));
  return entry->second;
}

TargetValues TargetDimension::OfDeployment(engine::DeploymentIndex deployment) {
  const engine::DimensionValues found = engine::ValuesOf(knowledge_, deployment, dimension_);
  TargetValues values;
  for (const std::string_view value : found.known)
    values.known.push_back(Intern({std::string(value), ""}, false));
  for (const engine::UnknownValue& value : found.unknown) {
    values.unknown.push_back(Intern({std::string(value.resource), std::string(value.field), value}, true));
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

bool TargetDimension::MayBe(const Value& unknown, std::string_view key, bool likely) const {
  const engine::GroupDomain& domain = unknown.On(likely);
  if (domain.listed) return std::binary_search(domain.keys.begin(), domain.keys.end(), key);
  return domains_.MayBe(unknown.unknown, key);
}

Truth TargetDimension::SameAsKnown(const Value& unknown, std::string_view key, bool likely) const {
  const std::string_view* const only = unknown.On(likely).Only();
  if (only != nullptr) return engine::Known(*only == key);
  return MayBe(unknown, key, likely) ? Truth::kUnknown : Truth::kFalse;
}

Truth TargetDimension::SameAsUnknown(const Value& a, const Value& b, bool likely) const {
  if (const std::string_view* const only = a.On(likely).Only()) return SameAsKnown(b, *only, likely);
  const bool a_listed = a.On(likely).listed;
  // Of two that may both be anything, either may be what the inventory does not name.
  if (!a_listed && !b.On(likely).listed) return Truth::kUnknown;
  const Value& listed = a_listed ? a : b;
  const Value& other = a_listed ? b : a;
  const std::vector<std::string_view>& keys = listed.On(likely).keys;
  const bool some =
      std::any_of(keys.begin(), keys.end(), [&](std::string_view key) { return MayBe(other, key, likely); });
  return some ? (keys.size() == 1 ? SameAsKnown(other, keys[0], likely) : Truth::kUnknown) : Truth::kFalse;
}

Truth TargetDimension::Differ(const TargetValues& a, const TargetValues& b, bool likely) const {
  if (Overlap(a.known, b.known) || Overlap(a.unknown, b.unknown)) return Truth::kFalse;
  Truth same = Truth::kFalse;
  for (const uint32_t unknown : a.unknown) {
    for (const uint32_t known : b.known)
      same = engine::Or(same, SameAsKnown(values_[unknown], values_[known].text, likely));
    for (const uint32_t other : b.unknown)
      same = engine::Or(same, SameAsUnknown(values_[unknown], values_[other], likely));
  }
  for (const uint32_t unknown : b.unknown) {
    for (const uint32_t known : a.known)
      same = engine::Or(same, SameAsKnown(values_[unknown], values_[known].text, likely));
  }
  return same == Truth::kUnknown ? same : engine::Known(same == Truth::kFalse);
}

std::string TargetDimension::Shared(const TargetValues& a, const TargetValues& b) const {
  if (const auto common = Common(a.known, b.known); !common.empty()) return FirstText(common);
  if (const auto common = Common(a.unknown, b.unknown); !common.empty())
    return "unknown through " + FirstText(common);
  std::string_view first;
  for (const TargetValues* values : {&a, &b}) {
    for (const uint32_t number : values->unknown) {
      const std::string_view* const only = values_[number].On(/*likely=*/true).Only();
      if (only != nullptr && (first.empty() || *only < first)) first = *only;
    }
  }
  return std::string(first);
}

// Numbers go by what was looked at first: what is said must not.
std::string TargetDimension::FirstText(const std::vector<uint32_t>& numbers) const {
  const auto first = std::min_element(numbers.begin(), numbers.end(), [this](uint32_t a, uint32_t b) {
    return values_[a].text < values_[b].text;
  });
  return values_[*first].text;
}

LikelyFacts TargetDimension::Likely(const TargetValues& a, const TargetValues& b) const {
  LikelyFacts facts;
  for (const TargetValues* values : {&a, &b}) {
    std::vector<uint32_t> numbers = values->unknown;
    std::sort(numbers.begin(), numbers.end(),
              [this](uint32_t x, uint32_t y) { return values_[x].text < values_[y].text; });
    for (const uint32_t number : numbers) {
      const Value& value = values_[number];
      if (value.likely) AddLikely({value.unknown.fact, value.unknown.subject}, facts);
    }
  }
  return facts;
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
