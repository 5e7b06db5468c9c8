// An inventory for a test, from the YAML that people write.
#ifndef LINCHPIN_TESTS_SUPPORT_INVENTORY_TEXT_H_
#define LINCHPIN_TESTS_SUPPORT_INVENTORY_TEXT_H_

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "services/replica/view.h"

namespace linchpin::testing_support {

// What a text holds: inventory documents as a view, all others in order.
struct InventoryText {
  std::shared_ptr<const replica::View> view;
  std::vector<std::unique_ptr<google::protobuf::Message>> others;

  // Those of one kind.
  template <typename T>
  std::vector<T> All() const {
    std::vector<T> found;
    for (const auto& message : others) {
      if (message->GetDescriptor() == T::descriptor()) found.push_back(static_cast<const T&>(*message));
    }
    return found;
  }
};

// Reads a multi-document YAML text; `apiVersion` may be left out. Every document gets the revision of the
// view. Errors in the text fail the running test and end the program: a test cannot go on without its facts.
InventoryText ReadInventory(std::string_view yaml, int64_t revision = 1);

// A view of these documents (of the inventory), in any order.
std::shared_ptr<const replica::View> MakeView(const std::vector<const google::protobuf::Message*>& documents,
                                              int64_t revision = 1);

}  // namespace linchpin::testing_support

#endif  // LINCHPIN_TESTS_SUPPORT_INVENTORY_TEXT_H_
