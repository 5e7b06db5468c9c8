#include "services/cli/import/fact_question_reach.h"

#include <utility>

#include "services/resource/kinds.h"

namespace linchpin::cli {

using google::protobuf::Message;

std::vector<std::string> SupportsOf(const Message& resource) {
  std::vector<std::string> names;
  for (const resource::Reference& reference : resource::References(resource)) {
    const bool counts = reference.field != "name" && reference.field.rfind("ownerships", 0) != 0;
    if (counts) names.push_back(reference.target);
  }
  return names;
}

Reach::Reach(const Standing& standing) {
  for (const auto& [name, resource] : standing.by_name()) {
    number_.emplace(name, static_cast<uint32_t>(resources_.size()));
    resources_.push_back(resource);
  }
  supports_.resize(resources_.size());
  for (uint32_t i = 0; i < resources_.size(); ++i) Connect(i);
}

uint32_t Reach::AddThing() {
  supports_.emplace_back();
  return static_cast<uint32_t>(supports_.size() - 1);
}

std::vector<size_t> Reach::CountFrom(const std::string& kind) const {
  std::vector<size_t> counts(supports_.size(), 0);
  std::vector<uint32_t> met_by(supports_.size(), UINT32_MAX);
  bool any = false;
  for (uint32_t root = 0; root < resources_.size(); ++root) {
    if (resources_[root]->GetDescriptor()->name() != kind) continue;
    any = true;
    Walk(root, met_by, counts);
  }
  return any ? counts : std::vector<size_t>();
}

void Reach::Connect(uint32_t i) {
  // A consumer rests on its dependencies, which lie below it.
  const std::string& name = resource::NameOf(*resources_[i]);
  const auto parent = number_.find(std::string(resource::ParentName(name)));
  if (parent != number_.end()) supports_[parent->second].push_back(i);
  for (const std::string& support : SupportsOf(*resources_[i])) {
    const auto found = number_.find(support);
    if (found != number_.end()) supports_[i].push_back(found->second);
  }
}

void Reach::Walk(uint32_t root, std::vector<uint32_t>& met_by, std::vector<size_t>& counts) const {
  std::vector<uint32_t> open = {root};
  met_by[root] = root;
  while (!open.empty()) {
    const uint32_t at = open.back();
    open.pop_back();
    ++counts[at];
    for (const uint32_t next : supports_[at]) {
      if (met_by[next] == root) continue;
      met_by[next] = root;
      open.push_back(next);
    }
  }
}

}  // namespace linchpin::cli
