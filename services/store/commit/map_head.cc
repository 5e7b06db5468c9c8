#include "services/store/commit/map_head.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "services/store/port/resource_store.h"

namespace linchpin::store {

MapHead::MapHead(ReferencesOf references_of) : references_of_(std::move(references_of)) {}

int64_t MapHead::revision() const {
  absl::MutexLock lock(&mutex_);
  return revision_;
}

std::optional<StoredResource> MapHead::Find(std::string_view name) const {
  absl::MutexLock lock(&mutex_);
  auto found = nodes_.find(name);
  if (found == nodes_.end()) return std::nullopt;
  return found->second.resource;
}

bool MapHead::Contains(std::string_view name) const {
  absl::MutexLock lock(&mutex_);
  return nodes_.find(name) != nodes_.end();
}

std::vector<std::string> MapHead::Referrers(std::string_view name, int limit) const {
  absl::MutexLock lock(&mutex_);
  std::vector<std::string> names;
  auto found = referrers_.find(name);
  if (found == referrers_.end()) return names;
  for (const std::string& source : found->second) {
    if (static_cast<int>(names.size()) >= limit) break;
    names.push_back(source);
  }
  return names;
}

std::vector<std::string> MapHead::References(std::string_view name) const {
  absl::MutexLock lock(&mutex_);
  auto found = nodes_.find(name);
  if (found == nodes_.end()) return {};
  return found->second.references;
}

std::vector<std::string> MapHead::NamesWithPrefix(std::string_view prefix, int limit) const {
  absl::MutexLock lock(&mutex_);
  std::vector<std::string> names;
  for (auto it = nodes_.lower_bound(prefix); it != nodes_.end(); ++it) {
    if (static_cast<int>(names.size()) >= limit || !it->first.starts_with(prefix)) break;
    names.push_back(it->first);
  }
  return names;
}

int64_t MapHead::CountWithPrefix(std::string_view prefix) const {
  absl::MutexLock lock(&mutex_);
  int64_t count = 0;
  for (auto it = nodes_.lower_bound(prefix); it != nodes_.end() && it->first.starts_with(prefix); ++it) {
    ++count;
  }
  return count;
}

std::vector<StoredResource> MapHead::List(std::string_view prefix, std::string_view after_name, int limit,
                                          int64_t* revision) const {
  absl::MutexLock lock(&mutex_);
  std::vector<StoredResource> resources;
  *revision = revision_;
  auto it = after_name >= prefix ? nodes_.upper_bound(after_name) : nodes_.lower_bound(prefix);
  for (; it != nodes_.end(); ++it) {
    if (static_cast<int>(resources.size()) >= limit || !it->first.starts_with(prefix)) break;
    resources.push_back(it->second.resource);
  }
  return resources;
}

void MapHead::Apply(absl::Span<const Change> changes) {
  if (changes.empty()) return;
  int64_t revision = changes.back().resource.revision;
  {
    absl::MutexLock lock(&mutex_);
    for (const Change& change : changes) {
      if (change.deleted) {
        Remove(change.resource.name);
      } else {
        Put(change.resource);
      }
    }
    revision_ = revision;
    applied_.NotifyAll();
  }
  if (listener_) listener_(revision);
}

absl::Status MapHead::Reload(ResourceStore& store) {
  std::vector<StoredResource> resources;
  absl::StatusOr<int64_t> revision = store.Scan({}, [&](StoredResource resource) {
    resources.push_back(std::move(resource));
    return absl::OkStatus();
  });
  if (!revision.ok()) return revision.status();
  {
    absl::MutexLock lock(&mutex_);
    nodes_.clear();
    referrers_.clear();
    for (StoredResource& resource : resources) Put(std::move(resource));
    revision_ = *revision;
    applied_.NotifyAll();
  }
  if (listener_) listener_(*revision);
  return absl::OkStatus();
}

bool MapHead::WaitFor(int64_t revision, base::SteadyTime deadline) const {
  absl::MutexLock lock(&mutex_);
  return applied_.Await(mutex_, deadline, [this, revision]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return revision_ >= revision;
  });
}

void MapHead::OnApply(std::function<void(int64_t)> listener) { listener_ = std::move(listener); }

void MapHead::Put(StoredResource resource) {
  Remove(resource.name);
  Node node{std::move(resource), {}};
  node.references = references_of_(node.resource);
  std::sort(node.references.begin(), node.references.end());
  node.references.erase(std::unique(node.references.begin(), node.references.end()), node.references.end());
  for (const std::string& target : node.references) referrers_[target].insert(node.resource.name);
  std::string name = node.resource.name;
  nodes_.insert_or_assign(std::move(name), std::move(node));
}

void MapHead::Remove(const std::string& name) {
  auto found = nodes_.find(name);
  if (found == nodes_.end()) return;
  for (const std::string& target : found->second.references) {
    auto sources = referrers_.find(target);
    sources->second.erase(name);
    if (sources->second.empty()) referrers_.erase(sources);
  }
  nodes_.erase(found);
}

}  // namespace linchpin::store
