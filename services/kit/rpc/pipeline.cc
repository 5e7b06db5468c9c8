#include "services/kit/rpc/pipeline.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/descriptor.h"
#include "prometheus/counter.h"
#include "prometheus/histogram.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/kit/auth/auth_failures.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/auth/denials.h"
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
// Keys and values of a call's metadata together. gRPC takes more (server.cc), so that this call alone is
// refused.
constexpr size_t kMetadataBytesMax = size_t{16} << 10;

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

// What is sent in metadata of ours, for handlers.
void TakeMetadata(const grpc::CallbackServerContext& context, Call::Identity& identity) {
  constexpr std::string_view kOurs = "linchpin-";
  const auto& sent = context.client_metadata();
  for (auto at = sent.lower_bound(grpc::string_ref(kOurs.data(), kOurs.size()));
       at != sent.end() && at->first.starts_with(grpc::string_ref(kOurs.data(), kOurs.size())); ++at) {
    identity.metadata.emplace_back(std::string(at->first.data(), at->first.size()),
                                   std::string(at->second.data(), at->second.size()));
  }
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
  return base::Error(base::reason::Draining{}, "the server is shutting down; try again elsewhere")
      .RetryAfterMs(100);
}

}  // namespace

void Die(std::string_view what, std::string_view name) {
  std::fprintf(stderr, "bug: %.*s: %.*s\n", static_cast<int>(what.size()), what.data(),
               static_cast<int>(name.size()), name.data());
  std::abort();
}

absl::Status OverloadedError(std::string_view what) {
  return base::Error(base::reason::Overloaded{}, what).RetryAfterMs(200);
}

Pipeline::Impl::Impl(std::string_view service_name, const PipelineOptions& options)
    : service(service_name), options(options) {
  const ServiceDescriptor& descriptor = FindService(service_name);
  for (int i = 0; i < descriptor.method_count(); ++i) {
    const MethodDescriptor& method = *descriptor.method(i);
    MethodState& state = methods.emplace_back();
    state.descriptor = &method;
    state.name = service + "/" + method.name();
    state.path = "/" + state.name;
    state.role = RequiredRole(state.name);
    state.watch = method.server_streaming() && method.name().starts_with("Watch");
    if (options.metrics != nullptr) state.metrics = options.metrics->Of(method);
  }
}

void Pipeline::TellDenials(std::function<void(const Denial&)> record) {
  impl_->denials = std::make_unique<Denials>(std::move(record));
}

MethodState* Pipeline::Impl::FindMethod(std::string_view name) {
  for (MethodState& method : methods) {
    if (method.descriptor->name() == name) return &method;
  }
  return nullptr;
}

absl::Status Pipeline::Impl::Begin(grpc::CallbackServerContext& context, const MethodState& method,
                                   size_t request_bytes, bool stream, Call& call, CallRecord& record) {
  record.begin = base::SteadyNow();
  record.call = &call;
  record.method = &method;
  const auto id = context.client_metadata().find("x-request-id");
  record.echo = id != context.client_metadata().end() && IsRequestId(id->second);
  call.identity().request_id =
      record.echo ? std::string(id->second.data(), id->second.size()) : MakeRequestId();
  TakeMetadata(context, call.identity());
  if (method.metrics != nullptr) method.metrics->started->Increment();
  CountReceived(method);
  return Admit(context, request_bytes, stream, record);
}

absl::Status Pipeline::Impl::Admit(grpc::CallbackServerContext& context, size_t request_bytes, bool stream,
                                   CallRecord& record) {
  record.counted = true;
  const int before = calls.fetch_add(1);  // Ahead of the check, so that WaitIdle after Drain misses no call.
  if (draining.load()) return DrainingError();
  if (options.authenticator != nullptr) {
    absl::StatusOr<Principal> principal = Identify(context, *record.method);
    if (!principal.ok()) return Refused(context, record, principal.status());
    record.call->identity().principal = std::move(principal->name);
    record.call->identity().role = principal->role;
  }
  if (!stream && before >= options.calls_max) {
    return OverloadedError("too many calls are in flight; try again");
  }
  SetDeadline(context, stream, *record.call);
  return CheckSizes(context, request_bytes);
}

absl::Status Pipeline::Impl::CheckSizes(const grpc::CallbackServerContext& context,
                                        size_t request_bytes) const {
  const auto too_large = [](std::string_view what, size_t limit) -> absl::Status {
    const std::string bytes = absl::StrCat(limit);
    return base::Error(base::reason::MessageTooLarge{.limit_bytes = bytes},
                       base::Cat({what, " larger than ", bytes, " bytes; send less at a time"}));
  };
  const auto bytes_max = static_cast<size_t>(options.message_bytes_max);
  if (request_bytes > bytes_max) return too_large("the request is", bytes_max);
  size_t metadata = 0;
  for (const auto& [key, value] : context.client_metadata()) metadata += key.size() + value.size();
  if (metadata > kMetadataBytesMax) return too_large("the call's metadata is", kMetadataBytesMax);
  return absl::OkStatus();
}

absl::Status Pipeline::Impl::Parse(const grpc::ByteBuffer& bytes, const google::protobuf::Message& prototype,
                                   std::unique_ptr<google::protobuf::Message>& request) const {
  request.reset(prototype.New());
  // gRPC keeps the bytes until the call ends, and a large one would lie there twice while it waits.
  grpc::ByteBuffer taken;
  taken.Swap(const_cast<grpc::ByteBuffer*>(&bytes));
  grpc::ProtoBufferReader reader(&taken);
  if (!reader.status().ok() || !request->ParseFromZeroCopyStream(&reader)) {
    const std::string& type = prototype.GetDescriptor()->full_name();
    return base::Error(base::reason::MessageMalformed{.type = type},
                       "the request is not a serialized " + type +
                           "; is its text UTF-8, and the client made from this service's protos?");
  }
  return resource::ValidateRequest(*request);
}

