// What the contract suite needs to know of an engine to try it.
#ifndef LINCHPIN_TESTS_CONTRACT_STORE_ENGINE_H_
#define LINCHPIN_TESTS_CONTRACT_STORE_ENGINE_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/open.h"
#include "services/store/port/resource_store.h"

namespace linchpin::store {

// One fresh, empty database, gone with the object.
class StorePlace {
 public:
  virtual ~StorePlace() = default;
  virtual absl::StatusOr<std::unique_ptr<ResourceStore>> Open(const OpenOptions& options) = 0;
  // Makes the database claim another schema version, with no store open.
  virtual absl::Status SetSchemaVersion(int version) = 0;
};

struct StoreEngine {
  std::string name;
  std::function<std::unique_ptr<StorePlace>()> make_place;
  bool persistent = false;  // Outlives the closing of the store.
  bool shared = false;      // Takes several stores at once.

  friend void PrintTo(const StoreEngine& engine, std::ostream* out) { *out << engine.name; }
};

}  // namespace linchpin::store

#endif  // LINCHPIN_TESTS_CONTRACT_STORE_ENGINE_H_
