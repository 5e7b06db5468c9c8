#include "services/methods/adaptor.h"

#include <utility>

namespace linchpin::methods {

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
        reader_.Await(min_revision, call->deadline(),
                      [call, answer, done = std::move(done)](absl::Status ready) {
                        done(ready.ok() ? answer(*call) : ready);
                      });
      });
}

ServerUnaryReactor* StandardMethods::Write(CallbackServerContext* context, const Message* request,
                                           Message* response, WriteMethod method) {
  return kit::UnaryAsync(pipeline_, context, request, response,
                         [this, request, response, method](Writer::CallPointer call, kit::Done done) {
                           (writer_.*method)(std::move(call), *request, *response, std::move(done));
                         });
}

}  // namespace linchpin::methods
