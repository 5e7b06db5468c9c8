#include "services/kit/rpc/pipeline.h"

#include <grpcpp/server_context.h>
#include <grpcpp/support/status.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "absl/time/clock.h"
#include "google/protobuf/descriptor.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "services/base/error.h"
#include "services/kit/auth/auth_failures.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/logging/log.h"
#include "services/kit/rpc/pipeline_impl.h"
#include "services/kit/rpc/rpc_metrics.h"
#include "services/kit/rpc/status.h"
#include "services/resource/validate.h"

namespace linchpin::kit {
namespace {

using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr size_t kRequestIdMax = 128;

[[noreturn]] void Die(std::string_view what, std::string_view name) {
  std::fprintf(stderr, "bug: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(name.size()), name.data());
  std::abort();
}

const ServiceDescriptor& FindService(std::string_view name) {
  const ServiceDescriptor* service =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(name));
  if (service == nullptr) Die("no such service is linked in", name);
  return *service;
}

// Unique enough to find a line in a log; nothing rests on its being unguessable.
std::string MakeRequestId() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id(12, '0');  // Fits into the string itself.
  uint64_t bits = generator();
  for (char& c : id) {
    c = kDigits[bits & 15];
    bits >>= 4;
  }
  return id;
}

bool IsRequestId(grpc::string_ref text) {
  if (text.empty() || text.size() > kRequestIdMax) return false;
  for (char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '\\') return false;
  }
  return true;
}

std::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto& metadata = context.client_metadata();
  const auto entry = metadata.find(key);
  if (entry == metadata.end()) return {};
  return {entry->second.data(), entry->second.size()};
}

std::vector<std::string> CertificateNames(const grpc::CallbackServerContext& context) {
  std::vector<std::string> names;
  const auto auth = context.auth_context();
  if (!auth || !auth->IsPeerAuthenticated()) return names;
  for (const char* property : {"x509_common_name", "x509_subject_alternative_name"}) {
    for (const grpc::string_ref& value : auth->FindPropertyValues(property)) {
      names.emplace_back(value.data(), value.size());
    }
  }
  return names;
}

// "ipv4:10.0.0.1" of "ipv4:10.0.0.1:55555": the connections of one host are one caller.
std::string HostOf(std::string peer) {
  if (peer.starts_with("ip")) peer.resize(std::min(peer.size(), peer.rfind(':')));
  return peer;
}

absl::Status DrainingError() {
  return base::Error(absl::StatusCode::kUnavailable, "DRAINING",
                     "the server is shutting down; try again elsewhere")
      .RetryAfterMs(100);
}

absl::Status OverloadedError(std::string_view what) {
  return base::Error(absl::StatusCode::kResourceExhausted, "OVERLOADED", what).RetryAfterMs(200);
}

}  // namespace

Pipeline::Impl::Impl(std::string_view service_name, const PipelineOptions& options)
    : service(service_name), options(options) {
  const ServiceDescriptor& descriptor = FindService(service_name);
  for (int i = 0; i < descriptor.method_count(); ++i) {
    const MethodDescriptor& method = *descriptor.method(i);
    auto state = std::make_unique<MethodState>();
    state->name = service + "/" + method.name();
    state->role = RequiredRole(state->name);
    state->watch = method.server_streaming() && method.name().starts_with("Watch");
    if (options.metrics != nullptr) state->metrics = options.metrics->Of(method);
    if (!methods_.emplace(method.input_type(), std::move(state)).second) {
      Die("two methods of a service share a request type", method.full_name());
    }
  }
}

absl::Status Pipeline::Impl::Begin(grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request, bool stream, Call& call,
                                   Passage& passage) {
  passage.begin = absl::Now();
  passage.call = &call;
  const auto found = methods_.find(request.GetDescriptor());
  if (found == methods_.end()) Die("a request of another service", request.GetDescriptor()->full_name());
  passage.method = found->second.get();
  const auto id = context.client_metadata().find("x-request-id");
  passage.echo = id != context.client_metadata().end() && IsRequestId(id->second);
  call.identity().request_id =
      passage.echo ? std::string(id->second.data(), id->second.size()) : MakeRequestId();
  if (passage.method->metrics != nullptr) passage.method->metrics->started->Increment();
  CountReceived(*passage.method);
  return Admit(context, request, stream, passage);
}

