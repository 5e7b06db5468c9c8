// How the call of a server stream goes from its bytes to its end. For service.cc only.
#ifndef LINCHPIN_SERVICES_KIT_RPC_STREAM_CALL_H_
#define LINCHPIN_SERVICES_KIT_RPC_STREAM_CALL_H_

#include <grpcpp/grpcpp.h>

#include "services/kit/rpc/pipeline_impl.h"
#include "services/kit/rpc/service.h"

namespace linchpin::kit {

struct StreamBinding {
  Wait wait;
  StreamHandler handler = {};
  const Message* request = nullptr;  // Prototype.
};

// `binding` must outlive the call.
grpc::ServerWriteReactor<grpc::ByteBuffer>* StartStream(Pipeline::Impl& pipeline, MethodState& method,
                                                        const StreamBinding& binding,
                                                        grpc::CallbackServerContext& context,
                                                        const grpc::ByteBuffer& request);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_STREAM_CALL_H_
