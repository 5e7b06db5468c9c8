// The risk service in this process.
#ifndef LINCHPIN_SERVICES_SERVER_RISK_MODULE_H_
#define LINCHPIN_SERVICES_SERVER_RISK_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "services/replica/source.h"
#include "services/server/module.h"

namespace linchpin::linchpind {

// Opens its store, waiting for the database as OpenStoreWaiting does, and reads `source`, which must outlive
// the module. Errors: those of OpenStoreWaiting and of Risk::Create.
absl::StatusOr<std::unique_ptr<Module>> MakeRiskModule(const Shared& shared, replica::ViewSource& source);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_RISK_MODULE_H_
