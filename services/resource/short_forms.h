// The short forms of policy documents, defined here once for reading and writing:
//
//   Value      0.4   3   true   90d   retail   [CN, RU]   "90d" (text)
//   Selector   where: {tier: {le: 1}, businessUnit: retail, environment: [production, staging]}
#ifndef LINCHPIN_SERVICES_RESOURCE_SHORT_FORMS_H_
#define LINCHPIN_SERVICES_RESOURCE_SHORT_FORMS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "linchpin/policy/v1/rule.pb.h"
#include "linchpin/policy/v1/value.pb.h"
#include "services/resource/node.h"

namespace linchpin::resource {

class MessageReader;

// Reads `node` as a short form of `message`; false if the message has none or the node is in the long form.
// What is wrong goes to `reader`.
bool ReadShortMessage(const Node& node, google::protobuf::Message& message, MessageReader& reader);

// Reads an entry that is short for others (`where` of a Selector); false if it is an ordinary field.
bool ReadShortEntry(const Node::Entry& entry, google::protobuf::Message& message, MessageReader& reader);

// One key of `where`: its field path, and its tests as operator word and values, in order.
struct WhereKey {
  std::string path;
  std::vector<const linchpin::policy::v1::Test*> tests;
};

// The keys of `where` that stand for exactly these tests in this order; nullopt if the short form cannot say
// them.
std::optional<std::vector<WhereKey>> ShortTests(const linchpin::policy::v1::Selector& selector);

// "le" of OP_LE, "notIn" of OP_NOT_IN.
std::string OperatorWord(linchpin::policy::v1::Test::Op op);

// Whether the operator takes a list of values, or none.
bool TakesList(linchpin::policy::v1::Test::Op op);
bool TakesNothing(linchpin::policy::v1::Test::Op op);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_SHORT_FORMS_H_
