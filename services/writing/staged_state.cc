#include "services/writing/staged_state.h"

#include <limits>
#include <utility>

namespace linchpin::writing {

void StagedState::Stage(const Proposal& proposal) {
  proposals_.push_back(&proposal);
  by_name_[proposal.name] = &proposal;
  for (const resource::Reference& reference : proposal.references) {
    sources_[reference.target].push_back(proposal.name);
  }
}

void StagedState::StageDelete(std::string_view name) { deleted_.insert(name); }

bool StagedState::Contains(std::string_view name) const {
  if (by_name_.contains(name)) return true;
  return !deleted_.contains(name) && state_.Contains(name);
}

const google::protobuf::Message* StagedState::FindMessage(std::string_view name,
                                                          const google::protobuf::Descriptor* descriptor) {
  if (auto staged = by_name_.find(name); staged != by_name_.end()) {
    const google::protobuf::Message* document = staged->second->document.get();
    return document->GetDescriptor() == descriptor ? document : nullptr;
  }
  if (deleted_.contains(name)) return nullptr;
  auto [parsed, is_new] = parsed_.try_emplace(std::string(name));
  if (is_new) {
    const std::optional<store::StoredResource> stored = state_.Find(name);
    const resource::KindInfo* kind = stored ? resource::FindKind(stored->kind) : nullptr;
    if (kind != nullptr) {
      parsed->second = kind->New();
      if (!parsed->second->ParseFromString(stored->body)) parsed->second = nullptr;
    }
  }
  const google::protobuf::Message* document = parsed->second.get();
  return document != nullptr && document->GetDescriptor() == descriptor ? document : nullptr;
}

std::vector<std::string> StagedState::Referrers(std::string_view name) const {
  std::vector<std::string> names;
  for (std::string& source : state_.Referrers(name, std::numeric_limits<int>::max())) {
    if (!by_name_.contains(source) && !deleted_.contains(source)) names.push_back(std::move(source));
  }
  if (auto staged = sources_.find(name); staged != sources_.end()) {
    for (std::string_view source : staged->second) names.emplace_back(source);
  }
  return names;
}

}  // namespace linchpin::writing
