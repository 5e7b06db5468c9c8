// `linchpind migrate [wait]`.
#ifndef LINCHPIN_SERVICES_SERVER_MIGRATE_H_
#define LINCHPIN_SERVICES_SERVER_MIGRATE_H_

#include "services/kit/config/settings.h"
#include "services/kit/logging/log.h"

namespace linchpin::linchpind {

// Brings the schemas of the target's services up to date; the exit code of the process.
int Migrate(const kit::Settings& settings, kit::Log& log);

// Waits until they are, without changing anything; the exit code of the process.
int WaitForMigration(const kit::Settings& settings, kit::Log& log);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_MIGRATE_H_