absl::StatusOr<Principal> Pipeline::Impl::Identify(const grpc::CallbackServerContext& context,
                                                   const MethodState& method) const {
  auto principal =
      options.authenticator->Authenticate({.authorization = MetadataOf(context, "authorization"),
                                           .certificate_names = [&] { return CertificateNames(context); }});
  if (!principal.ok()) return principal.status();
  if (method.role && principal->role >= *method.role) return principal;
  const std::string required(method.role ? RoleName(*method.role) : "none may call it");
  const absl::Status refusal =
      base::Error(base::reason::RoleTooLow{.role = RoleName(principal->role), .required = required},
                  method.name + " needs the role " + required + "; " + principal->name + " has " +
                      std::string(RoleName(principal->role)));
  if (denials != nullptr && method.role && *method.role >= Role::kEditor) {
    denials->Note({principal->name, std::string(method.descriptor->name()), refusal});
  }
  return refusal;
}

absl::Status Pipeline::Impl::Refused(const grpc::CallbackServerContext& context, CallRecord& record,
                                     absl::Status refusal) const {
  if (options.auth_failures == nullptr || refusal.code() != absl::StatusCode::kUnauthenticated)
    return refusal;
  record.logged = true;
  return options.auth_failures->Note(HostOf(context.peer()), std::move(refusal));
}

absl::Status Pipeline::Impl::Recheck(const grpc::CallbackServerContext& context, const CallRecord& record,
                                     base::SteadyTime& next) const {
  const base::SteadyTime now = base::SteadyNow();
  if (options.authenticator == nullptr || now < next) return absl::OkStatus();
  next = now + options.recheck_interval;
  return Identify(context, *record.method).status();
}

void Pipeline::Impl::SetDeadline(grpc::CallbackServerContext& context, bool stream, Call& call) const {
  const auto deadline = context.deadline();
  // gRPC keeps a duration and tells it as a moment of the wall clock, "none" as one far away.
  const auto left = deadline - std::chrono::system_clock::now();
  if (left < std::chrono::hours(24 * 365)) {
    call.identity().deadline = base::SteadyNow() + absl::FromChrono(left);
  } else if (!stream) {
    call.identity().deadline = base::SteadyNow() + options.default_deadline;
  }
}

grpc::Status Pipeline::Impl::End(grpc::CallbackServerContext& context, const CallRecord& record,
                                 absl::Status status) {
  const Call& call = *record.call;
  if (call.stopped() == Call::Stop::kDraining && !status.ok()) status = DrainingError();
  for (const auto& [key, value] : call.trailers()) context.AddTrailingMetadata(key, value);
  // An id made here is of use to a caller only who has something to ask about, and costs as much as all the
  // rest above.
  if (record.echo || !status.ok()) context.AddTrailingMetadata("x-request-id", call.request_id());
  const absl::Duration took = base::SteadyNow() - record.begin;
  if (MethodMetrics* metrics = record.method->metrics; metrics != nullptr) {
    const auto code = static_cast<size_t>(status.code());
    metrics->handled[code < kRpcCodes ? code : 2]->Increment();
    metrics->seconds->Observe(absl::ToDoubleSeconds(took));
  }
  LogCall(record, status, took);
  grpc::Status answer = ToGrpcStatus(status, call.request_id());
  // The last use of the pipeline by this call: whoever waits for 0 may destroy it.
  if (record.counted) calls.fetch_sub(1);
  return answer;
}

void Pipeline::Impl::LogCall(const CallRecord& record, const absl::Status& status,
                             absl::Duration took) const {
  if (options.log == nullptr || record.logged) return;
  const bool bug = status.code() == absl::StatusCode::kInternal ||
                   status.code() == absl::StatusCode::kUnknown ||
                   status.code() == absl::StatusCode::kDataLoss;
  const LogLevel level = bug ? LogLevel::kError : status.ok() ? LogLevel::kDebug : LogLevel::kInfo;
  if (!options.log->Enabled(level)) return;
  options.log->Write(level, "call",
                     {{"method", record.method->name},
                      {"code", static_cast<int>(status.code())},
                      {"reason", base::ReasonOf(status)},
                      {"error", std::string_view(status.message().data(), status.message().size())},
                      {"principal", record.call->principal()},
                      {"request_id", record.call->request_id()},
                      {"duration_ms", absl::ToDoubleMilliseconds(took)}});
}

absl::Status Pipeline::Impl::CallStarted(const grpc::CallbackServerContext& context,
                                         const std::shared_ptr<Call>& call, Kind kind) {
  const bool unary = kind == Kind::kUnary;
  const bool named = options.authenticator != nullptr && call->principal() != "anonymous";
  call->identity().caller = named ? call->principal() : HostOf(context.peer());
  absl::MutexLock lock(&mutex);
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
  absl::MutexLock lock(&mutex);
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
    absl::MutexLock lock(&mutex);
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
  WaitIdle(base::SteadyTime::InfiniteFuture());
}

const std::string& Pipeline::service() const { return impl_->service; }

void Pipeline::Drain() {
  impl_->draining.store(true);
  impl_->StopCalls(/*watches_only=*/true);
}

void Pipeline::StopCalls() { impl_->StopCalls(/*watches_only=*/false); }

int Pipeline::InFlight() const { return impl_->calls.load(); }

bool Pipeline::WaitIdle(base::SteadyTime deadline) const {
  while (InFlight() > 0) {
    if (base::SteadyNow() >= deadline) return false;
    absl::SleepFor(absl::Milliseconds(2));
  }
  return true;
}

}  // namespace linchpin::kit
