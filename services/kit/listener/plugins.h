// Keeps what libraries add to every gRPC server of a process (reflection) off one of them.
#ifndef LINCHPIN_SERVICES_KIT_LISTENER_PLUGINS_H_
#define LINCHPIN_SERVICES_KIT_LISTENER_PLUGINS_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <vector>

namespace linchpin::kit {

inline std::unique_ptr<grpc::ServerBuilderOption> WithoutPlugins() {
  class Option final : public grpc::ServerBuilderOption {
   public:
    void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
    void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
      plugins->clear();
    }
  };
  return std::make_unique<Option>();
}

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LISTENER_PLUGINS_H_
