// A view as the state that writes are decided against.
#ifndef LINCHPIN_SERVICES_REPLICA_VIEW_STATE_H_
#define LINCHPIN_SERVICES_REPLICA_VIEW_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/replica/view.h"
#include "services/store/port/head.h"

namespace linchpin::replica {

// Ownership: keeps a reference to the view, which must outlive it.
// Thread safety: immutable.
class ViewState : public store::StateReader {
 public:
  explicit ViewState(const View& view) : view_(view) {}

  int64_t revision() const override { return view_.revision(); }
  std::optional<store::StoredResource> Find(std::string_view name) const override;
  bool Contains(std::string_view name) const override { return view_.Contains(name); }
  std::vector<std::string> Referrers(std::string_view name, int limit) const override {
    return view_.Referrers(name, limit);
  }
  std::vector<std::string> References(std::string_view name) const override;
  std::vector<std::string> NamesWithPrefix(std::string_view prefix, int limit) const override {
    return view_.NamesWithPrefix(prefix, limit);
  }
  int64_t CountWithPrefix(std::string_view prefix) const override { return view_.CountWithPrefix(prefix); }

 private:
  const View& view_;
};

// A stored resource as the views hold it, without its kind. Its views live as long as `resource`.
DocumentRef RefOf(const store::StoredResource& resource);

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_VIEW_STATE_H_
