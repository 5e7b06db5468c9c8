// What kinds and their fields mean, from the comments of the protos.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_FIELD_REFERENCE_H_
#define LINCHPIN_SERVICES_CLI_PRINT_FIELD_REFERENCE_H_

#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

// What a field holds, in the words of files: `text`, `country`, `whole number`, `name of a Model`, `list of
// Alternative`, `CHAT, EMBEDDING or VISION`.
std::string TypeText(const google::protobuf::FieldDescriptor& field);

// The field at a path such as `alternatives.target`, in camelCase or proto spelling; an error of usage names
// the nearest.
absl::StatusOr<const google::protobuf::FieldDescriptor*> FieldAt(const resource::KindInfo& kind,
                                                                 std::string_view path);

// A kind with all its fields, a line or two for each.
void PrintKind(const resource::KindInfo& kind, size_t width, std::ostream& out);

// One field: what it holds, what it means, its values, and the fields of a message.
void PrintField(const resource::KindInfo& kind, std::string_view path,
                const google::protobuf::FieldDescriptor& field, size_t width, std::ostream& out);

// Every field of every kind that files hold, in Markdown: the second part of docs/reference/files.md.
std::string FieldsPage();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_FIELD_REFERENCE_H_
