// Paths of proto field names such as `continuity.weight` or `labels.team`, resolved against a message's
// descriptor once and read from many documents.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_FIELD_PATH_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_FIELD_PATH_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace linchpin::policy {

// What a path leads to.
enum class FieldType { kBool, kInt, kNumber, kString, kEnum, kDuration, kTime, kMessage };

// A value read from a document. Enum values are their numbers.
using Scalar = std::variant<bool, int64_t, double, std::string, absl::Duration, absl::Time>;

// What a document says at a path.
struct Reading {
  enum class State { kUnknown, kNone, kValue };

  State state = State::kUnknown;
  std::vector<Scalar> values;    // One, or the elements of a list. Empty for messages.
  bool unknown_element = false;  // Some element of the list lacks the field.
};

// A path through one kind of message.
//
// A repeated field on the way makes the result a list. `labels.KEY` is an entry of a map; a key that is not
// there is a known none, since labels are given and not found out. Any other field that is absent is unknown,
// unless its first field stands in `known_none`.
class FieldPath {
 public:
  // INVALID_ARGUMENT, without details, saying which part is wrong.
  static absl::StatusOr<FieldPath> Compile(const google::protobuf::Descriptor& root, std::string_view path);

  FieldType type() const { return type_; }
  bool is_list() const { return is_list_; }
  // Only of type kEnum.
  const google::protobuf::EnumDescriptor& enum_type() const { return *fields_.back()->enum_type(); }
  const std::string& text() const { return text_; }

  // `document` must be of the root's type.
  Reading Read(const google::protobuf::Message& document) const;

  friend bool operator==(const FieldPath&, const FieldPath&) = default;

 private:
  void Collect(const google::protobuf::Message& message, size_t at, Reading& reading) const;
  void CollectMapEntry(const google::protobuf::Message& message, Reading& reading) const;

  std::string text_;
  std::vector<const google::protobuf::FieldDescriptor*> fields_;
  std::string map_key_;
  const google::protobuf::FieldDescriptor* known_none_ = nullptr;
  FieldType type_ = FieldType::kMessage;
  bool is_list_ = false;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_FIELD_PATH_H_
