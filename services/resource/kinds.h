// The kinds of resource, read once from the annotations of the protos (google.api.resource,
// google.api.resource_reference, linchpin.common.v1.*). Every generic piece of code (validation, store,
// replica, command line) goes by this table, so that a new kind or field needs a proto and nothing else.
#ifndef LINCHPIN_SERVICES_RESOURCE_KINDS_H_
#define LINCHPIN_SERVICES_RESOURCE_KINDS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace linchpin::resource {

// The service that owns a kind.
enum class Area { kInventory, kPolicy, kRisk };

// One kind of resource. Instances live as long as the program; compare by address.
struct KindInfo {
  std::string kind;                   // "BusinessService"
  std::string singular;               // "business_service", as in request fields
  std::string collection;             // "businessServices"; "dependencies" for the nested kind
  std::vector<std::string> patterns;  // "vendors/{vendor}"; two for Dependency
  Area area;
  bool nested;  // lives under a parent resource
  const google::protobuf::Descriptor* descriptor;
  const google::protobuf::Message* prototype;
  std::vector<std::string> knowable_none;
  size_t position = 0;  // In Kinds().

  std::unique_ptr<google::protobuf::Message> New() const;
};

// All kinds, in an order in which what is referred to comes first (vendors ... dependencies).
const std::vector<const KindInfo*>& Kinds();

// Lookups; null when there is no such kind.
const KindInfo* FindKind(std::string_view kind);  // "Vendor"
const KindInfo* FindKindOf(const google::protobuf::Descriptor* descriptor);
const KindInfo* FindKindByWord(
    std::string_view word);  // any of "vendor", "vendors", "Vendor", "business-services"; for people

// The kind that a resource name belongs to by its shape; null if it fits no pattern or an id is malformed.
const KindInfo* KindOfName(std::string_view name);

// Whether `id` is `[a-z]([a-z0-9-]{0,61}[a-z0-9])?`.
bool IsId(std::string_view id);

// "applications/a" of "applications/a/dependencies/d"; empty for a name that is not nested.
std::string_view ParentName(std::string_view name);

// "d" of "applications/a/dependencies/d".
std::string_view IdOf(std::string_view name);

// INVALID_ARGUMENT with FIELD_INVALID on `field` unless `name` is a name of `kind`.
absl::Status CheckName(const KindInfo& kind, std::string_view name, std::string_view field = "name");

// A reference from a document to another resource of the same store.
struct Reference {
  std::string field;         // "alternatives[1].target"
  std::string target;        // "deployments/x"
  const KindInfo* expected;  // null: any kind that the field's comment allows ("*")
};

// Whether a string field can hold the name of another resource: as a reference, or as a value of a fact,
// where some values are names and others (`US`, `none`) are not.
bool MayRefer(const google::protobuf::FieldDescriptor& field);

// The references that a document holds, in field order, the parent of a nested resource first (field "name").
// Policy -> inventory references do not count: only targets of kinds of the document's own area.
std::vector<Reference> References(const google::protobuf::Message& document);

// The resource message's `name`.
const std::string& NameOf(const google::protobuf::Message& document);

// Fields create_time, update_time, revision, etag: cleared for storage.
void ClearOutputOnly(google::protobuf::Message& document);

// The quoted etag of a revision, and back; nullopt if it is not one of ours.
std::string EtagOf(int64_t revision);
std::optional<int64_t> RevisionOfEtag(std::string_view etag);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_KINDS_H_
