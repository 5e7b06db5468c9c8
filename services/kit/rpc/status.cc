#include "services/kit/rpc/status.h"

#include <optional>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/support/status.h"
#include "services/base/reasons.h"

namespace linchpin::kit {
namespace {

using base::ErrorDetails;

constexpr size_t kMessageMax = 4096;
// Details travel in a header: gRPC refuses more than 8 KiB of metadata by default.
constexpr int kViolationsMax = 50;
constexpr size_t kDetailsMax = 6144;
constexpr size_t kMetadataMax = 1024;

// At most kMetadataMax bytes of a value: of a list of names those that fit whole, since half a name is
// another name; of other text whole characters.
std::string Shorten(const std::string& value) {
  if (value.size() <= kMetadataMax) return value;
  size_t end = value.rfind(',', kMetadataMax);
  if (end == std::string::npos) {
    end = kMetadataMax;
    while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  }
  return value.substr(0, end);
}

ErrorDetails DetailsFor(const absl::Status& status) {
  if (std::optional<ErrorDetails> details = base::DetailsOf(status)) return *std::move(details);
  ErrorDetails details;
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
      details.reason = base::reason::DeadlineExceeded::kInfo.name;
      break;
    case absl::StatusCode::kCancelled:
      details.reason = base::reason::Cancelled::kInfo.name;
      break;
    default:
      details.reason = base::reason::Internal::kInfo.name;
  }
  return details;
}

void AddBadRequest(const ErrorDetails& details, int violations_max, google::rpc::Status& status) {
  google::rpc::BadRequest bad_request;
  for (const base::FieldViolation& violation : details.violations) {
    if (bad_request.field_violations_size() == violations_max) break;
    auto* field = bad_request.add_field_violations();
    field->set_field(violation.field);
    field->set_description(violation.description);
  }
  if (bad_request.field_violations_size() > 0) status.add_details()->PackFrom(bad_request);
}

void AddResourceInfo(const ErrorDetails& details, google::rpc::Status& status) {
  if (details.reason != base::reason::ResourceNotFound::kInfo.name &&
      details.reason != base::reason::ResourceExists::kInfo.name)
    return;
  auto name = details.metadata.find("name");
  if (name == details.metadata.end()) return;
  google::rpc::ResourceInfo info;
  info.set_resource_name(name->second);
  info.set_resource_type(name->second.substr(0, name->second.find('/')));
  status.add_details()->PackFrom(info);
}

google::rpc::Status Describe(absl::StatusCode code, const std::string& message, const ErrorDetails& details,
                             int violations_max) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain(std::string(kErrorDomain));
  for (const auto& [key, value] : details.metadata) (*info.mutable_metadata())[key] = Shorten(value);
  status.add_details()->PackFrom(info);
  AddBadRequest(details, violations_max, status);
  AddResourceInfo(details, status);
  if (details.retry_after_ms) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(*details.retry_after_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(*details.retry_after_ms % 1000 * 1'000'000);
    status.add_details()->PackFrom(retry);
  }
  return status;
}

std::string MessageFor(const absl::Status& status, std::string_view request_id) {
  const bool hidden =
      status.code() == absl::StatusCode::kInternal || status.code() == absl::StatusCode::kUnknown;
  if (hidden && !base::DetailsOf(status)) {
    return "internal error; the server's log has it under request id " + std::string(request_id);
  }
  std::string message(status.message().data(), status.message().size());
  if (message.size() > kMessageMax) message.resize(kMessageMax);
  return message;
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, std::string_view request_id) {
  if (status.ok()) return grpc::Status::OK;
  const ErrorDetails details = DetailsFor(status);
  std::string message = MessageFor(status, request_id);
  int violations = kViolationsMax;
  std::string bytes = Describe(status.code(), message, details, violations).SerializeAsString();
  while (bytes.size() > kDetailsMax && (violations > 0 || message.size() > 256)) {
    violations /= 2;
    if (message.size() > 256) message.resize(message.size() / 2);
    bytes = Describe(status.code(), message, details, violations).SerializeAsString();
  }
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), message, std::move(bytes));
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  google::rpc::Status described;
  if (!described.ParseFromString(status.error_details())) return absl::Status(code, status.error_message());
  ErrorDetails details;
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad_request;
  google::rpc::RetryInfo retry;
  for (const google::protobuf::Any& any : described.details()) {
    if (any.UnpackTo(&info)) {
      details.reason = info.reason();
      details.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (any.UnpackTo(&bad_request)) {
      for (const auto& violation : bad_request.field_violations()) {
        details.violations.push_back({violation.field(), violation.description()});
      }
    } else if (any.UnpackTo(&retry)) {
      details.retry_after_ms = retry.retry_delay().seconds() * 1000 + retry.retry_delay().nanos() / 1'000'000;
    }
  }
  if (details.reason.empty() || info.domain() != kErrorDomain)
    return absl::Status(code, status.error_message());
  return base::WithDetails(code, status.error_message(), details);
}

}  // namespace linchpin::kit
