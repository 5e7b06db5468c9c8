#include "services/server/version.h"

namespace linchpin::linchpind {

std::string_view Version() { return LINCHPIN_VERSION; }
std::string_view Revision() { return LINCHPIN_REVISION; }

}  // namespace linchpin::linchpind
