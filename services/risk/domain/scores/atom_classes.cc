#include "services/risk/domain/scores/atom_classes.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace linchpin::risk {

namespace v1 = ::linchpin::risk::v1;

std::optional<engine::AtomClass> FromProto(v1::AtomClass atom_class) {
  for (engine::AtomClass known : engine::kAtomClasses) {
    if (ToProto(known) == atom_class) return known;
  }
  return std::nullopt;
}

v1::AtomClass ToProto(engine::AtomClass atom_class) {
  switch (atom_class) {
    case engine::AtomClass::kVendor:
      return v1::ATOM_CLASS_VENDOR;
    case engine::AtomClass::kHost:
      return v1::ATOM_CLASS_HOST;
    case engine::AtomClass::kLicence:
      return v1::ATOM_CLASS_LICENCE;
    case engine::AtomClass::kWeights:
      return v1::ATOM_CLASS_WEIGHTS;
    case engine::AtomClass::kServices:
      return v1::ATOM_CLASS_SERVICES;
    case engine::AtomClass::kModel:
      break;
  }
  return v1::ATOM_CLASS_MODEL;
}

absl::StatusOr<std::vector<engine::AtomClass>> ReadAtomClasses(
    const google::protobuf::RepeatedField<int>& classes, std::string_view field) {
  std::vector<engine::AtomClass> read;
  for (int i = 0; i < classes.size(); ++i) {
    const std::optional<engine::AtomClass> asked = FromProto(static_cast<v1::AtomClass>(classes[i]));
    if (!asked.has_value()) {
      return base::FieldError(absl::StrCat(std::string(field), "[", i, "]"),
                              "name a class, or leave the list empty");
    }
    if (std::find(read.begin(), read.end(), *asked) == read.end()) read.push_back(*asked);
  }
  return read;
}

}  // namespace linchpin::risk
