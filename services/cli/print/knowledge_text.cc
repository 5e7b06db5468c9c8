#include "services/cli/print/knowledge_text.h"

#include "services/base/text.h"
#include "services/resource/fields.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The texts of a list, `between` each two of them; empty if the entry has no such list or it is empty.
std::string Alternatives(const Message& entry, const char* list, const char* between) {
  const FieldDescriptor* const field = entry.GetDescriptor()->FindFieldByName(list);
  const int size = field == nullptr ? 0 : entry.GetReflection()->FieldSize(entry, field);
  std::string text;
  for (int i = 0; i < size; ++i)
    text += Cat({i > 0 ? between : "", entry.GetReflection()->GetRepeatedString(entry, field, i)});
  return text;
}

// "" for the field itself, "country " for `host.country` of the field `host`; nothing for other facts.
bool IsAbout(const std::string& fact, std::string_view field, std::string& what) {
  if (fact.compare(0, field.size(), field) != 0) return false;
  what = fact.size() == field.size() ? "" : Cat({fact.substr(field.size() + 1), " "});
  return fact.size() == field.size() || fact[field.size()] == '.';
}

}  // namespace

std::string ValuesText(const Message& entry) {
  const std::string none_of = Alternatives(entry, "none_of", " nor ");
  if (none_of.empty()) return Alternatives(entry, "one_of", " or ");
  return Cat({none_of.find(" nor ") == std::string::npos ? "not " : "neither ", none_of});
}

std::string KnowledgeText(const Message& resource, std::string_view field) {
  std::string text;
  for (const char* name : {"bounds", "likely"}) {
    const FieldDescriptor* const list = resource.GetDescriptor()->FindFieldByName(name);
    if (list == nullptr) continue;
    for (int i = 0; i < resource.GetReflection()->FieldSize(resource, list); ++i) {
      const Message& entry = resource.GetReflection()->GetRepeatedMessage(resource, list, i);
      std::string what;
      if (!IsAbout(resource::EntryKey(entry), field, what)) continue;
      text += Cat({text.empty() ? "" : ", ", what, *name == 'l' ? "likely " : "", ValuesText(entry)});
    }
  }
  return text;
}

}  // namespace linchpin::cli
