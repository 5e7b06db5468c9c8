// A Client that answers from functions by method name, and keeps what it was asked.
#ifndef LINCHPIN_TESTS_UNIT_CLI_FAKE_CLIENT_H_
#define LINCHPIN_TESTS_UNIT_CLI_FAKE_CLIENT_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "services/base/error.h"
#include "services/cli/client/client.h"
#include "services/cli/run.h"

namespace linchpin::cli {

// The error as a client gets it: with the id under which the server logged the call.
inline absl::Status WithRequestId(const absl::Status& error, const std::string& id) {
  base::ErrorDetails details = *base::DetailsOf(error);
  details.metadata["request_id"] = id;
  return base::WithDetails(error.code(), std::string(error.message()), details);
}

// What the services answer in a test. Methods that were not given answer UNIMPLEMENTED.
struct FakeServices {
  using Handler = std::function<absl::Status(const google::protobuf::Message&, google::protobuf::Message&)>;

  std::map<std::string, Handler> handlers;
  std::vector<std::string> calls;
  // Metadata sent with the call that is being answered, and those to send back with it.
  CallMetadata sent;
  CallMetadata answered;

  template <typename Request, typename Response>
  void On(const std::string& method, std::function<absl::Status(const Request&, Response&)> handler) {
    handlers[method] = [handler](const google::protobuf::Message& request,
                                 google::protobuf::Message& response) {
      return handler(dynamic_cast<const Request&>(request), dynamic_cast<Response&>(response));
    };
  }
};

class FakeClient : public Client {
 public:
  explicit FakeClient(FakeServices& services) : services_(services) {}

  absl::Status Call(const std::string&, const std::string& method, const google::protobuf::Message& request,
                    google::protobuf::Message& response) override {
    services_.calls.push_back(method);
    const auto handler = services_.handlers.find(method);
    if (handler == services_.handlers.end()) return absl::UnimplementedError("no method " + method);
    return handler->second(request, response);
  }

  absl::Status CallWith(const CallMetadata& sent, CallMetadata& received, const std::string& service,
                        const std::string& method, const google::protobuf::Message& request,
                        google::protobuf::Message& response) override {
    services_.sent = sent;
    services_.answered.clear();
    const absl::Status status = Call(service, method, request, response);
    services_.sent.clear();
    received = services_.answered;
    return status;
  }

  absl::Status Stream(const std::string& service, const std::string& method,
                      const google::protobuf::Message& request, google::protobuf::Message& part,
                      const std::function<void()>& on_part) override {
    absl::Status status = Call(service, method, request, part);
    if (status.ok()) on_part();
    return status;
  }

 private:
  FakeServices& services_;
};

// One run of the program against fake services.
struct RunResult {
  int code = 0;
  std::string out;
  std::string err;
};

inline RunResult RunWith(FakeServices& services, const std::vector<std::string>& words,
                         const std::string& input = "",
                         const std::map<std::string, std::string>& variables = {}, bool terminal = false,
                         absl::Time now = absl::FromUnixSeconds(1'700'000'000)) {
  std::istringstream in(input);
  std::ostringstream out, err;
  const Environment environment{in,
                                out,
                                err,
                                terminal,
                                terminal,
                                100,
                                [&](const std::string& name) -> std::optional<std::string> {
                                  const auto found = variables.find(name);
                                  if (found == variables.end()) return std::nullopt;
                                  return found->second;
                                },
                                [&](const Arguments&) -> absl::StatusOr<std::unique_ptr<Client>> {
                                  return std::make_unique<FakeClient>(services);
                                },
                                [now] { return now; }};
  RunResult result;
  result.code = Run(words, environment);
  result.out = out.str();
  result.err = err.str();
  return result;
}

}  // namespace linchpin::cli

#endif  // LINCHPIN_TESTS_UNIT_CLI_FAKE_CLIENT_H_
