// Keys that services of one installation share to sign what they tell one another through their callers.
#ifndef LINCHPIN_SERVICES_KIT_AUTH_SIGNING_KEYS_H_
#define LINCHPIN_SERVICES_KIT_AUTH_SIGNING_KEYS_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/kit/config/file_watch.h"
#include "services/kit/config/secret.h"

namespace linchpin::kit {

class CollectorHandle;
class Log;
class Metrics;

// The newest first: that one signs. All of them are accepted, so that a key is changed without a gap: add the
// new one below, make it the first once every process has read it, then take the old one away.
//
// Thread safety: all members may run at once.
class SigningKeys {
 public:
  using List = std::vector<Secret>;
  static constexpr size_t kKeysMax = 4;
  static constexpr size_t kKeyBytesMin = 32;
  static constexpr size_t kKeyBytesMax = 1024;

  // Reads one key a line; empty lines and lines that begin with `#` are passed over.
  // Errors: INVALID_ARGUMENT, naming the line: a key that is too short or too long, the same key twice, too
  //   many, none. The keys themselves are in no message.
  static absl::StatusOr<List> Parse(std::string_view text);

  // Reads the file, and reads it again when it changes. A file that has become wrong is logged, shown by the
  // gauge linchpin_admission_keys_reload_failed, and not used: the keys read before stay in force. Log and
  // metrics must outlive it.
  static absl::StatusOr<std::unique_ptr<SigningKeys>> Open(const std::string& path, Log& log,
                                                           Metrics& metrics,
                                                           absl::Duration reload_interval = absl::Seconds(1));
  // One key made here, for a process that has nobody to share it with.
  static std::unique_ptr<SigningKeys> Random();
  explicit SigningKeys(List keys);
  ~SigningKeys();

  // Never empty.
  std::shared_ptr<const List> Current() const;

 private:
  absl::Status Load(const std::string& path);

  mutable absl::Mutex mutex_;
  std::shared_ptr<const List> keys_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> failed_{false};
  std::unique_ptr<CollectorHandle> collector_;
  std::unique_ptr<FileWatch> watch_;
};

// HMAC-SHA256 of `text`, 32 bytes.
std::string Sign(const Secret& key, std::string_view text);
// Whether one of the keys made `signature`. Takes the same time whatever the signature is.
bool IsSignedBy(const SigningKeys::List& keys, std::string_view text, std::string_view signature);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_AUTH_SIGNING_KEYS_H_
