// What each kind of fact is, one row each: the one place that says whose it is, which field holds it, what
// its values are and what it can be while nobody has stated it. A new kind of fact begins here.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_TABLE_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_TABLE_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "services/engine/graph/fact_kind.h"

namespace linchpin::engine {

inline constexpr FactKind kLastFactKind = FactKind::kVersionOf;

// The kind of thing that has the fact.
enum class FactOwner : uint8_t { kVendor, kHost, kLicence, kModel, kDeployment, kConsumer };

// What its values are.
enum class ValueType : uint8_t {
  kVendor,
  kHost,
  kLicence,
  kModel,
  kCountry,
  kMode,
  kWeights,
  kCustody,
  kYesNo,  // A flag that documents write as YES or NO,
  kFlag,   // and one that they write as true or false.
  kOther   // Nothing that a domain ranges over.
};

// What it can be while nothing is known of it.
enum class WhenUnknown : uint8_t {
  kNoDomain,      // It ranges over nothing: a list, a member of one, a time.
  kAnyValue,      // Any value.
  kValueOrNone,   // Any value, or a known none.
  kOneOfTheEnum,  // Any value of its enum or flag.
};

struct FactRow {
  FactKind kind;
  FactOwner owner;
  // The proto field that holds it, of a member of a list that list; of what can only be bounded its path,
  // such as "host.provider".
  std::string_view field;
  ValueType type;
  WhenUnknown when_unknown;
  // Whether `bounds` and `likely` of the owner's document can name it, by `field` (knowledge.md K1).
  bool can_be_bounded;
};

const FactRow& RowOf(FactKind kind);

// The fact that the path of a bound in a document of `owner` names; none: this build does not know it.
std::optional<FactKind> BoundedFact(FactOwner owner, std::string_view path);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_TABLE_H_
