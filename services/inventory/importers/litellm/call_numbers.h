// Numbers for the names that a router may be called with, so that walks compare no texts.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CALL_NUMBERS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CALL_NUMBERS_H_

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "services/inventory/importers/litellm/groups.h"

namespace linchpin::importers {

// A name that the router may be called with, by number.
struct Called {
  std::string name;
  size_t group = CallNames::kNone;
  const std::vector<LiteLlmTarget>* targets = nullptr;
};

// All names that calls and fallbacks of one configuration use. Numbers are given as they are asked for.
//
// Ownership: refers to the names, which outlive it. Thread safety: none.
class CallNumbers {
 public:
  explicit CallNumbers(const CallNames& names) : names_(names) {}

  size_t Of(const std::string& name);

  const Called& operator[](size_t number) const { return called_[number]; }
  size_t size() const { return called_.size(); }

  // The numbers of its targets, in their order; valid until the next call. Computed once for a list.
  const std::vector<size_t>& Next(size_t number);

 private:
  const CallNames& names_;
  std::vector<Called> called_;
  std::unordered_map<std::string, size_t> numbers_;
  std::unordered_map<const std::vector<LiteLlmTarget>*, std::vector<size_t>> next_;
};

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_CALL_NUMBERS_H_
