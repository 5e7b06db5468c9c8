#include "services/kit/rpc/rpc_metrics.h"

#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace linchpin::kit {
namespace {

// By number of the code.
constexpr std::array<const char*, kRpcCodes> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

const prometheus::Histogram::BucketBoundaries kBuckets = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

std::string TypeOf(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming()) return method.server_streaming() ? "bidi_stream" : "client_stream";
  return method.server_streaming() ? "server_stream" : "unary";
}

prometheus::Family<prometheus::Counter>& CounterFamily(prometheus::Registry& registry, const char* name,
                                                       const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

struct RpcMetrics::Families {
  prometheus::Family<prometheus::Counter>& started;
  prometheus::Family<prometheus::Counter>& handled;
  prometheus::Family<prometheus::Counter>& received;
  prometheus::Family<prometheus::Counter>& sent;
  prometheus::Family<prometheus::Histogram>& seconds;
};

RpcMetrics::RpcMetrics(prometheus::Registry& registry)
    : families_(new Families{
          CounterFamily(registry, "grpc_server_started_total", "RPCs started on the server."),
          CounterFamily(registry, "grpc_server_handled_total", "RPCs answered by the server, by code."),
          CounterFamily(registry, "grpc_server_msg_received_total", "Messages received from clients."),
          CounterFamily(registry, "grpc_server_msg_sent_total", "Messages sent to clients."),
          prometheus::BuildHistogram()
              .Name("grpc_server_handling_seconds")
              .Help("Time from the start of an RPC to its answer.")
              .Register(registry)}) {}

RpcMetrics::~RpcMetrics() = default;

MethodMetrics* RpcMetrics::Of(const google::protobuf::MethodDescriptor& method) {
  return Make(TypeOf(method), method.service()->full_name(), method.name());
}

MethodMetrics* RpcMetrics::Unknown() { return Make("unary", "unknown", "unknown"); }

MethodMetrics* RpcMetrics::Make(const std::string& type, const std::string& service,
                                const std::string& method) {
  auto& slot = methods_[service + "/" + method];
  if (slot) return slot.get();
  const std::map<std::string, std::string> labels = {
      {"grpc_type", type}, {"grpc_service", service}, {"grpc_method", method}};
  slot = std::make_unique<MethodMetrics>();
  slot->started = &families_->started.Add(labels);
  slot->received = &families_->received.Add(labels);
  slot->sent = &families_->sent.Add(labels);
  slot->seconds = &families_->seconds.Add(labels, kBuckets);
  for (int code = 0; code < kRpcCodes; ++code) {
    auto with_code = labels;
    with_code["grpc_code"] = kCodeNames[code];
    slot->handled[code] = &families_->handled.Add(with_code);
  }
  return slot.get();
}

}  // namespace linchpin::kit
