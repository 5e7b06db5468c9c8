// Create, Update, Delete and BatchWrite of all kinds, by the committer.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_WRITER_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_WRITER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/inventory/domain/writes.h"
#include "services/inventory/rpc/finisher.h"
#include "services/inventory/rpc/reader.h"
#include "services/kit/call.h"
#include "services/store/committer.h"

namespace linchpin::inventory {

// One code path for all kinds: the kind follows from the type of the request.
//
// Ownership: keeps references, which must outlive it, and so must every call.
// Thread safety: all members may run at once. Only BatchWrite blocks.
class Writer {
 public:
  using Done = std::function<void(absl::Status)>;
  using CallPointer = std::shared_ptr<kit::Call>;

  Writer(store::Committer& committer, replica::ViewSource& source, const Reader& reader,
         WriteSettings settings);

  // Each calls `done` once, from another thread unless the request is refused at once. Request and response
  // live until then.
  void Create(CallPointer call, const google::protobuf::Message& request, google::protobuf::Message& response,
              Done done);
  void Update(CallPointer call, const google::protobuf::Message& request, google::protobuf::Message& response,
              Done done);
  void Delete(CallPointer call, const google::protobuf::Message& request, google::protobuf::Message& response,
              Done done);

  // Waits for the answer: preparing thousands of documents is work for a pool's thread.
  absl::Status BatchWrite(kit::Call& call, const v1::BatchWriteRequest& request,
                          v1::BatchWriteResponse& response);

 private:
  absl::StatusOr<store::Write> MakeWrite(const kit::Call& call, const google::protobuf::Message& request,
                                         WritePlan plan) const;
  void Submit(CallPointer call, const google::protobuf::Message& request, absl::StatusOr<WritePlan> plan,
              google::protobuf::Message& response, Done done);
  absl::Status Answer(kit::Call& call, const absl::StatusOr<store::WriteResult>& result,
                      google::protobuf::Message& response) const;

  store::Committer& committer_;
  replica::ViewSource& source_;
  const Reader& reader_;
  const WriteSettings settings_;
  Finisher finisher_;
};

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_WRITER_H_
