// Kinds that services write as results, and that people read only.
#ifndef LINCHPIN_SERVICES_RESOURCE_RESULTS_H_
#define LINCHPIN_SERVICES_RESOURCE_RESULTS_H_

#include "services/resource/kinds.h"

namespace linchpin::resource {

// Whether every field of the kind but its name is output only, as of findings: nobody writes it but a
// service.
bool IsResult(const KindInfo& kind);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_RESULTS_H_
