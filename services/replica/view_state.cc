#include "services/replica/view_state.h"

#include <algorithm>

#include "services/replica/wire/wire_references.h"

namespace linchpin::replica {

std::optional<store::StoredResource> ViewState::Find(std::string_view name) const {
  const std::optional<DocumentRef> document = view_.Find(name);
  if (!document) return std::nullopt;
  store::StoredResource resource;
  resource.name = document->name;
  resource.kind = document->kind->kind;
  resource.revision = document->revision;
  resource.create_time = document->create_time();
  resource.update_time = document->update_time();
  resource.body = document->body;
  return resource;
}

std::vector<std::string> ViewState::References(std::string_view name) const {
  std::vector<std::string> names;
  const std::optional<DocumentRef> document = view_.Find(name);
  if (!document) return names;
  for (std::string_view target : WireReferences(*document->kind, document->body)) names.emplace_back(target);
  if (!document->kind->nested) return names;
  const std::string parent(resource::ParentName(name));
  if (std::find(names.begin(), names.end(), parent) == names.end()) names.push_back(parent);
  return names;
}

DocumentRef RefOf(const store::StoredResource& resource) {
  DocumentRef document;
  document.name = resource.name;
  document.revision = resource.revision;
  document.create_time_us = absl::ToUnixMicros(resource.create_time);
  document.update_time_us = absl::ToUnixMicros(resource.update_time);
  document.body = resource.body;
  return document;
}

}  // namespace linchpin::replica
