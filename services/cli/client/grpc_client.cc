#include "services/cli/client/grpc_client.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <thread>

#include "grpcpp/create_channel.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/channel_arguments.h"
#include "grpcpp/support/sync_stream.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/kit/rpc/status.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;
using google::protobuf::MessageLite;

constexpr int kMessageBytesMax = 16 << 20;

// Pauses before the second, third and fourth attempt. The library's own retries would hide the reason of the
// last answer.
constexpr int kPausesMs[] = {100, 200, 400};

absl::StatusOr<std::string> ReadFile(const std::string& path, std::string_view flag) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return UsageError(Cat({"`", path, "` of --", flag, " cannot be read"}));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Where one service is.
struct Server {
  std::string endpoint;
  std::shared_ptr<grpc::Channel> channel;
};

// A bare host listens on the port that linchpind takes by default.
std::string WithPort(const std::string& endpoint) {
  return endpoint.find(':') == std::string::npos ? endpoint + ":50051" : endpoint;
}

std::string RandomUuid() {
  std::random_device random;
  char text[37];
  const uint32_t a = random(), b = random(), c = random(), d = random();
  std::snprintf(text, sizeof text, "%08x-%04x-4%03x-%04x-%04x%08x", a, b >> 16, b & 0xFFF, 0x8000 | (c >> 18),
                c & 0xFFFF, d);
  return text;
}

void SetIfEmpty(const char* field_name, const std::string& value, Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName(field_name);
  if (field == nullptr || !request.GetReflection()->GetString(request, field).empty()) return;
  request.GetReflection()->SetString(&request, field, value);
}

// A past state is no newer for having been waited for.
bool AsksForThePast(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("as_of");
  return field != nullptr && !request.GetReflection()->GetString(request, field).empty();
}

// The request as it is sent: with a request id, which makes a write safe to repeat, and with the revision of
// the flag --min-revision. Requests for policies, assignments, tables of hazards and scenarios have a field
// of that name, too, but count revisions of their own.
std::unique_ptr<Message> Complete(const std::string& service, const Message& request,
                                  const std::string& min_revision) {
  std::unique_ptr<Message> sent(request.New());
  sent->CopyFrom(request);
  SetIfEmpty("request_id", RandomUuid(), *sent);
  const std::string& type = request.GetDescriptor()->name();
  const bool of_policy = service == kPolicy && type != "ListFindingsRequest" && type != "GetFindingRequest" &&
                         type != "EvaluatePoliciesRequest";
  const bool of_risk =
      service == kRisk && (type == "GetHazardTableRequest" || type == "ListHazardTablesRequest" ||
                           type == "GetScenarioRequest" || type == "ListScenariosRequest");
  if (!of_policy && !of_risk && !AsksForThePast(*sent)) SetIfEmpty("min_revision", min_revision, *sent);
  return sent;
}

// Whether another attempt may fare better: the server is going, coming or busy.
bool IsTransient(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable && !base::Is<base::reason::ReplicaBehind>(status);
}

class GrpcClient : public Client {
 public:
  GrpcClient(std::map<std::string, Server> servers, std::string token, int64_t seconds,
             std::string min_revision)
      : servers_(std::move(servers)),
        token_(std::move(token)),
        seconds_(seconds),
        min_revision_(std::move(min_revision)) {}

  absl::Status Call(const std::string& service, const std::string& method, const Message& request,
                    Message& response) override {
    CallMetadata received;
    return CallWith({}, received, service, method, request, response);
  }

  absl::Status CallWith(const CallMetadata& metadata, CallMetadata& received, const std::string& service,
                        const std::string& method, const Message& request, Message& response) override {
    const std::unique_ptr<Message> sent = Complete(service, request, min_revision_);
    const Sent call{service, method, *sent, metadata};
    const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(seconds_);
    absl::Status status = Attempt(call, deadline, response, received);
    for (int pause : kPausesMs) {
      if (!IsTransient(status) ||
          std::chrono::system_clock::now() + std::chrono::milliseconds(pause) >= deadline)
        break;
      std::this_thread::sleep_for(std::chrono::milliseconds(pause));
      response.Clear();
      status = Attempt(call, deadline, response, received);
    }
    return status;
  }

