// The policy service in this process.
#ifndef LINCHPIN_SERVICES_SERVER_POLICY_MODULE_H_
#define LINCHPIN_SERVICES_SERVER_POLICY_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "services/replica/source.h"
#include "services/server/module.h"

namespace linchpin::linchpind {

// Opens the store of policies, waiting for its database, and reads `inventory`, which must outlive the
// module.
absl::StatusOr<std::unique_ptr<Module>> MakePolicyModule(const Shared& shared,
                                                         replica::ViewSource& inventory);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_POLICY_MODULE_H_
