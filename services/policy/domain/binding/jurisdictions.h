// Sets of countries, and the named ones that policies refer to.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_JURISDICTIONS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_JURISDICTIONS_H_

#include <bitset>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "linchpin/policy/v1/jurisdiction_set.pb.h"
#include "services/engine/graph/fact.h"

namespace linchpin::policy {

// Countries by ISO 3166-1 alpha-2 code.
class CountrySet {
 public:
  void Add(engine::Country country) { bits_.set(Place(country)); }
  void Add(const CountrySet& other) { bits_ |= other.bits_; }
  bool Contains(engine::Country country) const { return bits_.test(Place(country)); }
  bool empty() const { return bits_.none(); }
  // Codes in alphabetical order.
  std::vector<std::string> Codes() const;

  friend bool operator==(const CountrySet&, const CountrySet&) = default;

 private:
  static size_t Place(engine::Country country) {
    return (country.code[0] - 'A') * 26 + (country.code[1] - 'A');
  }
  std::bitset<26 * 26> bits_;
};

// All jurisdiction sets of the store, with what they include.
class JurisdictionSets {
 public:
  JurisdictionSets() = default;
  explicit JurisdictionSets(const std::vector<v1::JurisdictionSet>& sets);

  // The countries of the set and of all it includes. NOT_FOUND names the set that does not exist.
  // A cycle cannot be stored; met all the same, it ends at the set that was seen before.
  absl::StatusOr<CountrySet> Resolve(std::string_view name) const;

  bool Contains(std::string_view name) const { return sets_.contains(name); }

 private:
  struct Set {
    CountrySet own;
    std::vector<std::string> includes;
  };
  std::map<std::string, Set, std::less<>> sets_;
};

// Names of jurisdiction sets in the values (v1::Value) of a message, at any depth.
std::set<std::string> SetsNamedIn(const google::protobuf::Message& message);

// Whether `text` is shaped like the name of a jurisdiction set.
bool IsJurisdictionSetName(std::string_view text);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_JURISDICTIONS_H_
