#include "services/kit/rpc/service.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/server_callback_handlers.h>
#include <grpcpp/impl/service_type.h>

#include <vector>

#include "services/kit/rpc/pipeline_impl.h"
#include "services/kit/rpc/stream_call.h"
#include "services/kit/rpc/unary_call.h"

namespace linchpin::kit {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using grpc::ByteBuffer;
using grpc::CallbackServerContext;
using grpc::internal::RpcMethod;

const Message* PrototypeOf(const Descriptor* type) {
  return MessageFactory::generated_factory()->GetPrototype(type);
}

}  // namespace

class ServiceBuilder::Table final : public grpc::Service {
 public:
  explicit Table(Pipeline& pipeline) : pipeline_(pipeline.impl()), bound_(pipeline_.methods.size(), false) {
    for (const MethodState& method : pipeline_.methods) {
      const auto type =
          method.descriptor->server_streaming() ? RpcMethod::SERVER_STREAMING : RpcMethod::NORMAL_RPC;
      AddMethod(new grpc::internal::RpcServiceMethod(method.path.c_str(), type, nullptr));
    }
  }

  void BindUnary(std::string_view name, MethodTypes types, UnaryBinding binding) {
    MethodState& method = Claim(name, types, /*stream=*/false);
    binding.request = PrototypeOf(method.descriptor->input_type());
    binding.response = PrototypeOf(method.descriptor->output_type());
    using RawHandler = grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>;
    MarkMethodRawCallback(
        method.descriptor->index(),
        new RawHandler([this, &method, binding = std::move(binding)](
                           CallbackServerContext* context, const ByteBuffer* request, ByteBuffer* response) {
          return StartUnary(pipeline_, method, binding, *context, *request, *response);
        }));
  }

  void BindStream(std::string_view name, StreamBinding binding) {
    MethodState& method = Claim(name, binding.handler.types, /*stream=*/true);
    binding.request = PrototypeOf(method.descriptor->input_type());
    using RawHandler = grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>;
    MarkMethodRawCallback(method.descriptor->index(),
                          new RawHandler([this, &method, binding = std::move(binding)](
                                             CallbackServerContext* context, const ByteBuffer* request) {
                            return StartStream(pipeline_, method, binding, *context, *request);
                          }));
  }

  bool Has(std::string_view name) const { return pipeline_.FindMethod(name) != nullptr; }

  void CheckComplete() const {
    for (const MethodState& method : pipeline_.methods) {
      if (!bound_[method.descriptor->index()]) Die("a method without a handler", method.name);
    }
  }

 private:
  MethodState& Claim(std::string_view name, const MethodTypes& types, bool stream) {
    MethodState* method = pipeline_.FindMethod(name);
    if (method == nullptr) Die("no such method", name);
    const MethodDescriptor& descriptor = *method->descriptor;
    if (bound_[descriptor.index()]) Die("a method with two handlers", name);
    const bool fits = descriptor.server_streaming() == stream &&
                      (types.request == nullptr || types.request == descriptor.input_type()) &&
                      (types.response == nullptr || types.response == descriptor.output_type());
    if (!fits) Die("a handler of another method's messages", name);
    bound_[descriptor.index()] = true;
    return *method;
  }

  Pipeline::Impl& pipeline_;
  std::vector<bool> bound_;
};

ServiceBuilder::ServiceBuilder(Pipeline& pipeline) : table_(std::make_unique<Table>(pipeline)) {}
ServiceBuilder::~ServiceBuilder() = default;

void ServiceBuilder::Inline(std::string_view method, Wait wait, Handler handler) {
  UnaryBinding binding;
  binding.wait = std::move(wait);
  binding.run = std::move(handler.run);
  table_->BindUnary(method, handler.types, std::move(binding));
}

void ServiceBuilder::Inline(std::string_view method, Wait wait, BytesHandler handler) {
  UnaryBinding binding;
  binding.wait = std::move(wait);
  binding.run_bytes = std::move(handler);
  table_->BindUnary(method, {}, std::move(binding));
}

void ServiceBuilder::OnPool(std::string_view method, Wait wait, Handler handler) {
  UnaryBinding binding;
  binding.mode = UnaryMode::kOnPool;
  binding.wait = std::move(wait);
  binding.run = std::move(handler.run);
  table_->BindUnary(method, handler.types, std::move(binding));
}

void ServiceBuilder::Later(std::string_view method, LaterHandler handler) {
  UnaryBinding binding;
  binding.mode = UnaryMode::kLater;
  binding.run_later = std::move(handler.run);
  table_->BindUnary(method, handler.types, std::move(binding));
}

void ServiceBuilder::LaterFromPool(std::string_view method, LaterHandler handler) {
  UnaryBinding binding;
  binding.mode = UnaryMode::kLaterFromPool;
  binding.run_later = std::move(handler.run);
  table_->BindUnary(method, handler.types, std::move(binding));
}

void ServiceBuilder::Stream(std::string_view method, Wait wait, StreamHandler handler) {
  table_->BindStream(method, {.wait = std::move(wait), .handler = std::move(handler)});
}

bool ServiceBuilder::Has(std::string_view method) const { return table_->Has(method); }

std::unique_ptr<grpc::Service> ServiceBuilder::Build() {
  table_->CheckComplete();
  return std::move(table_);
}

}  // namespace linchpin::kit
