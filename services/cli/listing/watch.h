// Resources as they change.
#ifndef LINCHPIN_SERVICES_CLI_LISTING_WATCH_H_
#define LINCHPIN_SERVICES_CLI_LISTING_WATCH_H_

#include <functional>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/cli/context.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

// Prints those resources of a kind that `takes` accepts, then each that changes, until the stream ends: in a
// table a row each, in JSON and YAML the document. What is deleted, or no longer accepted, is told as
// deleted. Breaks of the connection are mended; each change is told once. Returns the exit code. Errors:
// usage for kinds that are not the inventory's, for other forms than table, wide, name, jsonl and yaml, and
// beside flags that a stream cannot honour.
absl::StatusOr<int> WatchResources(Context& context, const resource::KindInfo& kind,
                                   const std::function<bool(const google::protobuf::Message&)>& takes);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_LISTING_WATCH_H_
