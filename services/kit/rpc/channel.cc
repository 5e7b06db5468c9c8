#include "services/kit/rpc/channel.h"

#include <grpcpp/grpcpp.h>

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "services/kit/config/file_watch.h"
#include "services/kit/config/secret.h"
#include "services/kit/config/settings_file.h"

namespace linchpin::kit {
namespace {

constexpr size_t kTokenFileMax = 8192;

class WatchedToken final : public TokenFile {
 public:
  explicit WatchedToken(std::string path) : path_(std::move(path)) {}

  absl::Status Start() {
    if (absl::Status status = Load(); !status.ok()) return status;
    // A file that is broken for a moment leaves the old token in use.
    watch_ = std::make_unique<FileWatch>(std::vector<std::string>{path_}, absl::Seconds(1),
                                         [this] { Load().IgnoreError(); });
    return absl::OkStatus();
  }

  void Authorize(grpc::ClientContext& context) const override {
    absl::MutexLock lock(&mutex_);
    context.AddMetadata("authorization", "Bearer " + token_.Reveal());
  }

 private:
  absl::Status Load() {
    auto text = ReadSmallFile(path_, kTokenFileMax);
    if (!text.ok()) return text.status();
    std::string token(absl::StripAsciiWhitespace(*text));
    for (const char c : token) {
      if (c <= ' ' || c > '~')
        return absl::InvalidArgumentError(absl::StrCat(path_, ": holds more than one token"));
    }
    if (token.empty()) return absl::InvalidArgumentError(absl::StrCat(path_, ": is empty"));
    absl::MutexLock lock(&mutex_);
    token_ = Secret(std::move(token));
    return absl::OkStatus();
  }

  const std::string path_;
  mutable absl::Mutex mutex_;
  Secret token_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<FileWatch> watch_;
};

}  // namespace

std::string_view ClientServiceConfig() {
  static constexpr char kText[] =
#include "linchpin/client_service_config.inc"
      ;
  return kText;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(std::string(ClientServiceConfig()));
  arguments.SetMaxReceiveMessageSize(options.message_bytes_max);
  arguments.SetMaxSendMessageSize(options.message_bytes_max);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 5'000);
  return grpc::CreateCustomChannel(
      address, options.credentials ? options.credentials : grpc::InsecureChannelCredentials(), arguments);
}

absl::StatusOr<std::unique_ptr<TokenFile>> TokenFile::Open(const std::string& path) {
  auto file = std::make_unique<WatchedToken>(path);
  if (absl::Status status = file->Start(); !status.ok()) return status;
  return file;
}

}  // namespace linchpin::kit
