// The standard methods of a kind over gRPC.
#ifndef LINCHPIN_SERVICES_SERVING_STANDARD_METHODS_H_
#define LINCHPIN_SERVICES_SERVING_STANDARD_METHODS_H_

#include <set>
#include <string>

#include "services/kit/rpc/service.h"
#include "services/resource/kinds.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace linchpin::serving {

// Binds Get, List, Create, Update and Delete of every kind of `area` that the service lets people write, so
// that a new kind needs no line here; not of kinds whose methods the service answers itself. Reader and
// writer must outlive the service.
void BindStandardMethods(kit::ServiceBuilder& builder, resource::Area area, const Reader& reader,
                         Writer& writer, const std::set<std::string>& except = {});

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_STANDARD_METHODS_H_
