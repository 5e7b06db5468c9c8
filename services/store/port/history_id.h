// Names for histories of a store.
#ifndef LINCHPIN_SERVICES_STORE_PORT_HISTORY_ID_H_
#define LINCHPIN_SERVICES_STORE_PORT_HISTORY_ID_H_

#include <string>

namespace linchpin::store {

// 128 random bits as 32 hexadecimal digits.
std::string NewHistoryId();

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_HISTORY_ID_H_
