#include "services/inventory/rpc/inventory_service.h"

#include <utility>

#include "google/protobuf/empty.pb.h"
#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "services/kit/rpc.h"

namespace linchpin::inventory {
namespace {

using google::protobuf::Empty;
using google::protobuf::Message;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;
using Done = std::function<void(absl::Status)>;
using CallPointer = std::shared_ptr<kit::Call>;

// The five standard methods of a kind; all kinds share the functions below.
#define LINCHPIN_STANDARD_METHODS(KIND, KINDS)                                                               \
  ServerUnaryReactor* Get##KIND(CallbackServerContext* context, const v1::Get##KIND##Request* request,       \
                                v1::KIND* response) override {                                               \
    return Get(context, request, request->min_revision(), response);                                         \
  }                                                                                                          \
  ServerUnaryReactor* List##KINDS(CallbackServerContext* context, const v1::List##KINDS##Request* request,   \
                                  v1::List##KINDS##Response* response) override {                            \
    return List(context, request, request->min_revision(), response);                                        \
  }                                                                                                          \
  ServerUnaryReactor* Create##KIND(CallbackServerContext* context, const v1::Create##KIND##Request* request, \
                                   v1::KIND* response) override {                                            \
    return Write(context, request, response, &Writer::Create);                                               \
  }                                                                                                          \
  ServerUnaryReactor* Update##KIND(CallbackServerContext* context, const v1::Update##KIND##Request* request, \
                                   v1::KIND* response) override {                                            \
    return Write(context, request, response, &Writer::Update);                                               \
  }                                                                                                          \
  ServerUnaryReactor* Delete##KIND(CallbackServerContext* context, const v1::Delete##KIND##Request* request, \
                                   Empty* response) override {                                               \
    return Write(context, request, response, &Writer::Delete);                                               \
  }

class InventoryService final : public v1::InventoryService::CallbackService {
 public:
  InventoryService(kit::Pipeline& pipeline, const Reader& reader, Writer& writer, Watcher& watcher)
      : pipeline_(pipeline), reader_(reader), writer_(writer), watcher_(watcher) {}

  LINCHPIN_STANDARD_METHODS(Vendor, Vendors)
  LINCHPIN_STANDARD_METHODS(Host, Hosts)
  LINCHPIN_STANDARD_METHODS(Licence, Licences)
  LINCHPIN_STANDARD_METHODS(Model, Models)
  LINCHPIN_STANDARD_METHODS(Deployment, Deployments)
  LINCHPIN_STANDARD_METHODS(Application, Applications)
  LINCHPIN_STANDARD_METHODS(BusinessService, BusinessServices)
  LINCHPIN_STANDARD_METHODS(Dependency, Dependencies)

  ServerUnaryReactor* BatchGet(CallbackServerContext* context, const v1::BatchGetRequest* request,
                               v1::BatchGetResponse* response) override {
    auto answer = [this, request, response](kit::Call& call) {
      return reader_.BatchGet(call, *request, *response);
    };
    if (reader_.MustWait(request->min_revision())) {
      return Later(context, request, request->min_revision(), response, answer);
    }
    return kit::UnaryOnPool(pipeline_, context, request, response, answer);
  }

  ServerUnaryReactor* BatchWrite(CallbackServerContext* context, const v1::BatchWriteRequest* request,
                                 v1::BatchWriteResponse* response) override {
    return kit::UnaryOnPool(
        pipeline_, context, request, response,
        [this, request, response](kit::Call& call) { return writer_.BatchWrite(call, *request, *response); });
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
  ServerUnaryReactor* Get(CallbackServerContext* context, const Message* request,
                          const std::string& min_revision, Message* response) {
    if (reader_.MustWait(min_revision)) {
      return Later(context, request, min_revision, response, [this, request, response](kit::Call& call) {
        return reader_.Get(call, *request, *response);
      });
    }
    return kit::Unary(pipeline_, context, request, response,
                      [&](kit::Call& call) { return reader_.Get(call, *request, *response); });
  }

  ServerUnaryReactor* List(CallbackServerContext* context, const Message* request,
                           const std::string& min_revision, Message* response) {
    auto answer = [this, request, response](kit::Call& call) {
      return reader_.List(call, *request, *response);
    };
    if (reader_.MustWait(min_revision)) return Later(context, request, min_revision, response, answer);
    return kit::UnaryOnPool(pipeline_, context, request, response, answer);
  }

  // Answers once the revision asked for is there; no thread waits meanwhile.
  ServerUnaryReactor* Later(CallbackServerContext* context, const Message* request,
                            const std::string& min_revision, Message* response,
                            std::function<absl::Status(kit::Call&)> answer) {
    return kit::UnaryAsync(pipeline_, context, request, response,
                           [this, &min_revision, answer = std::move(answer)](CallPointer call, Done done) {
                             reader_.Await(min_revision, call->deadline(),
                                           [call, answer, done = std::move(done)](absl::Status ready) {
                                             done(ready.ok() ? answer(*call) : ready);
                                           });
                           });
  }

  using WriteMethod = void (Writer::*)(CallPointer, const Message&, Message&, Done);
  ServerUnaryReactor* Write(CallbackServerContext* context, const Message* request, Message* response,
                            WriteMethod method) {
    return kit::UnaryAsync(pipeline_, context, request, response,
                           [this, request, response, method](CallPointer call, Done done) {
                             (writer_.*method)(std::move(call), *request, *response, std::move(done));
                           });
  }

  kit::Pipeline& pipeline_;
  const Reader& reader_;
  Writer& writer_;
  Watcher& watcher_;
};

#undef LINCHPIN_STANDARD_METHODS

}  // namespace

std::unique_ptr<grpc::Service> MakeInventoryService(kit::Pipeline& pipeline, const Reader& reader,
                                                    Writer& writer, Watcher& watcher) {
  return std::make_unique<InventoryService>(pipeline, reader, writer, watcher);
}

}  // namespace linchpin::inventory
