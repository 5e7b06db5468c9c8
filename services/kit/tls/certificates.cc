#include "services/kit/tls/certificates.h"

#include <fcntl.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/kit/config/file_watch.h"
#include "services/kit/config/settings_file.h"
#include "services/kit/listener/socket.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/tls/certificate_check.h"

namespace linchpin::kit {
namespace {

using grpc::experimental::FileWatcherCertificateProvider;
using grpc::experimental::TlsChannelCredentialsOptions;
using grpc::experimental::TlsServerCredentialsOptions;

constexpr size_t kFileMax = 1 << 20;
constexpr unsigned kRefreshSeconds = 1;

// A file in memory under a fixed path that is replaced whole.
//
// gRPC has one way to take new certificates while it serves: it reads files again and again, and believes
// what is in them. So it is given files that only ever hold what has been checked.
class MemoryFile {
 public:
  // The new content comes with a time of its own, by which gRPC notices a change under its feet.
  absl::Status Replace(const std::string& text) {
    Fd next(memfd_create("linchpin-tls", MFD_CLOEXEC));
    if (next.get() < 0 || write(next.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      return absl::ResourceExhaustedError("no memory file");
    }
    const timespec time{1'000'000'000 + ++version_, 0};
    const timespec times[2] = {time, time};
    futimens(next.get(), times);
    if (fd_.get() < 0) {
      fd_ = std::move(next);
    } else if (dup3(next.get(), fd_.get(), O_CLOEXEC) < 0) {
      return absl::ResourceExhaustedError("no memory file");
    }
    return absl::OkStatus();
  }

  // Empty before the first Replace.
  std::string path() const { return fd_.get() < 0 ? "" : absl::StrCat("/proc/self/fd/", fd_.get()); }

 private:
  Fd fd_;
  int64_t version_ = 0;
};

class Store final : public CertificateStore {
 public:
  Store(const CertificateFiles& files, std::string_view use, Log& log)
      : files_(files), use_(use), log_(log) {}

  absl::Status Start(Metrics& metrics) {
    if (absl::Status status = Load(); !status.ok()) return status;
    // Key and chain stand in one file: two could be read half old, half new.
    provider_ = std::make_shared<FileWatcherCertificateProvider>(identity_.path(), identity_.path(),
                                                                 roots_.path(), kRefreshSeconds);
    collector_ = metrics.AddCollector([this](GaugeSink& sink) { Collect(sink); });
    watch_ = std::make_unique<FileWatch>(std::vector<std::string>{files_.chain, files_.key, files_.roots},
                                         absl::Seconds(1), [this] { Reload(); });
    return absl::OkStatus();
  }

  std::shared_ptr<grpc::ServerCredentials> ForServer() override {
    TlsServerCredentialsOptions options(provider_);
    options.watch_identity_key_cert_pairs();
    options.set_identity_cert_name("");
    if (!files_.roots.empty()) {
      options.watch_root_certs();
      options.set_root_cert_name("");
      options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    }
    return grpc::experimental::TlsServerCredentials(options);
  }

  std::shared_ptr<grpc::ChannelCredentials> ForClient() override {
    TlsChannelCredentialsOptions options;
    options.set_certificate_provider(provider_);
    options.watch_root_certs();
    if (!files_.chain.empty()) options.watch_identity_key_cert_pairs();
    return grpc::experimental::TlsCredentials(options);
  }

  absl::Time expires() const override {
    absl::MutexLock lock(&mutex_);
    return expires_;
  }

 private:
  absl::StatusOr<std::string> Read(const std::string& path) const {
    if (path.empty()) return std::string();
    auto text = ReadSmallFile(path, kFileMax);
    if (text.ok() && text->empty()) return absl::InvalidArgumentError(absl::StrCat(path, ": is empty"));
    return text;
  }

  absl::Status Load() {
    auto chain = Read(files_.chain);
    auto key = Read(files_.key);
    auto roots = Read(files_.roots);
    for (const auto* text : {&chain, &key, &roots}) {
      if (!text->ok()) return text->status();
    }
    if (absl::Status status = CheckCertificates(*chain, *key, *roots, absl::Now()); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(files_.chain.empty() ? files_.roots : files_.chain, ": ", status.message()));
    }
    if (!roots->empty()) {
      if (absl::Status status = roots_.Replace(*roots); !status.ok()) return status;
    }
    if (chain->empty()) return absl::OkStatus();
    {
      absl::MutexLock lock(&mutex_);
      expires_ = *CertificateEnd(*chain);
    }
    return identity_.Replace(*key + "\n" + *chain);
  }

  void Reload() {
    const absl::Status status = Load();
    failed_.store(!status.ok());
    if (status.ok()) {
      log_.Info("certificates reloaded",
                {{"use", use_}, {"expires", absl::FormatTime(expires(), absl::UTCTimeZone())}});
    } else {
      log_.Error(
          "certificates could not be reloaded; the previous ones stay in use",
          {{"use", use_}, {"error", std::string_view(status.message().data(), status.message().size())}});
    }
  }

  void Collect(GaugeSink& sink) const {
    const Labels labels = {{"use", use_}};
    sink.Gauge("linchpin_tls_reload_failed",
               "Whether the certificate files are broken; the previous certificates are in use.", labels,
               failed_.load() ? 1 : 0);
    if (files_.chain.empty()) return;
    sink.Gauge("linchpin_tls_certificate_expiry_timestamp_seconds", "When the certificate in use ends.",
               labels, absl::ToDoubleSeconds(expires() - absl::UnixEpoch()));
  }

  const CertificateFiles files_;
  const std::string use_;
  Log& log_;
  MemoryFile identity_;
  MemoryFile roots_;
  mutable absl::Mutex mutex_;
  absl::Time expires_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  std::atomic<bool> failed_{false};
  std::shared_ptr<FileWatcherCertificateProvider> provider_;
  std::unique_ptr<CollectorHandle> collector_;
  std::unique_ptr<FileWatch> watch_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<CertificateStore>> CertificateStore::Create(const CertificateFiles& files,
                                                                           std::string_view use, Log& log,
                                                                           Metrics& metrics) {
  auto store = std::make_unique<Store>(files, use, log);
  if (absl::Status status = store->Start(metrics); !status.ok()) return status;
  return store;
}

}  // namespace linchpin::kit
