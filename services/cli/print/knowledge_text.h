// What a document says of a fact that it does not state, in a few words.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_KNOWLEDGE_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_KNOWLEDGE_TEXT_H_

#include <string>
#include <string_view>

#include "google/protobuf/message.h"

namespace linchpin::cli {

// The values of a bound or a likelihood: "DE or FR", "not CN", "neither CN nor RU".
std::string ValuesText(const google::protobuf::Message& entry);

// What `bounds` and `likely` of a resource say of the field and of what lies behind it, bounds first:
// "vendors/a or vendors/b, likely vendors/a", "country not CN". Empty if they say nothing.
std::string KnowledgeText(const google::protobuf::Message& resource, std::string_view field);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_KNOWLEDGE_TEXT_H_
