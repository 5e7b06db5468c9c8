// Error statuses from parts, because our std::string_view is not absl's here.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_MESSAGE_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_MESSAGE_H_

#include <initializer_list>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace linchpin::engine {

inline std::string Join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (std::string_view part : parts) text += part;
  return text;
}
inline absl::Status Invalid(std::initializer_list<std::string_view> parts) {
  return absl::InvalidArgumentError(Join(parts));
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_MESSAGE_H_
