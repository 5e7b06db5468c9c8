#include "services/writing/cycles.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::writing {

absl::Status CycleError(const std::vector<std::string>& cycle, std::string_view relation,
                        std::string_view remedy) {
  return base::Error(base::reason::Cycle{.cycle = absl::StrJoin(cycle, ",")},
                     absl::StrCat("the change would make a cycle of ", std::string(relation), ": ",
                                  absl::StrJoin(cycle, " -> "), "; ", std::string(remedy)));
}

}  // namespace linchpin::writing
