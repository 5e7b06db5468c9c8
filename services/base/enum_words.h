// Values of enums as people read them.
#ifndef LINCHPIN_SERVICES_BASE_ENUM_WORDS_H_
#define LINCHPIN_SERVICES_BASE_ENUM_WORDS_H_

#include <string>
#include <string_view>

namespace linchpin::base {

// "host provider group" of "HOST_PROVIDER_GROUP"; the prefix of the enum is cut off before.
std::string EnumWords(std::string_view name);

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_ENUM_WORDS_H_
