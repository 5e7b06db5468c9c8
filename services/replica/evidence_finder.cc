#include "services/replica/evidence_finder.h"

#include <memory>

namespace linchpin::replica {
namespace {

using common::v1::Evidence;

std::vector<Evidence> EvidenceOf(const google::protobuf::Message& document) {
  std::vector<Evidence> all;
  const auto* const field = document.GetDescriptor()->FindFieldByName("evidence");
  if (field == nullptr || field->message_type() != Evidence::descriptor()) return all;
  for (int i = 0; i < document.GetReflection()->FieldSize(document, field); ++i) {
    all.push_back(
        static_cast<const Evidence&>(document.GetReflection()->GetRepeatedMessage(document, field, i)));
  }
  return all;
}

}  // namespace

const EvidenceFinder::All& EvidenceFinder::AllOf(const std::string& resource) {
  const auto [found, is_new] = of_resource_.try_emplace(resource);
  const std::optional<DocumentRef> document = is_new ? view_.Find(resource) : std::nullopt;
  if (!document.has_value()) return found->second;
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(document->kind->descriptor)->New());
  if (ParseInto(*document, *message)) found->second = EvidenceOf(*message);
  return found->second;
}

std::optional<Evidence> EvidenceFinder::Of(const std::string& resource, std::string_view field) {
  const All& all = AllOf(resource);
  for (std::string_view path : {field, field.substr(0, field.find('['))}) {
    for (const Evidence& evidence : all) {
      if (evidence.field_path() == path) return evidence;
    }
  }
  return std::nullopt;
}

}  // namespace linchpin::replica
