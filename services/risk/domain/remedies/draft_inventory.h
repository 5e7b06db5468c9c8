// The inventory with changes that nobody has written.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_DRAFT_INVENTORY_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_DRAFT_INVENTORY_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/engine/graph/facts.h"
#include "services/replica/view.h"
#include "services/resource/kinds.h"

namespace linchpin::risk {

// The message inside; null if there is none.
const google::protobuf::Message* MessageIn(const linchpin::inventory::v1::Resource& resource);
// Its name; empty if there is none.
std::string NameIn(const linchpin::inventory::v1::Resource& resource);
// Puts a resource of any kind of the inventory into its place.
void PutInto(const google::protobuf::Message& message, linchpin::inventory::v1::Resource& resource);

// A view, and documents that stand in for those of it.
// Ownership: shares the view. Thread safety: as a container.
class DraftInventory {
 public:
  explicit DraftInventory(std::shared_ptr<const replica::View> view) : view_(std::move(view)) {}

  const replica::View& view() const { return *view_; }
  bool Contains(std::string_view name) const {
    return changed_.contains(std::string(name)) || view_->Contains(name);
  }
  // The document without its output-only fields; nothing if there is none of this kind.
  template <typename T>
  std::optional<T> Read(std::string_view name) const {
    if (const auto found = changed_.find(std::string(name)); found != changed_.end()) {
      const auto* message = google::protobuf::DynamicCastToGenerated<T>(MessageIn(found->second));
      return message == nullptr ? std::nullopt : std::optional<T>(*message);
    }
    std::optional<T> message = view_->Parse<T>(name);
    if (message.has_value()) resource::ClearOutputOnly(*message);
    return message;
  }
  void Write(const linchpin::inventory::v1::Resource& resource) { changed_[NameIn(resource)] = resource; }

 private:
  std::shared_ptr<const replica::View> view_;
  absl::flat_hash_map<std::string, linchpin::inventory::v1::Resource> changed_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_DRAFT_INVENTORY_H_
