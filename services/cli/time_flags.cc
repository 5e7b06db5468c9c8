#include "services/cli/time_flags.h"

#include <string>

#include "services/base/text.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {

using base::Cat;
using google::protobuf::Timestamp;

absl::StatusOr<std::optional<Timestamp>> InstantFlag(const Context& context, std::string_view at,
                                                     std::string_view in) {
  const Arguments& arguments = context.arguments;
  const bool has_in = !in.empty() && arguments.Has(in);
  if (arguments.Has(at) && has_in) return UsageError(Cat({"give one of --", at, " and --", in}));
  if (arguments.Has(at)) {
    const std::string given = arguments.Get(at);
    const auto time = resource::ParseTime(given);
    if (time) return std::optional<Timestamp>(*time);
    return UsageError(Cat({"--", at,
                           " expects a time with its offset, such as 2026-10-02T09:00:00Z or "
                           "2026-10-02T09:00:00+02:00, not `",
                           given, "`"}));
  }
  if (!has_in) return std::optional<Timestamp>();
  const auto duration = resource::ParseDuration(arguments.Get(in));
  if (!duration || duration->seconds() <= 0)
    return UsageError(Cat({"--", in, " expects a duration such as 30d, not `", arguments.Get(in), "`"}));
  Timestamp time;
  time.set_seconds(absl::ToUnixSeconds(context.now()) + duration->seconds());
  return std::optional<Timestamp>(time);
}

}  // namespace linchpin::cli
