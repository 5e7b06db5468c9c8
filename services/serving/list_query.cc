#include "services/serving/list_query.h"

#include <algorithm>
#include <limits>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/api/resource.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/sha256.h"
#include "services/replica/wire/wire.h"
#include "services/serving/page_token.h"
#include "services/serving/request_fields.h"

namespace linchpin::serving {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using replica::DocumentRef;

constexpr int kPageDefault = 50;
constexpr int kPageMax = 1000;

const std::set<std::string>& OrdinaryFields() {
  static const auto* const fields = new std::set<std::string>{
      "page_size", "page_token", "filter", "order_by", "min_revision", "as_of", "parent"};
  return *fields;
}

// Whether a number, as it depends on the wire, is what is asked for.
uint64_t WireNumber(const Message& request, const FieldDescriptor* field) {
  const auto* reflection = request.GetReflection();
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    return static_cast<uint64_t>(static_cast<int64_t>(reflection->GetEnumValue(request, field)));
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return reflection->GetBool(request, field) ? 1 : 0;
  return static_cast<uint64_t>(static_cast<int64_t>(reflection->GetInt32(request, field)));
}

// The text of a field of a stored document; nothing if it is absent.
std::optional<std::string_view> TextOf(const DocumentRef& document, int field) {
  for (replica::WireReader reader(document.body); reader.Next();) {
    if (reader.field() == field && reader.has_bytes()) return reader.bytes();
  }
  return std::nullopt;
}

// Whether a fact that is absent in `document` has that text in what field `from` of it names.
bool IsDerived(const replica::View& view, const DocumentRef& document, int from, int field,
               std::string_view text) {
  const auto name = TextOf(document, from);
  if (!name) return false;
  const std::optional<DocumentRef> source = view.Find(*name);
  return source && TextOf(*source, field) == text;
}

}  // namespace

absl::StatusOr<std::string> ListQuery::PrefixOf(const std::string& parent) {
  if (parent.empty()) return std::string();
  const size_t slash = parent.find('/');
  if (slash != std::string::npos && parent.substr(slash + 1) == "-") {
    const std::string collection = parent.substr(0, slash + 1);
    if (collection == "applications/" || collection == "businessServices/") return collection;
  }
  const resource::KindInfo* kind = resource::KindOfName(parent);
  if (kind == nullptr || (kind->kind != "Application" && kind->kind != "BusinessService")) {
    return base::FieldError("parent",
                            absl::StrCat("`", parent,
                                         "` has no dependencies; name an application or a business service, "
                                         "or `applications/-` for all"));
  }
  return parent + "/";
}

absl::Status ListQuery::AddCondition(const Message& request, const FieldDescriptor* field) {
  const auto* reflection = request.GetReflection();
  if (!reflection->HasField(request, field)) return absl::OkStatus();
  const auto* descriptor = kind_->descriptor;
  Condition condition;
  const FieldDescriptor* stored =
      descriptor->FindFieldByName(field->name() == "parent_vendor" ? "parent" : field->name());
  if (field->name() == "target") {
    const FieldDescriptor* alternatives = descriptor->FindFieldByName("alternatives");
    condition.field = alternatives->number();
    stored = alternatives->message_type()->FindFieldByName("target");
    condition.inner_field = stored->number();
  } else if (stored == nullptr) {
    return absl::InternalError(absl::StrCat(field->full_name(), " narrows by no field"));
  } else {
    condition.field = stored->number();
  }
  if (stored->full_name() == "linchpin.inventory.v1.Model.origin_country") {
    condition.derived_from = inventory::v1::Model::kDeveloperFieldNumber;
    condition.derived_field = inventory::v1::Vendor::kCountryFieldNumber;
  }
  condition.reference = stored->options().HasExtension(google::api::resource_reference);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    condition.text = reflection->GetString(request, field);
  } else {
    condition.number = WireNumber(request, field);
  }
  conditions_.push_back(std::move(condition));
  return absl::OkStatus();
}

