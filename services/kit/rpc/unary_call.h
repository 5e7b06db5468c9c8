// How a unary call goes from its bytes to its answer. For service.cc only.
#ifndef LINCHPIN_SERVICES_KIT_RPC_UNARY_CALL_H_
#define LINCHPIN_SERVICES_KIT_RPC_UNARY_CALL_H_

#include <grpcpp/grpcpp.h>

#include "services/kit/rpc/pipeline_impl.h"
#include "services/kit/rpc/service.h"

namespace linchpin::kit {

// Where a call is computed; see ServiceBuilder.
enum class UnaryMode { kInline, kOnPool, kLater, kLaterFromPool };

// A method and one of the three ways to run it.
struct UnaryBinding {
  UnaryMode mode = UnaryMode::kInline;
  Wait wait;
  decltype(Handler::run) run;
  BytesHandler run_bytes;
  decltype(LaterHandler::run) run_later;
  const Message* request = nullptr;  // Prototypes.
  const Message* response = nullptr;
};

// `binding` must outlive the call; `response` is written before the reactor finishes.
grpc::ServerUnaryReactor* StartUnary(Pipeline::Impl& pipeline, MethodState& method,
                                     const UnaryBinding& binding, grpc::CallbackServerContext& context,
                                     const grpc::ByteBuffer& request, grpc::ByteBuffer& response);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_UNARY_CALL_H_
