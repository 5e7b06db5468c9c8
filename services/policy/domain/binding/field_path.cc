#include "services/policy/domain/binding/field_path.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace linchpin::policy {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kDepthMax = 8;

FieldType TypeOf(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return FieldType::kBool;
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
      return FieldType::kInt;
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return FieldType::kNumber;
    case FieldDescriptor::CPPTYPE_STRING:
      return FieldType::kString;
    case FieldDescriptor::CPPTYPE_ENUM:
      return FieldType::kEnum;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  const std::string& name = field.message_type()->full_name();
  if (name == "google.protobuf.Duration") return FieldType::kDuration;
  if (name == "google.protobuf.Timestamp") return FieldType::kTime;
  return FieldType::kMessage;
}

// A field without presence is unknown at its zero where zero means that nobody said so.
bool IsSet(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  if (field.has_presence()) return reflection.HasField(message, &field);
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM) return reflection.GetEnumValue(message, &field) != 0;
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    std::string scratch;
    return !reflection.GetStringReference(message, &field, &scratch).empty();
  }
  return true;
}

absl::Duration DurationOf(const Message& message) {
  const auto& duration = static_cast<const google::protobuf::Duration&>(message);
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

absl::Time TimeOf(const Message& message) {
  const auto& time = static_cast<const google::protobuf::Timestamp&>(message);
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

// The element `at` of a repeated field, or the field itself when `at` is negative.
Scalar ScalarAt(const Message& message, const FieldDescriptor& field, int at) {
  const Reflection& r = *message.GetReflection();
  const bool repeated = at >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return repeated ? r.GetRepeatedBool(message, &field, at) : r.GetBool(message, &field);
    case FieldDescriptor::CPPTYPE_INT32:
      return static_cast<int64_t>(repeated ? r.GetRepeatedInt32(message, &field, at)
                                           : r.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return static_cast<int64_t>(repeated ? r.GetRepeatedInt64(message, &field, at)
                                           : r.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_UINT32:
      return static_cast<int64_t>(repeated ? r.GetRepeatedUInt32(message, &field, at)
                                           : r.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return static_cast<int64_t>(repeated ? r.GetRepeatedUInt64(message, &field, at)
                                           : r.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return static_cast<double>(repeated ? r.GetRepeatedFloat(message, &field, at)
                                          : r.GetFloat(message, &field));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return repeated ? r.GetRepeatedDouble(message, &field, at) : r.GetDouble(message, &field);
    case FieldDescriptor::CPPTYPE_ENUM:
      return static_cast<int64_t>(repeated ? r.GetRepeatedEnumValue(message, &field, at)
                                           : r.GetEnumValue(message, &field));
    case FieldDescriptor::CPPTYPE_STRING:
      return repeated ? r.GetRepeatedString(message, &field, at) : r.GetString(message, &field);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  const Message& value = repeated ? r.GetRepeatedMessage(message, &field, at) : r.GetMessage(message, &field);
  return TypeOf(field) == FieldType::kTime ? Scalar(TimeOf(value)) : Scalar(DurationOf(value));
}

bool HasScalar(FieldType type) { return type != FieldType::kMessage; }

}  // namespace

absl::StatusOr<FieldPath> FieldPath::Compile(const Descriptor& root, std::string_view path) {
  FieldPath compiled;
  compiled.text_ = std::string(path);
  compiled.known_none_ = root.FindFieldByName("known_none");
  const Descriptor* at = &root;
  std::string_view rest = path;
  while (true) {
    const size_t dot = rest.find('.');
    const std::string part(rest.substr(0, dot));
    if (at == nullptr || compiled.fields_.size() == kDepthMax) {
      return absl::InvalidArgumentError(
          absl::StrCat("`", compiled.fields_.back()->name(), "` has no field `", part, "`"));
    }
    const FieldDescriptor* field = at->FindFieldByName(part);
    if (field == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(at->name(), " has no field `", part, "`"));
    }
    compiled.fields_.push_back(field);
    if (field->is_map()) {
      if (dot == std::string_view::npos || rest.size() == dot + 1) {
        return absl::InvalidArgumentError(absl::StrCat("`", part, "` needs a key: `", part, ".KEY`"));
      }
      compiled.map_key_ = std::string(rest.substr(dot + 1));
      compiled.type_ = FieldType::kString;
      return compiled;
    }
    compiled.is_list_ = compiled.is_list_ || field->is_repeated();
    compiled.type_ = TypeOf(*field);
    if (dot == std::string_view::npos) return compiled;
    at = compiled.type_ == FieldType::kMessage ? field->message_type() : nullptr;
    rest.remove_prefix(dot + 1);
  }
}

Reading FieldPath::Read(const Message& document) const {
  Reading reading;
  if (!map_key_.empty()) {
    CollectMapEntry(document, reading);
    return reading;
  }
  Collect(document, 0, reading);
  if (reading.state == Reading::State::kUnknown && known_none_ != nullptr) {
    const Reflection& reflection = *document.GetReflection();
    for (int i = 0; i < reflection.FieldSize(document, known_none_); ++i) {
      if (reflection.GetRepeatedString(document, known_none_, i) == fields_.front()->name()) {
        reading.state = Reading::State::kNone;
      }
    }
  }
  return reading;
}

void FieldPath::Collect(const Message& message, size_t at, Reading& reading) const {
  const FieldDescriptor& field = *fields_[at];
  const Reflection& reflection = *message.GetReflection();
  const bool last = at + 1 == fields_.size();
  if (field.is_repeated()) {
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      if (!last) {
        Collect(reflection.GetRepeatedMessage(message, &field, i), at + 1, reading);
      } else {
        reading.state = Reading::State::kValue;
        if (HasScalar(type_)) reading.values.push_back(ScalarAt(message, field, i));
      }
    }
    return;
  }
  if (!IsSet(message, field)) {
    reading.unknown_element = true;
    return;
  }
  if (!last) {
    Collect(reflection.GetMessage(message, &field), at + 1, reading);
    return;
  }
  reading.state = Reading::State::kValue;
  if (HasScalar(type_)) reading.values.push_back(ScalarAt(message, field, -1));
}

// Maps are read as lists of entries: the map interface of reflection is not public.
void FieldPath::CollectMapEntry(const Message& document, Reading& reading) const {
  const FieldDescriptor& field = *fields_.back();
  const Message* holder = &document;
  for (size_t i = 0; i + 1 < fields_.size(); ++i) {
    if (!IsSet(*holder, *fields_[i])) return;
    holder = &holder->GetReflection()->GetMessage(*holder, fields_[i]);
  }
  const Reflection& reflection = *holder->GetReflection();
  reading.state = Reading::State::kNone;
  for (int i = 0; i < reflection.FieldSize(*holder, &field); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(*holder, &field, i);
    const Descriptor& type = *entry.GetDescriptor();
    if (entry.GetReflection()->GetString(entry, type.map_key()) != map_key_) continue;
    reading.state = Reading::State::kValue;
    reading.values.push_back(entry.GetReflection()->GetString(entry, type.map_value()));
  }
}

}  // namespace linchpin::policy
