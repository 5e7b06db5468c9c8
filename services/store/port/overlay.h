// A state of the store with changes laid over it, which nobody has committed.
#ifndef LINCHPIN_SERVICES_STORE_PORT_OVERLAY_H_
#define LINCHPIN_SERVICES_STORE_PORT_OVERLAY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/store/port/head.h"

namespace linchpin::store {

// What a state would be after some changes. The committer lays the writes that it has accepted over the head,
// and the write that it looks at over those.
//
// Ownership: keeps a reference to the state beneath, which must not change meanwhile.
// Thread safety: one thread.
// Cost: memory grows with the names touched; the state beneath is never copied.
class Overlay : public StateReader {
 public:
  // A name that was put or removed.
  struct Touched {
    std::optional<StoredResource> resource;  // Nothing: removed.
    std::vector<std::string> references;
    bool beneath = false;  // The state beneath has the name.
  };

  explicit Overlay(const StateReader& beneath);

  int64_t revision() const override { return revision_; }
  std::optional<StoredResource> Find(std::string_view name) const override;
  bool Contains(std::string_view name) const override;
  std::vector<std::string> Referrers(std::string_view name, int limit) const override;
  std::vector<std::string> References(std::string_view name) const override;
  std::vector<std::string> NamesWithPrefix(std::string_view prefix, int limit) const override;
  int64_t CountWithPrefix(std::string_view prefix) const override;

  void Put(StoredResource resource, std::vector<std::string> references);
  void Remove(std::string_view name);
  void Advance() { ++revision_; }

  // Moves out what was put under a name, which this overlay then shows as the state beneath does. The name
  // must have been put.
  Touched Take(const std::string& name);

  // By name.
  const std::map<std::string, Touched, std::less<>>& touched() const { return touched_; }

 private:
  // Who refers to a name, of the touched ones.
  using ReferrerIndex = std::map<std::string, std::set<std::string>, std::less<>>;

  Touched& Touch(std::string_view name);
  void Link(const std::string& name, const Touched& touched) const;
  void Unlink(const std::string& name, const Touched& touched) const;
  const ReferrerIndex& TouchedReferrers() const;

  const StateReader& beneath_;
  int64_t revision_;
  std::map<std::string, Touched, std::less<>> touched_;
  // Made when it is first asked for, which most writes never do, and kept up from then on.
  mutable std::optional<ReferrerIndex> referrers_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_OVERLAY_H_
