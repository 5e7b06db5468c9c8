#include "services/policy/domain/findings/finding_owners.h"

#include <memory>

#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

// The field `owner` of a consumer; empty for any other kind.
std::string OwnerIn(const replica::DocumentRef& ref) {
  const auto* field = ref.kind->descriptor->FindFieldByName("owner");
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
    return "";
  }
  const std::unique_ptr<google::protobuf::Message> document = ref.kind->New();
  if (!replica::ParseInto(ref, *document)) return "";
  return document->GetReflection()->GetString(*document, field);
}

}  // namespace

void FindingOwners::AddAssignment(std::string_view assignment, std::string_view owner) {
  assignments_[std::string(assignment)] = std::string(owner);
}

const std::string& FindingOwners::OfConsumer(std::string_view name) {
  const auto known = consumers_.find(name);
  if (known != consumers_.end()) return known->second;
  const auto document = view_.Find(name);
  return consumers_.emplace(name, document ? OwnerIn(*document) : "").first->second;
}

const std::string& FindingOwners::OfSubject(std::string_view name) {
  static const std::string nobody;
  const resource::KindInfo* kind = resource::KindOfName(name);
  if (kind == nullptr) return nobody;
  return OfConsumer(kind->nested ? resource::ParentName(name) : name);
}

const std::string& FindingOwners::Of(const v1::Finding& finding) {
  const std::string& owner = OfSubject(finding.subject());
  if (!owner.empty()) return owner;
  const auto assignment = assignments_.find(finding.assignment());
  return assignment == assignments_.end() ? owner : assignment->second;
}

}  // namespace linchpin::policy
