#include "services/resource/results.h"

#include "google/api/field_behavior.pb.h"

namespace linchpin::resource {
namespace {

// Whether somebody may say what the field holds.
bool IsInput(const google::protobuf::FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    const auto behavior = options.GetExtension(google::api::field_behavior, i);
    if (behavior == google::api::OUTPUT_ONLY || behavior == google::api::IDENTIFIER) return false;
  }
  return true;
}

}  // namespace

bool IsResult(const KindInfo& kind) {
  for (int i = 0; i < kind.descriptor->field_count(); ++i) {
    if (IsInput(*kind.descriptor->field(i))) return false;
  }
  return true;
}

}  // namespace linchpin::resource
