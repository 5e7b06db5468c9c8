#include "services/store/port/overlay.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <limits>
#include <utility>

namespace linchpin::store {
namespace {

// Both ascending and distinct. At most `limit` of the union.
std::vector<std::string> Union(const std::vector<std::string>& a, const std::vector<std::string>& b,
                               int limit) {
  std::vector<std::string> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  if (static_cast<int>(both.size()) > limit) both.resize(limit);
  return both;
}

// `limit` and room for every touched name beside it: the state beneath may give a touched one, which does not
// count.
int LimitBeside(int limit, size_t touched) {
  const int64_t sum = int64_t{limit} + static_cast<int64_t>(touched);
  return static_cast<int>(std::min<int64_t>(sum, std::numeric_limits<int>::max()));
}

}  // namespace

Overlay::Overlay(const StateReader& beneath) : beneath_(beneath), revision_(beneath.revision()) {}

std::optional<StoredResource> Overlay::Find(std::string_view name) const {
  auto found = touched_.find(name);
  return found != touched_.end() ? found->second.resource : beneath_.Find(name);
}

bool Overlay::Contains(std::string_view name) const {
  auto found = touched_.find(name);
  return found != touched_.end() ? found->second.resource.has_value() : beneath_.Contains(name);
}

std::vector<std::string> Overlay::Referrers(std::string_view name, int limit) const {
  std::vector<std::string> untouched = beneath_.Referrers(name, LimitBeside(limit, touched_.size()));
  std::erase_if(untouched, [this](const std::string& source) { return touched_.contains(source); });
  const ReferrerIndex& referrers = TouchedReferrers();
  auto found = referrers.find(name);
  if (found == referrers.end()) return Union(untouched, {}, limit);
  return Union(untouched, {found->second.begin(), found->second.end()}, limit);
}

std::vector<std::string> Overlay::References(std::string_view name) const {
  auto found = touched_.find(name);
  return found != touched_.end() ? found->second.references : beneath_.References(name);
}

std::vector<std::string> Overlay::NamesWithPrefix(std::string_view prefix, int limit) const {
  std::vector<std::string> untouched = beneath_.NamesWithPrefix(prefix, LimitBeside(limit, touched_.size()));
  std::erase_if(untouched, [this](const std::string& name) { return touched_.contains(name); });
  std::vector<std::string> mine;
  for (auto it = touched_.lower_bound(prefix); it != touched_.end() && it->first.starts_with(prefix); ++it) {
    if (it->second.resource) mine.push_back(it->first);
  }
  return Union(untouched, mine, limit);
}

int64_t Overlay::CountWithPrefix(std::string_view prefix) const {
  int64_t count = beneath_.CountWithPrefix(prefix);
  for (auto it = touched_.lower_bound(prefix); it != touched_.end() && it->first.starts_with(prefix); ++it) {
    count += (it->second.resource ? 1 : 0) - (it->second.beneath ? 1 : 0);
  }
  return count;
}

Overlay::Touched& Overlay::Touch(std::string_view name) {
  auto [found, is_new] = touched_.try_emplace(std::string(name));
  if (is_new) found->second.beneath = beneath_.Contains(name);
  return found->second;
}

void Overlay::Put(StoredResource resource, std::vector<std::string> references) {
  std::string name = resource.name;
  Touched& touched = Touch(name);
  Unlink(name, touched);
  touched.resource = std::move(resource);
  touched.references = std::move(references);
  Link(name, touched);
}

void Overlay::Remove(std::string_view name) {
  std::string key(name);
  Touched& touched = Touch(name);
  Unlink(key, touched);
  touched.resource.reset();
  touched.references.clear();
}

void Overlay::Link(const std::string& name, const Touched& touched) const {
  if (!referrers_) return;
  for (const std::string& target : touched.references) (*referrers_)[target].insert(name);
}

void Overlay::Unlink(const std::string& name, const Touched& touched) const {
  if (!referrers_) return;
  for (const std::string& target : touched.references) (*referrers_)[target].erase(name);
}

const Overlay::ReferrerIndex& Overlay::TouchedReferrers() const {
  if (!referrers_) {
    referrers_.emplace();
    for (const auto& [name, touched] : touched_) Link(name, touched);
  }
  return *referrers_;
}

Overlay::Touched Overlay::Take(const std::string& name) {
  const auto found = touched_.find(name);
  Unlink(name, found->second);
  Touched taken = std::move(found->second);
  touched_.erase(found);
  return taken;
}

}  // namespace linchpin::store