absl::Status Pipeline::Impl::Admit(grpc::CallbackServerContext& context,
                                   const google::protobuf::Message& request, bool stream, Passage& passage) {
  passage.counted = true;
  const int before = calls.fetch_add(1);  // Ahead of the check, so that WaitIdle after Drain misses no call.
  if (draining.load()) return DrainingError();
  if (options.authenticator != nullptr) {
    absl::StatusOr<Principal> principal = Identify(context, *passage.method);
    if (!principal.ok()) return Refused(context, passage, principal.status());
    passage.call->identity().principal = std::move(principal->name);
    passage.call->identity().role = principal->role;
  }
  if (!stream && before >= options.calls_max) {
    return OverloadedError("too many calls are in flight; try again");
  }
  SetDeadline(context, stream, *passage.call);
  if (request.ByteSizeLong() > static_cast<size_t>(options.message_bytes_max)) {
    const std::string limit = std::to_string(options.message_bytes_max);
    return base::Error(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
                       "the request is larger than " + limit + " bytes; send it in parts")
        .With("limit_bytes", limit);
  }
  return resource::ValidateRequest(request);
}

absl::StatusOr<Principal> Pipeline::Impl::Identify(const grpc::CallbackServerContext& context,
                                                   const MethodState& method) const {
  auto principal =
      options.authenticator->Authenticate({.authorization = MetadataOf(context, "authorization"),
                                           .certificate_names = [&] { return CertificateNames(context); }});
  if (!principal.ok()) return principal.status();
  if (method.role && principal->role >= *method.role) return principal;
  const std::string required(method.role ? RoleName(*method.role) : "none may call it");
  return base::Error(absl::StatusCode::kPermissionDenied, "ROLE_TOO_LOW",
                     method.name + " needs the role " + required + "; " + principal->name + " has " +
                         std::string(RoleName(principal->role)))
      .With("role", RoleName(principal->role))
      .With("required", required);
}

absl::Status Pipeline::Impl::Refused(const grpc::CallbackServerContext& context, Passage& passage,
                                     absl::Status refusal) const {
  if (options.auth_failures == nullptr || refusal.code() != absl::StatusCode::kUnauthenticated)
    return refusal;
  passage.logged = true;
  return options.auth_failures->Note(HostOf(context.peer()), std::move(refusal));
}

absl::Status Pipeline::Impl::Recheck(const grpc::CallbackServerContext& context, const Passage& passage,
                                     absl::Time& next) const {
  const absl::Time now = absl::Now();
  if (options.authenticator == nullptr || now < next) return absl::OkStatus();
  next = now + options.recheck_interval;
  return Identify(context, *passage.method).status();
}

void Pipeline::Impl::SetDeadline(grpc::CallbackServerContext& context, bool stream, Call& call) const {
  const auto deadline = context.deadline();
  // gRPC tells "none" by a time far away.
  if (deadline < std::chrono::system_clock::now() + std::chrono::hours(24 * 365)) {
    call.identity().deadline = absl::FromChrono(deadline);
  } else if (!stream) {
    call.identity().deadline = absl::Now() + options.default_deadline;
  }
}

grpc::Status Pipeline::Impl::End(grpc::CallbackServerContext& context, const Passage& passage,
                                 absl::Status status) {
  const Call& call = *passage.call;
  if (call.stopped() == Call::Stop::kDraining && !status.ok()) status = DrainingError();
  for (const auto& [key, value] : call.trailers()) context.AddTrailingMetadata(key, value);
  // An id made here is of use to a caller only who has something to ask about, and costs as much as all the
  // rest above.
  if (passage.echo || !status.ok()) context.AddTrailingMetadata("x-request-id", call.request_id());
  const absl::Duration took = absl::Now() - passage.begin;
  if (MethodMetrics* metrics = passage.method->metrics; metrics != nullptr) {
    const auto code = static_cast<size_t>(status.code());
    metrics->handled[code < kRpcCodes ? code : 2]->Increment();
    metrics->seconds->Observe(absl::ToDoubleSeconds(took));
  }
  LogCall(passage, status, took);
  grpc::Status answer = ToGrpcStatus(status, call.request_id());
  // The last use of the pipeline by this call: whoever waits for 0 may destroy it.
  if (passage.counted) calls.fetch_sub(1);
  return answer;
}

