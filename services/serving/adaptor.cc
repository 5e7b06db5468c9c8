#include "services/serving/adaptor.h"

#include <memory>
#include <utility>

#include "services/serving/request_fields.h"

namespace linchpin::serving {

using google::protobuf::Message;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

ServerUnaryReactor* StandardMethods::Get(CallbackServerContext* context, const Message* request,
                                         const std::string& min_revision, Message* response) {
  if (reader_.MustWait(min_revision)) {
    return Later(context, request, min_revision, response, [this, request, response](kit::Call& call) {
      return reader_.Get(call, *request, *response);
    });
  }
  return kit::Unary(pipeline_, context, request, response,
                    [&](kit::Call& call) { return reader_.Get(call, *request, *response); });
}

ServerUnaryReactor* StandardMethods::GetBytes(CallbackServerContext* context, const Message& prototype,
                                              const resource::KindInfo& kind, const grpc::ByteBuffer* request,
                                              grpc::ByteBuffer* response) {
  const std::shared_ptr<Message> parsed(prototype.New());
  grpc::Slice slice;
  if (!request->DumpToSingleSlice(&slice).ok() ||
      !parsed->ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    // What gRPC itself answers to bytes that are no request.
    ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status(grpc::StatusCode::INTERNAL, "the request does not parse"));
    return reactor;
  }
  auto answer = [this, parsed, &kind, response](kit::Call& call) {
    std::string wire;
    absl::Status status = reader_.GetBytes(call, *parsed, kind, wire);
    if (!status.ok()) return status;
    const grpc::Slice bytes(wire);
    *response = grpc::ByteBuffer(&bytes, 1);
    return status;
  };
  const std::string& min_revision = RequestFields(*parsed).String("min_revision");
  if (reader_.MustWait(min_revision)) return Later(context, parsed.get(), min_revision, nullptr, answer);
  return kit::Unary(pipeline_, context, parsed.get(), nullptr, answer);
}

ServerUnaryReactor* StandardMethods::List(CallbackServerContext* context, const Message* request,
                                          const std::string& min_revision, Message* response) {
  return OnceReached(context, request, min_revision, response, [this, request, response](kit::Call& call) {
    return reader_.List(call, *request, *response);
  });
}

ServerUnaryReactor* StandardMethods::OnceReached(CallbackServerContext* context, const Message* request,
                                                 const std::string& min_revision, Message* response,
                                                 std::function<absl::Status(kit::Call&)> answer) {
  if (reader_.MustWait(min_revision))
    return Later(context, request, min_revision, response, std::move(answer));
  return kit::UnaryOnPool(pipeline_, context, request, response, std::move(answer));
}

ServerUnaryReactor* StandardMethods::Later(CallbackServerContext* context, const Message* request,
                                           const std::string& min_revision, Message* response,
                                           std::function<absl::Status(kit::Call&)> answer) {
  return kit::UnaryAsync(
      pipeline_, context, request, response,
      [this, &min_revision, answer = std::move(answer)](Writer::CallPointer call, kit::Done done) {
        reader_.Await(*call, min_revision, [call, answer, done = std::move(done)](absl::Status ready) {
          done(ready.ok() ? answer(*call) : ready);
        });
      });
}

ServerUnaryReactor* StandardMethods::Write(CallbackServerContext* context, const Message* request,
                                           Message* response, WriteMethod method) {
  return kit::UnaryToTheEnd(pipeline_, context, request, response,
                            [this, request, response, method](Writer::CallPointer call, kit::Done done) {
                              (writer_.*method)(std::move(call), *request, *response, std::move(done));
                            });
}

}  // namespace linchpin::serving
