// The risk service in this process.
#ifndef LINCHPIN_SERVICES_SERVER_RISK_MODULE_H_
#define LINCHPIN_SERVICES_SERVER_RISK_MODULE_H_

#include <memory>

#include "services/replica/source.h"
#include "services/server/module.h"

namespace linchpin::linchpind {

// Reads `source`, which must outlive the module.
std::unique_ptr<Module> MakeRiskModule(const Shared& shared, replica::ViewSource& source);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_RISK_MODULE_H_
