#include "services/linchpin/grpc_client.h"

#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

#include "grpcpp/create_channel.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "grpcpp/support/sync_stream.h"
#include "services/kit/status.h"
#include "services/resource/error.h"
#include "services/resource/scalars.h"
#include "services/resource/text.h"

namespace linchpin::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;
using resource::Cat;

constexpr int kMessageBytesMax = 16 << 20;
constexpr int kShortSeconds = 30;
constexpr int kLongSeconds = 600;

// Calls that only read are safe to repeat.
constexpr char kServiceConfig[] = R"({"methodConfig":[{
  "name":[{"service":"linchpin.inventory.v1.InventoryService"},{"service":"linchpin.policy.v1.PolicyService"},
          {"service":"linchpin.risk.v1.RiskService"}],
  "retryPolicy":{"maxAttempts":4,"initialBackoff":"0.1s","maxBackoff":"1s","backoffMultiplier":2,
                 "retryableStatusCodes":["UNAVAILABLE"]}}]})";

absl::StatusOr<std::string> ReadFile(const std::string& path, std::string_view flag) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return UsageError(Cat({"`", path, "` of --", flag, " cannot be read"}));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class GrpcClient : public Client {
 public:
  GrpcClient(std::shared_ptr<grpc::Channel> channel, std::string token, std::optional<int64_t> seconds,
             std::string endpoint)
      : channel_(std::move(channel)),
        token_(std::move(token)),
        seconds_(seconds),
        endpoint_(std::move(endpoint)) {}

  absl::Status Call(const std::string& service, const std::string& method, const Message& request,
                    Message& response) override {
    const std::string path = Cat({"/", service, "/", method});
    const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
    grpc::ClientContext context;
    // Work over the whole graph, and batches of thousands, take longer than a look-up.
    const bool is_long = method == "SimulateCutoff" || method == "EvaluatePolicies" || method == "BatchWrite";
    Prepare(context, is_long ? kLongSeconds : kShortSeconds);
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall<MessageLite, MessageLite, MessageLite, MessageLite>(
            channel_.get(), rpc, &context, request, &response);
    return Finish(status, context);
  }

  absl::Status Stream(const std::string& service, const std::string& method, const Message& request,
                      Message& part, const std::function<void()>& on_part) override {
    const std::string path = Cat({"/", service, "/", method});
    const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING);
    grpc::ClientContext context;
    Prepare(context, kLongSeconds);
    std::unique_ptr<grpc::ClientReader<MessageLite>> reader(
        grpc::internal::ClientReaderFactory<MessageLite>::Create<MessageLite>(channel_.get(), rpc, &context,
                                                                              request));
    while (reader->Read(&part)) on_part();
    return Finish(reader->Finish(), context);
  }

 private:
  void Prepare(grpc::ClientContext& context, int64_t default_seconds) const {
    context.set_deadline(std::chrono::system_clock::now() +
                         std::chrono::seconds(seconds_.value_or(default_seconds)));
    if (!token_.empty()) context.AddMetadata("authorization", "Bearer " + token_);
  }

  absl::Status Finish(const grpc::Status& status, const grpc::ClientContext& context) const {
    absl::Status result = kit::FromGrpcStatus(status);
    if (result.ok()) return result;
    const auto details = resource::DetailsOf(result);
    if (!details) {
      if (result.code() != absl::StatusCode::kUnavailable) return result;
      // "failed to connect to all addresses; last error: UNKNOWN: ipv4:...: Connection refused"
      const std::string message(result.message());
      const size_t last = message.rfind(": ");
      return absl::UnavailableError(Cat({"cannot reach ", endpoint_, ": ",
                                         last == std::string::npos ? message : message.substr(last + 2)}));
    }
    resource::Error error(result.code(), details->reason, std::string(result.message()));
    for (const auto& [key, value] : details->metadata) error.With(key, value);
    for (const auto& violation : details->violations) error.Field(violation.field, violation.description);
    for (const auto* metadata : {&context.GetServerTrailingMetadata(), &context.GetServerInitialMetadata()}) {
      const auto id = metadata->find("x-request-id");
      if (id != metadata->end()) error.With("request_id", std::string(id->second.data(), id->second.size()));
    }
    return error;
  }

  const std::shared_ptr<grpc::Channel> channel_;
  const std::string token_;
  const std::optional<int64_t> seconds_;
  const std::string endpoint_;
};

absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const Arguments& arguments) {
  const bool tls =
      arguments.Has("tls") || arguments.Has("cacert") || arguments.Has("cert") || arguments.Has("key");
  if (!tls) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  for (const auto& [flag, target] : {std::pair<const char*, std::string*>{"cacert", &options.pem_root_certs},
                                     {"cert", &options.pem_cert_chain},
                                     {"key", &options.pem_private_key}}) {
    if (!arguments.Has(flag)) continue;
    absl::StatusOr<std::string> text = ReadFile(arguments.Get(flag), flag);
    if (!text.ok()) return text.status();
    *target = *std::move(text);
  }
  if (options.pem_cert_chain.empty() != options.pem_private_key.empty()) {
    return UsageError("--cert and --key belong together");
  }
  return grpc::SslCredentials(options);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Client>> MakeGrpcClient(const Arguments& arguments) {
  std::optional<int64_t> seconds;
  if (arguments.Has("timeout")) {
    const auto timeout = resource::ParseDuration(arguments.Get("timeout"));
    if (!timeout || timeout->seconds() <= 0 || timeout->seconds() > 86'400) {
      return UsageError(Cat(
          {"`", arguments.Get("timeout"), "` of --timeout is no duration such as 10s or 5m, at most 1d"}));
    }
    seconds = timeout->seconds();
  }
  std::string token;
  if (arguments.Has("token-file")) {
    absl::StatusOr<std::string> text = ReadFile(arguments.Get("token-file"), "token-file");
    if (!text.ok()) return text.status();
    token = text->substr(0, text->find_last_not_of(" \t\r\n") + 1);
  }
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = Credentials(arguments);
  if (!credentials.ok()) return credentials.status();
  grpc::ChannelArguments channel;
  channel.SetMaxReceiveMessageSize(kMessageBytesMax);
  channel.SetMaxSendMessageSize(kMessageBytesMax);
  channel.SetServiceConfigJSON(kServiceConfig);
  const std::string endpoint = arguments.Get("endpoint");
  return std::make_unique<GrpcClient>(grpc::CreateCustomChannel(endpoint, *credentials, channel),
                                      std::move(token), seconds, endpoint);
}

}  // namespace linchpin::cli
