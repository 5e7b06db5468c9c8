#include "services/cli/client/follow.h"

#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::cli {
namespace {

using google::protobuf::Message;

constexpr char kToken[] = "resume_token";

void TakeToken(const Message& part, Message& request) {
  const auto* given = part.GetDescriptor()->FindFieldByName(kToken);
  const std::string token = part.GetReflection()->GetString(part, given);
  if (token.empty()) return;
  request.GetReflection()->SetString(&request, request.GetDescriptor()->FindFieldByName(kToken), token);
}

// Whether the stream was ended by time, the transport or our own slowness, and goes on with the last token.
bool Resumes(const absl::Status& status) {
  return status.code() == absl::StatusCode::kDeadlineExceeded ||
         status.code() == absl::StatusCode::kUnavailable || base::Is<base::reason::WatcherTooSlow>(status);
}

}  // namespace

absl::Status Follow(Client& client, const std::string& service, const std::string& method, Message& request,
                    Message& part, const std::function<void()>& on_part) {
  while (true) {
    bool heard = false;
    const absl::Status status = client.Stream(service, method, request, part, [&] {
      heard = true;
      on_part();
      TakeToken(part, request);
    });
    // Nothing was heard: there is nobody to go on with.
    if (status.ok() || !Resumes(status) || !heard) return status;
  }
}

}  // namespace linchpin::cli
