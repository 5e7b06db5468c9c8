// What documents state of facts that have no value, by index: bounds, likelihoods, and what ties a vendor to
// others.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_STATED_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_STATED_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/engine/graph/fact.h"
#include "services/engine/graph/fact_kind.h"
#include "services/engine/graph/index.h"

namespace linchpin::engine {

// A value of any fact as a number: the index of what is named, the value of an enum, 0 or 1, a country by
// CodeOf, seconds.
using Member = uint32_t;

constexpr Member CodeOf(Country country) {
  return static_cast<Member>(country.code[0]) << 8 | static_cast<Member>(country.code[1]);
}
constexpr Country CountryOf(Member code) {
  return {{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)}};
}

struct Bound {
  FactKind fact;
  bool excludes = false;       // `values` are what it is not, else what it is one of.
  bool none = false;           // A known none is among `values`.
  std::vector<Member> values;  // Ascending, without repeats.
};

struct Likelihood {
  FactKind fact;
  bool none = false;
  std::vector<Member> values;  // Ascending, without repeats.
  double confidence = 0.5;
  std::string reason;
};

// Of one resource. Most have none, so that records hold a pointer.
struct Stated {
  std::vector<Bound> bounds;
  std::vector<Likelihood> likely;

  // Null where nothing is said of the fact.
  const Bound* BoundOf(FactKind fact) const {
    for (const Bound& bound : bounds) {
      if (bound.fact == fact) return &bound;
    }
    return nullptr;
  }
  const Likelihood* LikelyOf(FactKind fact) const {
    for (const Likelihood& likelihood : likely) {
      if (likelihood.fact == fact) return &likelihood;
    }
    return nullptr;
  }
};
using StatedPtr = std::shared_ptr<const Stated>;

// Where a vendor's interface runs, whose closed models it hosts, and whom it may call.
struct VendorTies {
  struct HostedDeveloper {
    VendorIndex developer;
    std::optional<bool> pass_through;
    std::optional<bool> outlives_developer;
  };
  std::vector<Member> providers;  // Of its hosts; ascending, without repeats.
  std::vector<Member> countries;  // Of its hosts; likewise.
  bool serves_from_is_complete = false;
  std::vector<HostedDeveloper> hosted_developers;
  std::vector<Member> upstreams;  // Operators; likewise.
  bool upstreams_are_complete = false;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_STATED_H_
