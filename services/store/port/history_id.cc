#include "services/store/port/history_id.h"

#include <random>

#include "absl/strings/str_cat.h"

namespace linchpin::store {

std::string NewHistoryId() {
  std::random_device device;
  std::string id;
  for (int i = 0; i < 4; ++i) absl::StrAppend(&id, absl::Hex(device(), absl::kZeroPad8));
  return id;
}

}  // namespace linchpin::store
