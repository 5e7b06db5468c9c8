// The standard methods of a kind over gRPC. An adaptor derives from XService::CallbackService, has a
// serving::StandardMethods called `standard_`, and one line for each kind, in a namespace where `v1` holds
// the messages:
//
//   LINCHPIN_STANDARD_METHODS(Vendor, Vendors)
#ifndef LINCHPIN_SERVICES_SERVING_ADAPTOR_H_
#define LINCHPIN_SERVICES_SERVING_ADAPTOR_H_

#include <functional>
#include <memory>
#include <string>

#include "google/protobuf/empty.pb.h"
#include "services/kit/rpc/rpc.h"
#include "services/resource/kinds.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace linchpin::serving {

// Answers Get, List, Create, Update and Delete of any kind.
//
// Ownership: keeps references, which must outlive it.
class StandardMethods {
 public:
  using Message = google::protobuf::Message;
  using WriteMethod = void (Writer::*)(Writer::CallPointer, const Message&, Message&, Writer::Done);

  StandardMethods(kit::Pipeline& pipeline, const Reader& reader, Writer& writer)
      : pipeline_(pipeline), reader_(reader), writer_(writer) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context, const Message* request,
                                const std::string& min_revision, Message* response);
  // Get for a method served raw: neither side of it is parsed or serialized by gRPC, and the stored bytes go
  // out as they are. `prototype` is of the request's type, `kind` that of the answer.
  grpc::ServerUnaryReactor* GetBytes(grpc::CallbackServerContext* context, const Message& prototype,
                                     const resource::KindInfo& kind, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response);
  grpc::ServerUnaryReactor* List(grpc::CallbackServerContext* context, const Message* request,
                                 const std::string& min_revision, Message* response);
  grpc::ServerUnaryReactor* Write(grpc::CallbackServerContext* context, const Message* request,
                                  Message* response, WriteMethod method);

  // Answers on the pool, once the revision asked for is there; no thread waits meanwhile. `min_revision` is a
  // field of the request.
  grpc::ServerUnaryReactor* OnceReached(grpc::CallbackServerContext* context, const Message* request,
                                        const std::string& min_revision, Message* response,
                                        std::function<absl::Status(kit::Call&)> answer);

 private:
  grpc::ServerUnaryReactor* Later(grpc::CallbackServerContext* context, const Message* request,
                                  const std::string& min_revision, Message* response,
                                  std::function<absl::Status(kit::Call&)> answer);

  kit::Pipeline& pipeline_;
  const Reader& reader_;
  Writer& writer_;
};

}  // namespace linchpin::serving

// The five standard methods of a kind; all kinds share the functions below.
#define LINCHPIN_STANDARD_METHODS(KIND, KINDS)                                                              \
  grpc::ServerUnaryReactor* Get##KIND(grpc::CallbackServerContext* context,                                 \
                                      const v1::Get##KIND##Request* request, v1::KIND* response) override { \
    return standard_.Get(context, request, request->min_revision(), response);                              \
  }                                                                                                         \
  grpc::ServerUnaryReactor* List##KINDS(grpc::CallbackServerContext* context,                               \
                                        const v1::List##KINDS##Request* request,                            \
                                        v1::List##KINDS##Response* response) override {                     \
    return standard_.List(context, request, request->min_revision(), response);                             \
  }                                                                                                         \
  grpc::ServerUnaryReactor* Create##KIND(grpc::CallbackServerContext* context,                              \
                                         const v1::Create##KIND##Request* request, v1::KIND* response)      \
      override {                                                                                            \
    return standard_.Write(context, request, response, &linchpin::serving::Writer::Create);                 \
  }                                                                                                         \
  grpc::ServerUnaryReactor* Update##KIND(grpc::CallbackServerContext* context,                              \
                                         const v1::Update##KIND##Request* request, v1::KIND* response)      \
      override {                                                                                            \
    return standard_.Write(context, request, response, &linchpin::serving::Writer::Update);                 \
  }                                                                                                         \
  grpc::ServerUnaryReactor* Delete##KIND(grpc::CallbackServerContext* context,                              \
                                         const v1::Delete##KIND##Request* request,                          \
                                         google::protobuf::Empty* response) override {                      \
    return standard_.Write(context, request, response, &linchpin::serving::Writer::Delete);                 \
  }

#endif  // LINCHPIN_SERVICES_SERVING_ADAPTOR_H_
