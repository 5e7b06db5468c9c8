// The inventory with changes that nobody has written.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_DRAFT_INVENTORY_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_DRAFT_INVENTORY_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "google/protobuf/message.h"
#include "linchpin/inventory/v1/resource.pb.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "services/replica/view.h"
#include "services/resource/kinds.h"

namespace linchpin::risk {

// The message inside; null if there is none.
const google::protobuf::Message* MessageIn(const linchpin::inventory::v1::Resource& resource);
// Its name; empty if there is none.
std::string NameIn(const linchpin::inventory::v1::Resource& resource);
// Puts a resource of any kind of the inventory into its place.
void PutInto(const google::protobuf::Message& message, linchpin::inventory::v1::Resource& resource);

// A view that documents can be written to, as what-if lays changes over one (replica::ViewEditor).
// Ownership: shares views. Thread safety: as a container.
class DraftInventory {
 public:
  explicit DraftInventory(std::shared_ptr<const replica::View> view) : view_(std::move(view)) {}

  // With all that was written.
  const replica::View& view() const { return *view_; }
  bool Contains(std::string_view name) const { return view_->Contains(name); }
  // The document without its output-only fields; nothing if there is none of this kind.
  template <typename T>
  std::optional<T> Read(std::string_view name) const {
    std::optional<T> message = view_->Parse<T>(name);
    if (message.has_value()) resource::ClearOutputOnly(*message);
    return message;
  }
  // The resources of a remedy, all at once.
  void Write(const std::vector<linchpin::risk::v1::RemedyDocument>& documents);

 private:
  std::shared_ptr<const replica::View> view_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_DRAFT_INVENTORY_H_
