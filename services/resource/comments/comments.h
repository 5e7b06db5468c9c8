// What the protos say about messages, fields and values, in words.
#ifndef LINCHPIN_SERVICES_RESOURCE_COMMENTS_COMMENTS_H_
#define LINCHPIN_SERVICES_RESOURCE_COMMENTS_COMMENTS_H_

#include <string>

#include "google/protobuf/descriptor.h"

namespace linchpin::resource {

// The comment before the definition, its lines joined; empty if it has none, or is no part of the product's
// own protos. Cost: the first call reads all comments, some ten milliseconds.
// Thread safety: may run at once.
std::string CommentOf(const google::protobuf::Descriptor& message);
std::string CommentOf(const google::protobuf::FieldDescriptor& field);
std::string CommentOf(const google::protobuf::EnumValueDescriptor& value);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_COMMENTS_COMMENTS_H_
