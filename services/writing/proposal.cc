#include "services/writing/proposal.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "services/resource/json/json_writer.h"
#include "services/resource/stable_bytes.h"
#include "services/resource/validate.h"

namespace linchpin::writing {
namespace {

using google::protobuf::Message;

std::vector<std::string> Targets(const std::vector<resource::Reference>& references) {
  std::vector<std::string> targets;
  targets.reserve(references.size());
  for (const resource::Reference& reference : references) targets.push_back(reference.target);
  std::sort(targets.begin(), targets.end());
  targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  return targets;
}

std::string StringField(const Message& document, const char* name) {
  const auto* field = document.GetDescriptor()->FindFieldByName(name);
  return document.GetReflection()->GetString(document, field);
}

}  // namespace

Proposal MakeProposal(const resource::KindInfo& kind, std::string_view name, const Message& document,
                      std::string_view prefix, const WriteSettings& settings,
                      std::vector<base::FieldViolation>& violations) {
  Proposal proposal;
  proposal.name = name;
  proposal.kind = &kind;
  proposal.prefix = prefix;
  proposal.etag = StringField(document, "etag");
  std::unique_ptr<Message> kept(document.New());
  kept->MergeFrom(document);  // Not CopyFrom, whose debug check in the library walks the message.
  resource::ClearOutputOnly(*kept);
  kept->GetReflection()->SetString(kept.get(), kind.descriptor->FindFieldByName("name"), std::string(name));
  kept->DiscardUnknownFields();
  std::vector<base::FieldViolation> found = resource::Violations(*kept, prefix);
  std::move(found.begin(), found.end(), std::back_inserter(violations));
  if (settings.rules.check_document) settings.rules.check_document(*kept, prefix, violations);
  proposal.references = resource::References(*kept);
  proposal.upsert.name = proposal.name;
  proposal.upsert.kind = kind.kind;
  proposal.upsert.body = resource::StableBytes(*kept);
  proposal.upsert.references = Targets(proposal.references);
  if (settings.with_json) proposal.upsert.json = resource::WriteJson(*kept, 0);
  proposal.document = std::move(kept);
  return proposal;
}

}  // namespace linchpin::writing
