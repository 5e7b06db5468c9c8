// A gRPC service made from its descriptor and a table that binds each method to a handler:
//
//   kit::ServiceBuilder builder(pipeline);
//   builder.OnPool("GetConcentration", wait, kit::Bind(answers, &RiskAnswers::GetConcentration));
//   builder.Stream("SweepCutoffs", wait, kit::BindStream(answers, &RiskAnswers::SweepCutoffs));
//   return builder.Build();
//
// Every call passes the pipeline (services/kit/rpc/pipeline.h) as bytes: its request is parsed only once the
// caller is known and the size is within the limit, and what the handler returns becomes a gRPC status with
// details. Handlers see messages only.
#ifndef LINCHPIN_SERVICES_KIT_RPC_SERVICE_H_
#define LINCHPIN_SERVICES_KIT_RPC_SERVICE_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/kit/rpc/call.h"

namespace grpc {
class Service;
}

namespace linchpin::kit {

class Pipeline;

using google::protobuf::Message;

// Gives a finished status to whoever asked. The first call counts.
using Done = std::function<void(absl::Status)>;

// What a call has to wait for before it is computed, such as a revision. It waits without a thread. Null: for
// nothing.
struct Wait {
  // Whether this request must wait; must be quick. Null: it need not.
  std::function<bool(const Message& request)> due = nullptr;
  // Calls `ready` once, at once or from another thread, with OK or with the reason why the call cannot be
  // answered; by the call's deadline, and soon after the call is cancelled (Call::WhenCancelled).
  std::function<void(Call& call, const Message& request, Done ready)> start = nullptr;
};

// The types of a method as its handler takes them. Null: any, by reflection.
struct MethodTypes {
  const google::protobuf::Descriptor* request = nullptr;
  const google::protobuf::Descriptor* response = nullptr;
};

// Answers a call by filling `response`, which is of the method's type. An answer that is not OK sends no
// message; `response` may then hold anything.
struct Handler {
  std::function<absl::Status(Call& call, const Message& request, Message& response)> run;
  MethodTypes types = {};
};
// The same where the response is there in its serialized form: `wire` goes out as it is.
using BytesHandler = std::function<absl::Status(Call& call, const Message& request, std::string& wire)>;
// Starts to answer; the answer is given when it, or whoever it passed it to, calls `done`, on any thread.
// `request` and `response` live until then. If every copy of `done` is gone without a call, the answer is
// INTERNAL.
struct LaterHandler {
  std::function<void(std::shared_ptr<Call> call, const Message& request, Message& response, Done done)> run;
  MethodTypes types = {};
};
struct StreamHandler {
  std::function<absl::Status(Call& call, const Message& request, MessageWriter& writer)> run;
  MethodTypes types = {};
};

// Builds one service. Names are those of methods in the proto; one that is wrong, bound twice or not at all,
// or whose handler takes other messages, ends the program: only a bug can cause it.
class ServiceBuilder {
 public:
  // For the service of `pipeline`, which must outlive the service, as must whatever handlers refer to.
  explicit ServiceBuilder(Pipeline& pipeline);
  ~ServiceBuilder();

  // Runs the handler on gRPC's own thread. For what reads memory: it must not block and should take less than
  // a millisecond. A call that must wait runs on the pool once it has waited.
  void Inline(std::string_view method, Wait wait, Handler handler);
  void Inline(std::string_view method, Wait wait, BytesHandler handler);

  // Runs the handler on the pipeline's bounded worker pool, where it may compute, but should not wait.
  // OVERLOADED when the pool's queue is full; a call cancelled or past its deadline before its turn is not
  // run.
  void OnPool(std::string_view method, Wait wait, Handler handler);

  // Starts the handler on gRPC's own thread. For what is carried out to its end whether or not the caller is
  // still there, such as a write: a client disconnect does not cancel the call.
  void Later(std::string_view method, LaterHandler handler);
  // The same on the pool, for what has much to compute before it can be carried out; a client disconnect and
  // the end of a drain cancel the call.
  void LaterFromPool(std::string_view method, LaterHandler handler);

  // Runs the handler of a server stream on a thread of its own once it has waited; the number of streams is
  // bounded (OVERLOADED beyond it). A stream of a method named Watch... is stopped as soon as the server
  // drains, any other one at the end of the drain: the caller gets UNAVAILABLE, DRAINING.
  void Stream(std::string_view method, Wait wait, StreamHandler handler);

  // Whether the service has a method of that name.
  bool Has(std::string_view method) const;

  // To be registered with a server. Once.
  std::unique_ptr<grpc::Service> Build();

 private:
  class Table;
  std::unique_ptr<Table> table_;
};

// Handlers of a member function. `object` must outlive the service.
template <typename Object, typename Request, typename Response>
Handler Bind(Object& object, absl::Status (Object::*method)(Call&, const Request&, Response&)) {
  return {[&object, method](Call& call, const Message& request, Message& response) {
            return (object.*method)(call, static_cast<const Request&>(request),
                                    static_cast<Response&>(response));
          },
          {Request::descriptor(), Response::descriptor()}};
}
template <typename Object, typename Request, typename Response>
StreamHandler BindStream(Object& object,
                         absl::Status (Object::*method)(Call&, const Request&, StreamWriter<Response>&)) {
  return {[&object, method](Call& call, const Message& request, MessageWriter& writer) {
            StreamWriter<Response> typed(writer);
            return (object.*method)(call, static_cast<const Request&>(request), typed);
          },
          {Request::descriptor(), Response::descriptor()}};
}

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_SERVICE_H_
