#include "services/resource/merge.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/field_behavior.pb.h"
#include "services/base/error.h"

namespace linchpin::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldMask;
using google::protobuf::Message;
using Path = std::vector<const FieldDescriptor*>;

constexpr int kPathsMax = 256;

bool IsFixed(const FieldDescriptor* field) {
  const auto& options = field->options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    const auto behavior = options.GetExtension(google::api::field_behavior, i);
    if (behavior == google::api::OUTPUT_ONLY || behavior == google::api::IDENTIFIER) return true;
  }
  return field->name() == "etag";
}

absl::Status Unknown(const std::string& path) {
  return base::FieldError(
      "update_mask",
      absl::StrCat("`", path, "` is not a field; use proto field names such as `display_name`"));
}

// Resolves a dotted path; lists and maps can only be its last part.
absl::Status Resolve(const Descriptor* descriptor, const std::string& text, Path& path) {
  const std::vector<std::string> names = absl::StrSplit(text, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* const field =
        descriptor == nullptr ? nullptr : descriptor->FindFieldByName(names[i]);
    if (field == nullptr) return Unknown(text);
    path.push_back(field);
    descriptor = field->is_repeated() ? nullptr : field->message_type();
  }
  return absl::OkStatus();
}

void CopyField(const Message& source, const FieldDescriptor* field, Message& target) {
  target.GetReflection()->ClearField(&target, field);
  // A message with this one field, merged, copies any type of field without a switch over types.
  const std::unique_ptr<Message> single(source.New());
  single->CopyFrom(source);
  std::vector<const FieldDescriptor*> fields;
  single->GetReflection()->ListFields(*single, &fields);
  for (const FieldDescriptor* other : fields) {
    if (other != field) single->GetReflection()->ClearField(single.get(), other);
  }
  target.MergeFrom(*single);
}

void CopyPath(const Message& source, const Path& path, size_t depth, Message& target) {
  const FieldDescriptor* const field = path[depth];
  if (depth + 1 == path.size()) return CopyField(source, field, target);
  const bool source_has = source.GetReflection()->HasField(source, field);
  if (!source_has && !target.GetReflection()->HasField(target, field)) return;
  CopyPath(source.GetReflection()->GetMessage(source, field), path, depth + 1,
           *target.GetReflection()->MutableMessage(&target, field));
}

std::vector<Path> SetFields(const Message& source) {
  std::vector<const FieldDescriptor*> fields;
  source.GetReflection()->ListFields(source, &fields);
  std::vector<Path> paths;
  for (const FieldDescriptor* field : fields) paths.push_back({field});
  return paths;
}

std::vector<Path> AllFields(const Descriptor* descriptor) {
  std::vector<Path> paths;
  for (int i = 0; i < descriptor->field_count(); ++i) paths.push_back({descriptor->field(i)});
  return paths;
}

absl::StatusOr<std::vector<Path>> MaskedFields(const Descriptor* descriptor, const FieldMask& mask) {
  if (mask.paths_size() > kPathsMax)
    return base::FieldError("update_mask", absl::StrCat("has more than ", kPathsMax, " paths"));
  std::vector<Path> paths;
  bool all = false;
  for (const std::string& text : mask.paths()) {
    if (text == "*") {
      all = true;
      continue;
    }
    Path path;
    if (absl::Status status = Resolve(descriptor, text, path); !status.ok()) return status;
    paths.push_back(std::move(path));
  }
  return all ? AllFields(descriptor) : paths;
}

}  // namespace

absl::Status Merge(const Message& source, bool has_mask, const FieldMask& mask, Message& target) {
  absl::StatusOr<std::vector<Path>> paths = has_mask ? MaskedFields(source.GetDescriptor(), mask)
                                                     : absl::StatusOr<std::vector<Path>>(SetFields(source));
  if (!paths.ok()) return paths.status();
  for (const Path& path : *paths) {
    if (!IsFixed(path.front())) CopyPath(source, path, 0, target);
  }
  return absl::OkStatus();
}

}  // namespace linchpin::resource