  absl::Status Stream(const std::string& service, const std::string& method, const Message& request,
                      Message& part, const std::function<void()>& on_part) override {
    const std::string path = Cat({"/", service, "/", method});
    const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::SERVER_STREAMING);
    grpc::ClientContext context;
    Prepare(context, std::chrono::system_clock::now() + std::chrono::seconds(seconds_));
    const Server& server = servers_.at(service);
    const std::unique_ptr<Message> sent = Complete(service, request, min_revision_);
    std::unique_ptr<grpc::ClientReader<MessageLite>> reader(
        grpc::internal::ClientReaderFactory<MessageLite>::Create<MessageLite>(server.channel.get(), rpc,
                                                                              &context, *sent));
    while (reader->Read(&part)) on_part();
    return Finish(reader->Finish(), context, server.endpoint);
  }

 private:
  using Time = std::chrono::system_clock::time_point;

  // One call as it is sent, again and again if need be.
  struct Sent {
    const std::string& service;
    const std::string& method;
    const Message& request;
    const CallMetadata& metadata;
  };

  absl::Status Attempt(const Sent& call, Time deadline, Message& response, CallMetadata& received) const {
    const Server& server = servers_.at(call.service);
    const std::string path = Cat({"/", call.service, "/", call.method});
    const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
    grpc::ClientContext context;
    Prepare(context, deadline);
    for (const auto& [key, value] : call.metadata) context.AddMetadata(key, value);
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall<MessageLite, MessageLite, MessageLite, MessageLite>(
            server.channel.get(), rpc, &context, call.request, &response);
    received.clear();
    for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
      const std::string name(key.data(), key.size());
      if (name.starts_with("linchpin-")) received[name].assign(value.data(), value.size());
    }
    return Finish(status, context, server.endpoint);
  }

  void Prepare(grpc::ClientContext& context, Time deadline) const {
    context.set_deadline(deadline);
    if (!token_.empty()) context.AddMetadata("authorization", "Bearer " + token_);
  }

  absl::Status Finish(const grpc::Status& status, const grpc::ClientContext& context,
                      const std::string& endpoint) const {
    absl::Status result = kit::FromGrpcStatus(status);
    if (result.ok()) return result;
    auto details = base::DetailsOf(result);
    if (!details) {
      if (result.code() != absl::StatusCode::kUnavailable) return result;
      // "failed to connect to all addresses; last error: UNKNOWN: ipv4:...: Connection refused"
      const std::string message(result.message());
      const size_t last = message.rfind(": ");
      return absl::UnavailableError(Cat(
          {"cannot reach ", endpoint, ": ", last == std::string::npos ? message : message.substr(last + 2)}));
    }
    for (const auto* metadata : {&context.GetServerTrailingMetadata(), &context.GetServerInitialMetadata()}) {
      const auto id = metadata->find("x-request-id");
      if (id != metadata->end()) details->metadata["request_id"].assign(id->second.data(), id->second.size());
    }
    return base::WithDetails(result.code(), std::string(result.message()), *details);
  }

  const std::map<std::string, Server> servers_;  // by full service name
  const std::string token_;
  const int64_t seconds_;  // For each call.
  const std::string min_revision_;
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
  int64_t seconds = arguments.command->timeout_seconds;
  if (arguments.Has("timeout")) {
    const auto timeout = resource::ParseDuration(arguments.Get("timeout"));
    if (!timeout || timeout->seconds() <= 0 || timeout->seconds() > 86'400) {
      return UsageError(Cat(
          {"`", arguments.Get("timeout"), "` of --timeout is not a duration such as 10s or 5m, at most 1d"}));
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
  channel.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  std::map<std::string, Server> servers;
  for (const auto& [service, flag] :
       {std::pair{kInventory, "endpoint"}, {kPolicy, "policy-endpoint"}, {kRisk, "risk-endpoint"}}) {
    const std::string endpoint = WithPort(arguments.Get(arguments.Has(flag) ? flag : "endpoint"));
    servers[service] = {endpoint, grpc::CreateCustomChannel(endpoint, *credentials, channel)};
  }
  return std::make_unique<GrpcClient>(std::move(servers), std::move(token), seconds,
                                      arguments.Get("min-revision"));
}

}  // namespace linchpin::cli
