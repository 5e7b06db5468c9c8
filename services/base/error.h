// Errors that a caller can act on: an absl::Status that also carries a reason of
// linchpin.common.v1.ErrorReason, metadata and field violations. The server kit turns them into
// google.rpc.Status details; tests and the command line read them back.
#ifndef LINCHPIN_SERVICES_BASE_ERROR_H_
#define LINCHPIN_SERVICES_BASE_ERROR_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linchpin::base {

// One wrong field: its path in proto names (`operations[3].upsert.vendor.country`) and what to do.
struct FieldViolation {
  std::string field;
  std::string description;
};

// What an error carries besides code and message.
struct ErrorDetails {
  std::string reason;  // without the prefix ERROR_REASON_, such as "FIELD_INVALID"
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> violations;
  std::optional<int> retry_after_ms;
};

// Builds an error in one expression:
//   return Error(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND", "vendors/x does not exist").With("name",
//   name);
// Converts to absl::Status and (by that) to absl::StatusOr.
class Error {
 public:
  Error(absl::StatusCode code, std::string_view reason, std::string_view message);

  Error& With(std::string_view key, std::string_view value);
  Error& Field(std::string_view path, std::string_view description);
  Error& RetryAfterMs(int milliseconds);

  operator absl::Status() const;  // NOLINT(google-explicit-constructor)
  template <typename T>
  operator absl::StatusOr<T>() const {  // NOLINT(google-explicit-constructor)
    return static_cast<absl::Status>(*this);
  }

 private:
  absl::StatusCode code_;
  std::string message_;
  ErrorDetails details_;
};

// The details of an error made by Error; nullopt for any other status.
std::optional<ErrorDetails> DetailsOf(const absl::Status& status);

// The reason of an error; empty for any other status.
std::string ReasonOf(const absl::Status& status);

// "UNAVAILABLE (STORE_UNAVAILABLE): the database does not answer", for logs: Status::ToString would add the
// details as escaped bytes.
std::string TextOf(const absl::Status& status);

// NOT_FOUND with RESOURCE_NOT_FOUND: "`vendors/x` does not exist; check the name".
absl::Status NotFound(std::string_view name);

// INVALID_ARGUMENT with FIELD_INVALID and one violation; the message is "<path>: <description>".
absl::Status FieldError(std::string_view path, std::string_view description);

// The same with all violations of a message at once; OK if there are none.
absl::Status FieldErrors(const std::vector<FieldViolation>& violations);

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_ERROR_H_
