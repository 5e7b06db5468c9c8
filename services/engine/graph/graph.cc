#include "services/engine/graph/graph.h"

namespace linchpin::engine {

std::optional<ConsumerIndex> ConsumerTable::Find(std::string_view name) const {
  auto found = names_.Find(name, [this](uint32_t at) { return NameOf({at}); });
  if (!found.has_value()) return std::nullopt;
  return ConsumerIndex{*found};
}

void ConsumerTable::Renumber() {
  group_base_.assign(1, 0);
  alternative_base_.assign(1, 0);
  for (const auto& chunk : chunks_) {
    group_base_.push_back(group_base_.back() + chunk->groups());
    alternative_base_.push_back(alternative_base_.back() + static_cast<uint32_t>(chunk->targets.size()));
  }
}

std::optional<Target> Graph::FindTarget(std::string_view name) const {
  if (auto deployment = deployments_.Find(name)) return Target(*deployment);
  if (auto consumer = consumers_.Find(name)) return Target(*consumer);
  return std::nullopt;
}

Origin Graph::OriginOf(ModelIndex index) const {
  const Model& model = models_[index];
  if (model.stated_origin.has_value()) return {model.stated_origin, false};
  if (!model.developer.has_value()) return {};
  const std::optional<Country> country = vendors_[*model.developer].country;
  return {country, country.has_value()};
}

size_t ConsumerTable::BytesUsed() const {
  size_t bytes = sizeof(*this);
  for (const auto& chunk : chunks_) bytes += chunk->BytesUsed();
  return bytes;
}

size_t Graph::BytesUsed() const {
  return consumers_.BytesUsed() + on_deployments_.BytesUsed() + on_consumers_.BytesUsed();
}

}  // namespace linchpin::engine
