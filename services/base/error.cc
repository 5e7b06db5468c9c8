#include "services/base/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/duration.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/base/reasons.h"

namespace linchpin::base {
namespace {

constexpr char kPayloadUrl[] = "linchpin.dev/error";
constexpr char kDomain[] = "linchpin";

// A message of a thousand violations helps nobody and may not fit the trailers.
constexpr size_t kViolationsMax = 50;

template <typename Message>
void Pack(const Message& detail, google::rpc::Status& status) {
  status.add_details()->PackFrom(detail);
}

absl::Cord Serialize(const ErrorDetails& details) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain(kDomain);
  for (const auto& [key, value] : details.metadata) (*info.mutable_metadata())[key] = value;
  Pack(info, status);
  google::rpc::BadRequest bad;
  for (const FieldViolation& violation : details.violations) {
    auto* added = bad.add_field_violations();
    added->set_field(violation.field);
    added->set_description(violation.description);
  }
  if (bad.field_violations_size() > 0) Pack(bad, status);
  if (details.retry_after_ms) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(*details.retry_after_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(*details.retry_after_ms % 1000 * 1000000);
    Pack(retry, status);
  }
  return absl::Cord(status.SerializeAsString());
}

void Unpack(const google::protobuf::Any& any, ErrorDetails& details) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::RetryInfo retry;
  if (any.UnpackTo(&info)) {
    details.reason = info.reason();
    for (const auto& [key, value] : info.metadata()) details.metadata[key] = value;
  } else if (any.UnpackTo(&bad)) {
    for (const auto& violation : bad.field_violations()) {
      details.violations.push_back({violation.field(), violation.description()});
    }
  } else if (any.UnpackTo(&retry)) {
    details.retry_after_ms =
        static_cast<int>(retry.retry_delay().seconds() * 1000 + retry.retry_delay().nanos() / 1000000);
  }
}

}  // namespace

Error::Error(absl::StatusCode code, std::string_view reason, std::string_view message,
             std::map<std::string, std::string> metadata)
    : code_(code), message_(message) {
  details_.reason = reason;
  details_.metadata = std::move(metadata);
}

Error& Error::Field(std::string_view path, std::string_view description) {
  if (details_.violations.size() < kViolationsMax) {
    details_.violations.push_back({std::string(path), std::string(description)});
  }
  return *this;
}

Error& Error::Fields(const std::vector<FieldViolation>& violations) {
  for (const FieldViolation& violation : violations) Field(violation.field, violation.description);
  return *this;
}

Error& Error::RetryAfterMs(int milliseconds) {
  details_.retry_after_ms = milliseconds;
  return *this;
}

Error::operator absl::Status() const { return WithDetails(code_, message_, details_); }

absl::Status WithDetails(absl::StatusCode code, std::string_view message, const ErrorDetails& details) {
  absl::Status status(code, absl::string_view(message.data(), message.size()));
  status.SetPayload(kPayloadUrl, Serialize(details));
  return status;
}

absl::Status RenameFields(const absl::Status& status,
                          const std::function<std::string(const std::string& path)>& rename) {
  std::optional<ErrorDetails> details = DetailsOf(status);
  if (!details) return status;
  for (FieldViolation& violation : details->violations) violation.field = rename(violation.field);
  return WithDetails(status.code(), std::string(status.message()), *details);
}

std::optional<ErrorDetails> DetailsOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kPayloadUrl);
  if (!payload) return std::nullopt;
  google::rpc::Status packed;
  if (!packed.ParseFromString(std::string(*payload))) return std::nullopt;
  ErrorDetails details;
  for (const google::protobuf::Any& any : packed.details()) Unpack(any, details);
  return details;
}

std::string ReasonOf(const absl::Status& status) {
  const std::optional<ErrorDetails> details = DetailsOf(status);
  return details ? details->reason : std::string();
}

std::string TextOf(const absl::Status& status) {
  std::string text = absl::StatusCodeToString(status.code());
  if (const std::string reason = ReasonOf(status); !reason.empty()) absl::StrAppend(&text, " (", reason, ")");
  if (!status.message().empty()) absl::StrAppend(&text, ": ", status.message());
  return text;
}

absl::Status NotFound(std::string_view name) {
  return Error(reason::ResourceNotFound{.name = name},
               absl::StrCat("`", std::string(name), "` does not exist; check the name"));
}

absl::Status FieldError(std::string_view path, std::string_view description) {
  return FieldErrors({{std::string(path), std::string(description)}});
}

absl::Status FieldErrors(const std::vector<FieldViolation>& violations) {
  if (violations.empty()) return absl::OkStatus();
  std::string message = absl::StrCat(violations[0].field, ": ", violations[0].description);
  if (violations.size() > 1) absl::StrAppend(&message, " (and ", violations.size() - 1, " more)");
  return Error(reason::FieldInvalid{.field = violations[0].field}, message).Fields(violations);
}

}  // namespace linchpin::base
