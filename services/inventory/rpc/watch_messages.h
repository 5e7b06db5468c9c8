// Packs documents and changes into messages of Watch.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_WATCH_MESSAGES_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_WATCH_MESSAGES_H_

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/replica/document.h"
#include "services/store/port/resource.h"

namespace linchpin::inventory {

void SetTime(absl::Time time, v1::WatchResponse& message);

// Builds the messages of one revision or one snapshot. A message is sent as soon as it has `bytes_max` bytes
// of documents.
class MessageBuilder {
 public:
  // Sends one message; false ends everything.
  using Send = absl::FunctionRef<bool(const v1::WatchResponse&)>;

  MessageBuilder(int64_t revision, absl::Time time, bool snapshot, int64_t bytes_max);

  // All false if a message could not be sent.
  bool AddUpsert(const replica::DocumentRef& document, Send send);
  bool AddChange(const store::Change& change, Send send);
  // Sends what is left, marked as the end.
  bool End(const std::string& token, Send send);

 private:
  bool Added(int64_t bytes, Send send);
  void Begin();

  const int64_t revision_;
  const absl::Time time_;
  const bool snapshot_;
  const int64_t bytes_max_;
  int64_t bytes_ = 0;
  v1::WatchResponse message_;
  std::string output_only_;  // Scratch.
};

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_WATCH_MESSAGES_H_
