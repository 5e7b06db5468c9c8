#include "services/inventory/importers/litellm/call_numbers.h"

#include <utility>

namespace linchpin::importers {

size_t CallNumbers::Of(const std::string& name) {
  const auto [at, fresh] = numbers_.emplace(name, called_.size());
  if (fresh) called_.push_back({name, names_.GroupOf(name), names_.FallbacksOf(name)});
  return at->second;
}

const std::vector<size_t>& CallNumbers::Next(size_t number) {
  static const auto* const kNothing = new std::vector<size_t>();
  const auto* const targets = called_[number].targets;
  if (targets == nullptr) return *kNothing;
  const auto known = next_.find(targets);
  if (known != next_.end()) return known->second;
  std::vector<size_t> numbers;
  for (const LiteLlmTarget& target : *targets) numbers.push_back(Of(target.group));
  return next_.emplace(targets, std::move(numbers)).first->second;
}

}  // namespace linchpin::importers
