// Checks of a whole store after faults.
#ifndef LINCHPIN_TESTS_CONTRACT_STORE_HISTORY_CHECK_H_
#define LINCHPIN_TESTS_CONTRACT_STORE_HISTORY_CHECK_H_

#include <cstdint>
#include <map>
#include <string>

#include "services/store/port/resource_store.h"

namespace linchpin::store {

// The changes that a name went through: revisions, ascending.
using Lives = std::map<std::string, std::vector<int64_t>>;

// Expects an uncompacted store to be sound: revisions from 1 to the newest without gaps, each change naming
// the one it replaced, what stands equal to the changes replayed, audit numbers without gaps and one audit
// row for each revision. Returns who was changed when.
Lives ExpectSound(ResourceStore& store);

}  // namespace linchpin::store

#endif  // LINCHPIN_TESTS_CONTRACT_STORE_HISTORY_CHECK_H_
