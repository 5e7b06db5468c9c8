// Fields of a message, for those who go through them: writers, merges, digests.
#ifndef LINCHPIN_SERVICES_RESOURCE_FIELDS_H_
#define LINCHPIN_SERVICES_RESOURCE_FIELDS_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace linchpin::resource {

// The fields that are set. Of a resource, `name`, `display_name` and `description` first, then its own, then
// `bounds` and `likely`, then those that all resources have. Maps and lists are set when they have elements.
std::vector<const google::protobuf::FieldDescriptor*> SetFields(const google::protobuf::Message& message);

// A message that holds one field of another and nothing else.
std::unique_ptr<google::protobuf::Message> OnlyField(const google::protobuf::Message& message,
                                                     const google::protobuf::FieldDescriptor& field);

// Whether only the server sets it.
bool IsOutputOnly(const google::protobuf::FieldDescriptor& field);

// The entries of a map field by key, bytewise.
std::vector<const google::protobuf::Message*> SortedEntries(const google::protobuf::Message& message,
                                                            const google::protobuf::FieldDescriptor& field);

// Whether the field is a list of bounds or likelihoods. Its entries are merged one by one, each under its
// fact.
bool IsKnowledgeList(const google::protobuf::FieldDescriptor& field);

// The key of an entry of a map, or of a list of bounds or likelihoods: its fact.
std::string EntryKey(const google::protobuf::Message& entry);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_FIELDS_H_
