// The state that the next write of a group sees: the head plus the writes accepted before it.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_GROUP_STATE_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_GROUP_STATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/store/commit/group_transaction.h"
#include "services/store/port/head.h"

namespace linchpin::store {

// Ownership: keeps a reference to the head, which must not change meanwhile.
// Thread safety: one thread.
// Cost: memory grows with the names touched; the head is never copied.
class GroupState : public StateReader {
 public:
  explicit GroupState(const StateReader& head);

  int64_t revision() const override { return revision_; }
  std::optional<StoredResource> Find(std::string_view name) const override;
  bool Contains(std::string_view name) const override;
  std::vector<std::string> Referrers(std::string_view name, int limit) const override;
  std::vector<std::string> References(std::string_view name) const override;
  std::vector<std::string> NamesWithPrefix(std::string_view prefix, int limit) const override;
  int64_t CountWithPrefix(std::string_view prefix) const override;

  // An accepted write takes the next revision.
  void Put(StoredResource resource, std::vector<std::string> references);
  void Remove(std::string_view name);
  void Advance() { ++revision_; }

  // Whether a touched name is in the head.
  bool InHead(std::string_view name) const { return touched_.find(name)->second.in_head; }

  // References of all touched names, as the tables must be changed.
  void DiffReferences(GroupRows* rows) const;

 private:
  struct Touched {
    std::optional<StoredResource> resource;  // Nothing: deleted.
    std::vector<std::string> references;
    bool in_head = false;
  };

  // Who refers to a name, of the touched ones.
  using ReferrerIndex = std::map<std::string, std::set<std::string>, std::less<>>;

  Touched& Touch(std::string_view name);
  void Link(const std::string& name, const Touched& touched) const;
  void Unlink(const std::string& name, const Touched& touched) const;
  const ReferrerIndex& TouchedReferrers() const;

  const StateReader& head_;
  int64_t revision_;
  std::map<std::string, Touched, std::less<>> touched_;
  // Made when it is first asked for, which most groups never do, and kept up from then on.
  mutable std::optional<ReferrerIndex> referrers_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_GROUP_STATE_H_
