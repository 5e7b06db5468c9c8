// Errors that a caller can act on: an absl::Status that also carries a reason of
// linchpin.common.v1.ErrorReason, metadata and field violations. The server kit turns them into
// google.rpc.Status details; tests and the command line read them back.
//
// Which reasons there are, with the code and the metadata of each: reasons.h.
#ifndef LINCHPIN_SERVICES_BASE_ERROR_H_
#define LINCHPIN_SERVICES_BASE_ERROR_H_

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
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

// What a reason fixes: its name in the API, its code, and the keys of its metadata.
template <size_t N>
struct ReasonInfo {
  std::string_view name;
  absl::StatusCode code;
  std::array<std::string_view, N> keys;
};

// A value of metadata: text, or a whole number written out. It has no default, so that a reason without one
// does not compile.
class MetadataValue {
 public:
  template <typename T>
  MetadataValue(const T& value) {  // NOLINT(google-explicit-constructor)
    if constexpr (std::is_integral_v<T>) {
      text_ = std::to_string(value);
    } else {
      text_ = std::string(value);
    }
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Metadata that only some errors of a reason have.
using OptionalMetadata = std::optional<MetadataValue>;

// A struct of reasons.h: kInfo, and one member for each key, in the same order.
template <typename R>
concept Reason = std::is_aggregate_v<R> && requires {
  R::kInfo.keys.size();
};

// The metadata that `reason` carries, by key.
template <Reason R>
std::map<std::string, std::string> MetadataOf(const R& reason);

// Builds an error in one expression:
//   return Error(reason::ResourceNotFound{.name = name}, "vendors/x does not exist; check the name");
// The code follows from the reason. Converts to absl::Status and (by that) to absl::StatusOr.
class Error {
 public:
  template <Reason R>
  Error(const R& reason, std::string_view message)
      : Error(R::kInfo.code, R::kInfo.name, message, MetadataOf(reason)) {}

  // Adds a violation, up to a bound: a message of a thousand helps nobody.
  Error& Field(std::string_view path, std::string_view description);
  Error& Fields(const std::vector<FieldViolation>& violations);
  Error& RetryAfterMs(int milliseconds);

  operator absl::Status() const;  // NOLINT(google-explicit-constructor)
  template <typename T>
  operator absl::StatusOr<T>() const {  // NOLINT(google-explicit-constructor)
    return static_cast<absl::Status>(*this);
  }

 private:
  Error(absl::StatusCode code, std::string_view reason, std::string_view message,
        std::map<std::string, std::string> metadata);

  absl::StatusCode code_;
  std::string message_;
  ErrorDetails details_;
};

// The details of an error made by Error; nullopt for any other status.
std::optional<ErrorDetails> DetailsOf(const absl::Status& status);

// The reason of an error; empty for any other status.
std::string ReasonOf(const absl::Status& status);

// Whether `status` is an error of this reason: Is<reason::Cycle>(status).
template <Reason R>
bool Is(const absl::Status& status) {
  return ReasonOf(status) == R::kInfo.name;
}

// An error with details that came from elsewhere: off the wire, or from a status that is passed on with other
// words. What is wrong for the first time is said by Error.
absl::Status WithDetails(absl::StatusCode code, std::string_view message, const ErrorDetails& details);

// The same error with other paths of its fields; a status without details stays as it is. The message stays.
absl::Status RenameFields(const absl::Status& status,
                          const std::function<std::string(const std::string& path)>& rename);

// "UNAVAILABLE (STORE_UNAVAILABLE): the database does not answer", for logs: Status::ToString would add the
// details as escaped bytes.
std::string TextOf(const absl::Status& status);

// NOT_FOUND with RESOURCE_NOT_FOUND: "`vendors/x` does not exist; check the name".
absl::Status NotFound(std::string_view name);

// INVALID_ARGUMENT with FIELD_INVALID and one violation; the message is "<path>: <description>".
absl::Status FieldError(std::string_view path, std::string_view description);

// The same with all violations of a message at once; OK if there are none.
absl::Status FieldErrors(const std::vector<FieldViolation>& violations);

// ---------------------------------------------------------------------------------------------------------
// Implementation only below.

namespace error_internal {

inline constexpr size_t kKeysMax = 3;

// The members of a reason, in order.
template <size_t N, typename R>
std::array<OptionalMetadata, N> ValuesOf(const R& reason) {
  static_assert(N <= kKeysMax, "add a case");
  if constexpr (N == 0) {
    return {};
  } else if constexpr (N == 1) {
    const auto& [a] = reason;
    return {OptionalMetadata(a)};
  } else if constexpr (N == 2) {
    const auto& [a, b] = reason;
    return {OptionalMetadata(a), OptionalMetadata(b)};
  } else {
    const auto& [a, b, c] = reason;
    return {OptionalMetadata(a), OptionalMetadata(b), OptionalMetadata(c)};
  }
}

}  // namespace error_internal

template <Reason R>
std::map<std::string, std::string> MetadataOf(const R& reason) {
  constexpr size_t kCount = R::kInfo.keys.size();
  std::map<std::string, std::string> metadata;
  const std::array<OptionalMetadata, kCount> values = error_internal::ValuesOf<kCount>(reason);
  for (size_t i = 0; i < kCount; ++i) {
    if (values[i]) metadata.emplace(R::kInfo.keys[i], values[i]->text());
  }
  return metadata;
}

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_ERROR_H_
