#include "services/cli/listing/narrowing.h"

#include <algorithm>
#include <set>

#include "google/api/resource.pb.h"
#include "google/protobuf/descriptor.h"
#include "linchpin/common/v1/annotations.pb.h"
#include "services/base/text.h"
#include "services/cli/flags/arguments.h"
#include "services/cli/names.h"
#include "services/resource/document_reader.h"
#include "services/resource/validate.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using resource::KindInfo;

// What is not common to all lists.
std::vector<std::string> NarrowingFields(const Descriptor& type) {
  static const std::set<std::string> kCommon = {"parent",   "page_size",    "page_token", "filter",
                                                "order_by", "min_revision", "as_of",      "view"};
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    if (kCommon.count(type.field(i)->name()) == 0) names.push_back(type.field(i)->json_name());
  }
  return names;
}

// The field of the resource that a field of the request is compared with (the service's ListQuery).
const FieldDescriptor* ComparedField(const KindInfo& kind, const std::string& field) {
  const Descriptor& type = *kind.descriptor;
  if (field == "target")
    return type.FindFieldByName("alternatives")->message_type()->FindFieldByName("target");
  return type.FindFieldByName(field == "parent_vendor" ? "parent" : field);
}

// The kind that a field names a resource of; null if it names none.
const KindInfo* ReferredKind(const FieldDescriptor& field) {
  const auto& options = field.options();
  if (!options.HasExtension(google::api::resource_reference)) return nullptr;
  const std::string& type = options.GetExtension(google::api::resource_reference).type();
  return resource::FindKind(type.substr(type.find('/') + 1));
}

absl::StatusOr<std::string> Country(const std::string& field, const std::string& value) {
  if (const auto country = CountryOf(value)) return *country;
  return UsageError(
      Cat({"--only ", field, ": `", value, "` is not a country of ISO 3166-1 alpha-2, such as `NO`"}));
}

// A value of a string field in the form that is stored.
absl::StatusOr<std::string> StoredForm(const FieldDescriptor& compared, const std::string& field,
                                       const std::string& value) {
  if (compared.options().GetExtension(linchpin::common::v1::constraint).format() ==
      linchpin::common::v1::FORMAT_COUNTRY) {
    return Country(field, value);
  }
  const bool any_kind = compared.options().HasExtension(google::api::resource_reference);
  const KindInfo* kind = ReferredKind(compared);
  if (kind != nullptr) return FullName(*kind, value);
  if (any_kind && resource::KindOfName(value) == nullptr)
    return UsageError(
        Cat({"--only ", field, ": `", value, "` is not a resource name such as `deployments/x`"}));
  return value;
}

}  // namespace

absl::Status Narrow(const KindInfo& kind, const std::string& given, const std::string& value,
                    Message& request, std::vector<std::string>& names) {
  const std::vector<std::string> fields = NarrowingFields(*request.GetDescriptor());
  const std::string camel = base::CamelCase(given);
  if (std::find(fields.begin(), fields.end(), camel) == fields.end()) {
    const std::string nearest = DidYouMean(given, fields);
    return UsageError(Cat({"the list cannot be narrowed by `", given, "`",
                           nearest.empty() ? Cat({"; it can by ", base::JoinNames(fields, 20)}) : nearest}));
  }
  const FieldDescriptor* compared = ComparedField(kind, base::SnakeCase(camel));
  resource::Node root, node;
  root.type = resource::Node::Type::kMap;
  node.type = resource::Node::Type::kPlain;
  node.text = value;
  if (compared != nullptr && compared->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    absl::StatusOr<std::string> stored = StoredForm(*compared, given, value);
    if (!stored.ok()) return stored.status();
    node.text = *stored;
    if (compared->options().HasExtension(google::api::resource_reference)) names.push_back(*stored);
  }
  root.entries.push_back({camel, {}, node});
  resource::MessageReader reader(/*json=*/false);
  reader.Fill(root, request);
  return reader.errors().empty() ? absl::OkStatus()
                                 : UsageError(Cat({"--only: ", reader.errors()[0].message}));
}

}  // namespace linchpin::cli
