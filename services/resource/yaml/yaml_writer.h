// Messages to YAML, in the short forms of documents.
#ifndef LINCHPIN_SERVICES_RESOURCE_YAML_YAML_WRITER_H_
#define LINCHPIN_SERVICES_RESOURCE_YAML_YAML_WRITER_H_

#include <string>

#include "google/protobuf/message.h"

namespace linchpin::resource {

// The document of a resource, with `apiVersion` and `kind`, ending in a line feed, without `---`. Fields at
// their default are left out; what people look for comes first, `labels` to `evidence` last. Reading it gives
// the same message. Output-only fields are written only if `with_server_fields`.
std::string WriteYamlDocument(const google::protobuf::Message& resource, bool with_server_fields = false);

// The fields of any message, as a map.
std::string WriteYaml(const google::protobuf::Message& message);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_YAML_YAML_WRITER_H_
