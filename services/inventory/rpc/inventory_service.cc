#include "services/inventory/rpc/inventory_service.h"

#include <utility>

#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "services/inventory/rpc/batch.h"
#include "services/kit/rpc/rpc.h"
#include "services/serving/adaptor.h"

namespace linchpin::inventory {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class InventoryService final : public v1::InventoryService::CallbackService {
 public:
  InventoryService(kit::Pipeline& pipeline, const replica::ViewSource& source, const serving::Reader& reader,
                   serving::Writer& writer, Watcher& watcher)
      : pipeline_(pipeline),
        source_(source),
        reader_(reader),
        writer_(writer),
        watcher_(watcher),
        standard_(pipeline, reader, writer) {
    ServeGetAsBytes();
  }

  LINCHPIN_STANDARD_METHODS(Vendor, Vendors)
  LINCHPIN_STANDARD_METHODS(Host, Hosts)
  LINCHPIN_STANDARD_METHODS(Licence, Licences)
  LINCHPIN_STANDARD_METHODS(Model, Models)
  LINCHPIN_STANDARD_METHODS(Deployment, Deployments)
  LINCHPIN_STANDARD_METHODS(Route, Routes)
  LINCHPIN_STANDARD_METHODS(Application, Applications)
  LINCHPIN_STANDARD_METHODS(BusinessService, BusinessServices)
  LINCHPIN_STANDARD_METHODS(Dependency, Dependencies)

  ServerUnaryReactor* BatchGet(CallbackServerContext* context, const v1::BatchGetRequest* request,
                               v1::BatchGetResponse* response) override {
    return standard_.OnceReached(context, request, request->min_revision(), response,
                                 [this, request, response](kit::Call& call) {
                                   return inventory::BatchGet(reader_, call, *request, *response);
                                 });
  }

  ServerUnaryReactor* BatchWrite(CallbackServerContext* context, const v1::BatchWriteRequest* request,
                                 v1::BatchWriteResponse* response) override {
    return kit::UnaryAsyncOnPool(
        pipeline_, context, request, response,
        [this, request, response](serving::Writer::CallPointer call, kit::Done done) {
          inventory::BatchWrite(writer_, source_, std::move(call), *request, *response, std::move(done));
        });
  }

  grpc::ServerWriteReactor<v1::WatchResponse>* Watch(CallbackServerContext* context,
                                                     const v1::WatchRequest* request) override {
    return kit::StreamOnThread<v1::WatchResponse>(
        pipeline_, context, request,
        [this, request](kit::Call& call, kit::StreamWriter<v1::WatchResponse>& writer) {
          return watcher_.Watch(call, *request, writer);
        });
  }

 private:
  // Get of every kind, in place of the typed methods above: the documents are kept in the form in which they
  // go out.
  void ServeGetAsBytes() {
    using Handler = grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>;
    const auto* service = v1::Resource::descriptor()->file()->FindServiceByName("InventoryService");
    for (const resource::KindInfo* kind : resource::Kinds()) {
      if (kind->area != resource::Area::kInventory) continue;
      const auto* method = service->FindMethodByName("Get" + kind->kind);
      const auto* prototype =
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(method->input_type());
      MarkMethodRawCallback(
          method->index(),
          new Handler([this, kind, prototype](CallbackServerContext* context, const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
            return standard_.GetBytes(context, *prototype, *kind, request, response);
          }));
    }
  }

  kit::Pipeline& pipeline_;
  const replica::ViewSource& source_;
  const serving::Reader& reader_;
  serving::Writer& writer_;
  Watcher& watcher_;
  serving::StandardMethods standard_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeInventoryService(kit::Pipeline& pipeline,
                                                    const replica::ViewSource& source,
                                                    const serving::Reader& reader, serving::Writer& writer,
                                                    Watcher& watcher) {
  return std::make_unique<InventoryService>(pipeline, source, reader, writer, watcher);
}

}  // namespace linchpin::inventory