void Pipeline::Impl::LogCall(const Passage& passage, const absl::Status& status, absl::Duration took) const {
  if (options.log == nullptr || passage.logged) return;
  const bool bug = status.code() == absl::StatusCode::kInternal ||
                   status.code() == absl::StatusCode::kUnknown ||
                   status.code() == absl::StatusCode::kDataLoss;
  const LogLevel level = bug ? LogLevel::kError : status.ok() ? LogLevel::kDebug : LogLevel::kInfo;
  if (!options.log->Enabled(level)) return;
  options.log->Write(level, "call",
                     {{"method", passage.method->name},
                      {"code", static_cast<int>(status.code())},
                      {"reason", base::ReasonOf(status)},
                      {"error", std::string_view(status.message().data(), status.message().size())},
                      {"principal", passage.call->principal()},
                      {"request_id", passage.call->request_id()},
                      {"duration_ms", absl::ToDoubleMilliseconds(took)}});
}

absl::Status Pipeline::Impl::CallStarted(const grpc::CallbackServerContext& context,
                                         const std::shared_ptr<Call>& call, Kind kind) {
  const bool unary = kind == Kind::kUnary;
  const bool named = options.authenticator != nullptr && call->principal() != "anonymous";
  call->identity().caller = named ? call->principal() : HostOf(context.peer());
  std::lock_guard<std::mutex> lock(mutex);
  if (!unary && streams >= options.streams_max)
    return OverloadedError("too many streams are open; try again");
  int& own = (unary ? unary_of : streams_of)[call->caller()];
  if (own >= ShareOf(unary ? options.calls_max : options.streams_max)) {
    return OverloadedError("this caller has too many calls in flight; wait for some of them");
  }
  ++own;
  streams += unary ? 0 : 1;
  open.emplace(call, kind);
  // A drain that began after this call was admitted has missed it.
  if (stopped || (kind == Kind::kWatch && draining.load())) call->Cancel(Call::Stop::kDraining);
  return absl::OkStatus();
}

void Pipeline::Impl::CallEnded(const std::shared_ptr<Call>& call) {
  call->Answered();
  std::lock_guard<std::mutex> lock(mutex);
  const auto ended = open.find(call);
  const bool unary = ended->second == Kind::kUnary;
  streams -= unary ? 0 : 1;
  open.erase(ended);
  auto& shares = unary ? unary_of : streams_of;
  const auto own = shares.find(call->caller());
  if (--own->second == 0) shares.erase(own);
}

void Pipeline::Impl::StopCalls(bool watches_only) {
  std::vector<std::shared_ptr<Call>> stop;
  {
    std::lock_guard<std::mutex> lock(mutex);
    if (!watches_only) stopped = true;
    for (const auto& [call, kind] : open) {
      if (kind == Kind::kWatch || !watches_only) stop.push_back(call);
    }
  }
  for (const auto& call : stop) call->Cancel(Call::Stop::kDraining);
}

void Pipeline::Impl::CountReceived(const MethodState& method) const {
  if (method.metrics != nullptr) method.metrics->received->Increment();
}

void Pipeline::Impl::CountSent(const MethodState& method) const {
  if (method.metrics != nullptr) method.metrics->sent->Increment();
}

WorkerPool& Pipeline::Impl::pool() {
  std::call_once(pool_once_, [this] {
    pool_ = std::make_unique<WorkerPool>(options.pool_threads, options.pool_queue_max);
  });
  return *pool_;
}

Pipeline::Pipeline(std::string_view service, const PipelineOptions& options)
    : impl_(std::make_unique<Impl>(service, options)) {}

Pipeline::~Pipeline() {
  Drain();
  StopCalls();
  WaitIdle(absl::InfiniteFuture());
}

const std::string& Pipeline::service() const { return impl_->service; }

void Pipeline::Drain() {
  impl_->draining.store(true);
  impl_->StopCalls(/*watches_only=*/true);
}

void Pipeline::StopCalls() { impl_->StopCalls(/*watches_only=*/false); }

int Pipeline::InFlight() const { return impl_->calls.load(); }

bool Pipeline::WaitIdle(absl::Time deadline) const {
  while (InFlight() > 0) {
    if (absl::Now() >= deadline) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

}  // namespace linchpin::kit
