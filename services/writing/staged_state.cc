#include "services/writing/staged_state.h"

#include <limits>

namespace linchpin::writing {

StagedState::StagedState(const store::StateReader& before, const store::StateReader& after,
                         const std::vector<const Proposal*>& proposals,
                         const std::vector<std::string>& deleted)
    : before_(before), after_(after), proposals_(proposals), deleted_(deleted) {
  by_name_.reserve(proposals.size());
  for (const Proposal* proposal : proposals) by_name_.emplace(proposal->name, proposal);
}

const google::protobuf::Message* StagedState::FindMessage(std::string_view name,
                                                          const google::protobuf::Descriptor* descriptor) {
  if (auto staged = by_name_.find(name); staged != by_name_.end()) {
    const google::protobuf::Message* document = staged->second->document.get();
    return document->GetDescriptor() == descriptor ? document : nullptr;
  }
  auto [parsed, is_new] = parsed_.try_emplace(std::string(name));
  if (is_new) {
    const std::optional<store::StoredResource> stored = after_.Find(name);
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
  return after_.Referrers(name, std::numeric_limits<int>::max());
}

}  // namespace linchpin::writing
