// Classes of atoms, between messages and the engine.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_ATOM_CLASSES_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_ATOM_CLASSES_H_

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "linchpin/risk/v1/sweep.pb.h"
#include "services/engine/cutoff/atoms.h"

namespace linchpin::risk {

// Nothing for a class that is not said.
std::optional<engine::AtomClass> FromProto(linchpin::risk::v1::AtomClass atom_class);
linchpin::risk::v1::AtomClass ToProto(engine::AtomClass atom_class);

// Each class once, in the order in which they are first named. Errors: INVALID_ARGUMENT, FIELD_INVALID, for
// one that is not said; `field` is the path of the list.
absl::StatusOr<std::vector<engine::AtomClass>> ReadAtomClasses(
    const google::protobuf::RepeatedField<int>& classes, std::string_view field);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_SCORES_ATOM_CLASSES_H_
