// Distinct index types for the dense tables of a graph, so that a vendor cannot be passed for a model.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_INDEX_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_INDEX_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace linchpin::engine {

// The place of one thing in its table. Stable while the thing lives, whatever else changes; the place of a
// deleted thing may be given to a later one of the same kind.
template <typename Tag>
struct Index {
  uint32_t value = UINT32_MAX;

  friend auto operator<=>(const Index&, const Index&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Index& index) {
    return H::combine(std::move(h), index.value);
  }
};

using VendorIndex = Index<struct VendorTag>;
using HostIndex = Index<struct HostTag>;
using LicenceIndex = Index<struct LicenceTag>;
using ModelIndex = Index<struct ModelTag>;
using DeploymentIndex = Index<struct DeploymentTag>;
using ConsumerIndex = Index<struct ConsumerTag>;

// What an alternative points at: a deployment or a consumer.
class Target {
 public:
  Target() = default;
  explicit Target(DeploymentIndex deployment) : bits_(deployment.value) {}
  explicit Target(ConsumerIndex consumer) : bits_(consumer.value | kConsumerBit) {}

  bool is_consumer() const { return (bits_ & kConsumerBit) != 0; }
  // Only when !is_consumer().
  DeploymentIndex deployment() const { return {bits_}; }
  // Only when is_consumer().
  ConsumerIndex consumer() const { return {bits_ & ~kConsumerBit}; }

  friend auto operator<=>(const Target&, const Target&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Target& target) {
    return H::combine(std::move(h), target.bits_);
  }

 private:
  static constexpr uint32_t kConsumerBit = 0x80000000u;
  uint32_t bits_ = 0;
};

// One alternative of one group of one consumer, seen from its target: an entry of the reverse adjacency.
struct Dependent {
  static constexpr uint32_t kAlternativeBits = 8;

  uint32_t consumer_value = 0;
  uint32_t place = 0;  // group ordinal << kAlternativeBits | alternative ordinal

  ConsumerIndex consumer() const { return {consumer_value}; }
  uint32_t group() const { return place >> kAlternativeBits; }
  uint32_t alternative() const { return place & ((1u << kAlternativeBits) - 1); }

  static Dependent Of(ConsumerIndex consumer, uint32_t group, uint32_t alternative) {
    return {consumer.value, group << kAlternativeBits | alternative};
  }
  friend auto operator<=>(const Dependent&, const Dependent&) = default;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_INDEX_H_