absl::StatusOr<ListQuery> ListQuery::Parse(const resource::KindInfo& kind, const Message& request) {
  ListQuery query;
  query.kind_ = &kind;
  const RequestFields fields(request);
  const int size = fields.Int32("page_size");
  if (size < 0) return base::FieldError("page_size", "must not be negative; leave it out for 50");
  query.page_size_ = size == 0 ? kPageDefault : std::min(size, kPageMax);
  if (!fields.String("filter").empty()) {
    return base::Error(base::reason::FilterUnsupported{},
                       "filter is not supported yet; use the narrowing fields of the request")
        .Field("filter", "must be empty");
  }
  if (const std::string& order = fields.String("order_by"); !order.empty() && order != "name") {
    return base::FieldError("order_by",
                            absl::StrCat("`", order, "` is not an order; leave it out, or send `name`"));
  }
  absl::StatusOr<std::string> prefix = PrefixOf(fields.String("parent"));
  if (!prefix.ok()) return prefix.status();
  query.prefix_ = *std::move(prefix);
  for (int i = 0; i < request.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = request.GetDescriptor()->field(i);
    if (OrdinaryFields().contains(field->name())) continue;
    if (absl::Status status = query.AddCondition(request, field); !status.ok()) return status;
  }
  return query;
}

bool ListQuery::Matches(const replica::View& view, const DocumentRef& document) const {
  for (const Condition& condition : conditions_) {
    bool met = condition.derived_from != 0 && !TextOf(document, condition.field) &&
               IsDerived(view, document, condition.derived_from, condition.derived_field, condition.text);
    // Absent on the wire and asked for by number: a stored field with presence that is absent is unknown and
    // matches nothing; one without presence is only asked for by a value other than its default.
    for (replica::WireReader reader(document.body); !met && reader.Next();) {
      if (reader.field() != condition.field) continue;
      if (condition.inner_field != 0) {
        for (replica::WireReader inner(reader.bytes()); !met && inner.Next();) {
          met = inner.field() == condition.inner_field && inner.bytes() == condition.text;
        }
      } else if (condition.number) {
        met = !reader.has_bytes() && reader.number() == *condition.number;
      } else {
        met = reader.has_bytes() && reader.bytes() == condition.text;
      }
    }
    if (!met) return false;
  }
  return true;
}

void ListQuery::Take(const DocumentRef& document, const std::string& after, Page& page) const {
  ++page.total;
  if (!after.empty() && document.name <= after) return;
  const size_t bytes = page.bytes + document.body.size();
  const bool fits = page.documents.size() < static_cast<size_t>(page_size_) &&
                    (page.documents.empty() || bytes <= kPageBytesMax);
  // Nothing behind the first that did not fit, so that the last name says where to go on.
  page.more = page.more || !fits;
  if (page.more) return;
  page.documents.push_back(document);
  page.bytes = bytes;
}

ListQuery::Page ListQuery::RunOverReferrers(const replica::View& view, const std::string& target,
                                            const std::string& after) const {
  Page page;
  for (const std::string& name : view.Referrers(target, std::numeric_limits<int>::max())) {
    if (!name.starts_with(prefix_)) continue;
    const std::optional<DocumentRef> document = view.Find(name);
    if (document && document->kind == kind_ && Matches(view, *document)) Take(*document, after, page);
  }
  return page;
}

ListQuery::Page ListQuery::Run(const replica::View& view, const std::string& after) const {
  for (const Condition& condition : conditions_) {
    if (condition.reference) return RunOverReferrers(view, condition.text, after);
  }
  Page page;
  if (!conditions_.empty() || !prefix_.empty()) {
    for (replica::Cursor at = view.Seek(*kind_, prefix_); at.valid() && at.name().starts_with(prefix_);
         at.Next()) {
      const DocumentRef document = at.document();
      if (Matches(view, document)) Take(document, after, page);
    }
    return page;
  }
  for (replica::Cursor at = view.Seek(*kind_, after); at.valid() && !page.more; at.Next()) {
    if (after.empty() || at.name() > after) Take(at.document(), after, page);
  }
  page.total = view.Count(*kind_);
  return page;
}

std::string DigestOfQuery(const Message& request) {
  const std::unique_ptr<Message> bound(request.New());
  bound->CopyFrom(request);
  for (const char* name : {"page_size", "page_token"}) {
    bound->GetReflection()->ClearField(bound.get(), bound->GetDescriptor()->FindFieldByName(name));
  }
  return base::Sha256(absl::StrCat(bound->GetDescriptor()->full_name(), "|", bound->SerializeAsString()));
}

}  // namespace linchpin::serving
