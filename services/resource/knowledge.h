// What documents can say of facts that are not known: which facts can be bounded or likely, what their values
// are, and whether a document says it rightly. The list of facts stands once, in the annotation `fact` of
// their messages.
#ifndef LINCHPIN_SERVICES_RESOURCE_KNOWLEDGE_H_
#define LINCHPIN_SERVICES_RESOURCE_KNOWLEDGE_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "linchpin/common/v1/knowledge.pb.h"
#include "services/resource/kinds.h"

namespace linchpin::resource {

// The value that stands for a known none, where the fact can have one.
inline constexpr std::string_view kNoneValue = "none";

// A fact that `bounds` and `likely` can name. Instances live as long as the program.
struct FactInfo {
  std::string path;                                // "host.provider"
  const google::protobuf::FieldDescriptor* field;  // Whose values it has: that of Host.
  // The field of the message that must have no value while the fact is named: itself for a fact of the
  // message, `host` for `host.provider`.
  const google::protobuf::FieldDescriptor* holder;
  const KindInfo* names;  // The kind of a reference; else null.
  bool can_be_none;
  bool can_be_bounded;  // Else it can only be likely, with one value.
};

// The facts of a message type, in order of its annotations; none for a type without.
const std::vector<FactInfo>& FactsOf(const google::protobuf::Descriptor* type);

// Null if the type has no such fact.
const FactInfo* FindFact(const google::protobuf::Descriptor* type, std::string_view path);

// A value of the fact in its one spelling: the short name of an enum value, the shortest form of a duration,
// all else as it is. Nullopt if it is none of its values.
std::optional<std::string> FactValue(const FactInfo& fact, std::string_view text);

// The value that a message states of one of its own facts, in that spelling; nullopt if it states none, and
// of a fact of another resource.
std::optional<std::string> StatedValue(const google::protobuf::Message& message, const FactInfo& fact);

// Whether a bound of the fact leaves room for a value, which is in the one spelling.
bool Admits(const linchpin::common::v1::Bound& bound, const FactInfo& fact, std::string_view value);

// Hands what is wrong with `bounds` and `likely` of one message, not of messages inside it, to `report`: the
// field path within the message ("bounds[1].one_of[0]") and the description. Costs nothing where both are
// empty.
using ReportProblem = std::function<void(std::string path, std::string description)>;
void CheckKnowledge(const google::protobuf::Message& message, const ReportProblem& report);

// Whether the message settles the fact, so that nothing can be said of it beside: the field that holds it has
// a value or is known to be none.
bool IsSettled(const google::protobuf::Message& message, const FactInfo& fact);

// Removes the entries of `bounds` and `likely` about the facts for which `drop` is true; those of unknown
// facts stay.
void DropKnowledge(const std::function<bool(const FactInfo& fact)>& drop, google::protobuf::Message& message);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_KNOWLEDGE_H_
