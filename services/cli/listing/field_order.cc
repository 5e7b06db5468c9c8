#include "services/cli/listing/field_order.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/base/text.h"
#include "services/cli/flags/arguments.h"
#include "services/cli/names.h"
#include "services/cli/print/output.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// What a resource is ordered by. Of one field all are of one form.
using Key = std::variant<std::pair<int64_t, int64_t>, double, std::string>;

struct Keyed {
  bool stated = false;
  Key key;
  std::unique_ptr<Message> resource;
};

bool IsInstant(const Descriptor* type) {
  return type == google::protobuf::Timestamp::descriptor() ||
         type == google::protobuf::Duration::descriptor();
}

// Seconds and nanoseconds of either type; the two have the same fields.
Key KeyOfInstant(const Message& instant) {
  const auto& reflection = *instant.GetReflection();
  const auto& type = *instant.GetDescriptor();
  return std::pair<int64_t, int64_t>(reflection.GetInt64(instant, type.FindFieldByNumber(1)),
                                     reflection.GetInt32(instant, type.FindFieldByNumber(2)));
}

Key KeyOf(const Message& holder, const FieldDescriptor& field) {
  const auto& reflection = *holder.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return std::pair<int64_t, int64_t>(reflection.GetInt32(holder, &field), 0);
    case FieldDescriptor::CPPTYPE_INT64:
      return std::pair<int64_t, int64_t>(reflection.GetInt64(holder, &field), 0);
    case FieldDescriptor::CPPTYPE_ENUM:  // In the order in which the values are declared: INFO to CRITICAL.
      return std::pair<int64_t, int64_t>(reflection.GetEnumValue(holder, &field), 0);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection.GetDouble(holder, &field);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return KeyOfInstant(reflection.GetMessage(holder, &field));
    default:
      return FieldText(holder, field.name());
  }
}

// A field without presence is stated where it is not at its default, as in files.
bool States(const Message& holder, const FieldDescriptor& field) {
  if (field.has_presence()) return holder.GetReflection()->HasField(holder, &field);
  std::vector<const FieldDescriptor*> set;
  holder.GetReflection()->ListFields(holder, &set);
  return std::find(set.begin(), set.end(), &field) != set.end();
}

absl::StatusOr<const FieldDescriptor*> FindField(std::string_view word, const Descriptor& type) {
  if (const auto* field = type.FindFieldByName(base::SnakeCase(std::string(word)))) return field;
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) names.push_back(type.field(i)->json_name());
  return UsageError(Cat({"--sort-by: ", type.name(), " has no field `", word, "`", DidYouMean(word, names)}));
}

}  // namespace

absl::StatusOr<FieldOrder> FieldOrder::Read(std::string_view word, const resource::KindInfo& kind) {
  FieldOrder order;
  std::string_view rest = word;
  if (!rest.empty() && rest.front() == '-') order.falling_ = true, rest.remove_prefix(1);
  if (!rest.empty() && rest.front() == '.') rest.remove_prefix(1);
  const Descriptor* type = kind.descriptor;
  while (true) {
    const size_t point = std::min(rest.find('.'), rest.size());
    absl::StatusOr<const FieldDescriptor*> field = FindField(rest.substr(0, point), *type);
    if (!field.ok()) return field.status();
    if ((*field)->is_repeated())
      return UsageError(Cat({"--sort-by: `", word, "` is a list, which has no order; name a single value"}));
    order.path_.push_back(*field);
    type = (*field)->message_type();
    if (type == nullptr || IsInstant(type)) break;
    if (point == rest.size())
      return UsageError(Cat({"--sort-by: `", word, "` holds fields; name one, such as `", word, ".",
                             type->field(0)->json_name(), "`"}));
    rest.remove_prefix(point + 1);
  }
  const size_t point = rest.find('.');
  if (point != std::string_view::npos)
    return UsageError(
        Cat({"--sort-by: `", word, "` goes on after a value; leave `", rest.substr(point), "` out"}));
  return order;
}

void FieldOrder::Sort(std::vector<std::unique_ptr<Message>>& resources) const {
  std::vector<Keyed> keyed;
  keyed.reserve(resources.size());
  for (auto& resource : resources) {
    const Message* holder = resource.get();
    for (size_t i = 0; i + 1 < path_.size(); ++i)
      holder = &holder->GetReflection()->GetMessage(*holder, path_[i]);
    keyed.push_back({States(*holder, *path_.back()), KeyOf(*holder, *path_.back()), std::move(resource)});
  }
  std::stable_sort(keyed.begin(), keyed.end(), [this](const Keyed& a, const Keyed& b) {
    if (a.stated != b.stated) return a.stated;
    return falling_ ? b.key < a.key : a.key < b.key;
  });
  for (size_t i = 0; i < keyed.size(); ++i) resources[i] = std::move(keyed[i].resource);
}

}  // namespace linchpin::cli
