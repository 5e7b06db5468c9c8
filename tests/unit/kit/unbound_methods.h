// Handlers for the methods of a service that a test does not speak of.
#ifndef LINCHPIN_TESTS_UNIT_KIT_UNBOUND_METHODS_H_
#define LINCHPIN_TESTS_UNIT_KIT_UNBOUND_METHODS_H_

#include <set>
#include <string>

#include "absl/status/status.h"
#include "google/protobuf/descriptor.h"
#include "services/kit/rpc/service.h"

namespace linchpin::kit {

// Binds every method of `service` but those in `bound` to UNIMPLEMENTED, so that the service may grow.
inline void BindTheRest(const std::string& service, const std::set<std::string>& bound,
                        ServiceBuilder& builder) {
  const auto* descriptor = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(service);
  for (int i = 0; i < descriptor->method_count(); ++i) {
    const auto& method = *descriptor->method(i);
    if (bound.count(method.name()) > 0) continue;
    if (method.server_streaming()) {
      builder.Stream(
          method.name(), {},
          {[](Call&, const Message&, MessageWriter&) { return absl::UnimplementedError("not in this test"); },
           {}});
    } else {
      builder.Inline(method.name(), {},
                     Handler{[](Call&, const Message&, Message&) {
                               return absl::UnimplementedError("not in this test");
                             },
                             {}});
    }
  }
}

}  // namespace linchpin::kit

#endif  // LINCHPIN_TESTS_UNIT_KIT_UNBOUND_METHODS_H_
