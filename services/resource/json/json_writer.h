// Messages to JSON, as protobuf's JSON mapping has it, with a stable order.
#ifndef LINCHPIN_SERVICES_RESOURCE_JSON_JSON_WRITER_H_
#define LINCHPIN_SERVICES_RESOURCE_JSON_JSON_WRITER_H_

#include <string>
#include <string_view>

#include "google/protobuf/message.h"

namespace linchpin::resource {

// Proto JSON: camelCase, enum values by full name, 64-bit numbers as text, fields at their default left out,
// maps by key. `indent` 0: one line; no line feed at the end.
std::string WriteJson(const google::protobuf::Message& message, int indent = 2);

// The document of a resource: the same with `apiVersion` and `kind` first.
std::string WriteJsonDocument(const google::protobuf::Message& resource, int indent = 2);

// `text` in double quotes, escaped; UTF-8 stays as it is.
std::string JsonQuote(std::string_view text);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_JSON_JSON_WRITER_H_
