// Policies that ship with the program: data, each with the clauses that its rules serve and with its tests.
#ifndef LINCHPIN_SERVICES_POLICY_PACKS_PACKS_H_
#define LINCHPIN_SERVICES_POLICY_PACKS_PACKS_H_

#include <string_view>
#include <vector>

namespace linchpin::policy {

// One pack. Views into the program.
struct ShippedPack {
  std::string_view id;      // "sovereignty"
  std::string_view policy;  // The document, YAML.
  std::string_view suite;   // Its tests (domain/suites), YAML.
};

// In order of ids.
const std::vector<ShippedPack>& ShippedPacks();

// The fixtures that their suites share, `three-suppliers.yaml`.
std::string_view PackFixtures();

// Null if there is none of that id.
const ShippedPack* FindPack(std::string_view id);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_PACKS_PACKS_H_
