#include "services/kit/auth/signing_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/sha256.h"
#include "services/kit/auth/tokens.h"
#include "services/kit/config/settings_file.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"

namespace linchpin::kit {
namespace {

constexpr size_t kFileMax = 64 << 10;

absl::Status Wrong(int line, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("line ", line, ": ", std::string(what)));
}

// Without blanks around it: an editor leaves them, and nobody sees them.
std::string_view Trimmed(std::string_view line) {
  constexpr std::string_view kBlank = " \t\r";
  const size_t begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kBlank) + 1 - begin);
}

absl::Status AddKey(std::string_view key, int line, SigningKeys::List& keys) {
  if (key.size() < SigningKeys::kKeyBytesMin || key.size() > SigningKeys::kKeyBytesMax) {
    return Wrong(line,
                 absl::StrCat("the key has ", key.size(), " characters; give it ", SigningKeys::kKeyBytesMin,
                              " to ", SigningKeys::kKeyBytesMax, ", such as `openssl rand -hex 32` prints"));
  }
  for (const Secret& known : keys) {
    if (known.Reveal() == key) return Wrong(line, "the key is listed twice");
  }
  if (keys.size() == SigningKeys::kKeysMax) {
    return Wrong(line, absl::StrCat("more than ", SigningKeys::kKeysMax, " keys; remove old ones"));
  }
  keys.emplace_back(std::string(key));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SigningKeys::List> SigningKeys::Parse(std::string_view text) {
  List keys;
  for (int line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view key = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (key.empty() || key.front() == '#') continue;
    if (absl::Status status = AddKey(key, line, keys); !status.ok()) return status;
  }
  if (keys.empty())
    return absl::InvalidArgumentError("holds no key; write one a line, the one that signs first");
  return keys;
}

SigningKeys::SigningKeys(List keys) : keys_(std::make_shared<const List>(std::move(keys))) {}

SigningKeys::~SigningKeys() = default;

std::unique_ptr<SigningKeys> SigningKeys::Random() {
  List keys;
  keys.push_back(MakeToken());
  return std::make_unique<SigningKeys>(std::move(keys));
}

absl::StatusOr<std::unique_ptr<SigningKeys>> SigningKeys::Open(const std::string& path, Log& log,
                                                               Metrics& metrics,
                                                               absl::Duration reload_interval) {
  auto keys = std::make_unique<SigningKeys>(List());
  if (absl::Status status = keys->Load(path); !status.ok()) return status;
  SigningKeys* self = keys.get();
  keys->collector_ = metrics.AddCollector([self](GaugeSink& sink) {
    sink.Gauge("linchpin_admission_keys_reload_failed",
               "Whether the file of keys could not be reloaded; the previous ones are in use.", {},
               self->failed_.load() ? 1 : 0);
  });
  keys->watch_ =
      std::make_unique<FileWatch>(std::vector<std::string>{path}, reload_interval, [self, path, &log] {
        const absl::Status status = self->Load(path);
        self->failed_.store(!status.ok());
        if (status.ok()) {
          log.Info("admission keys reloaded", {{"keys", static_cast<int64_t>(self->Current()->size())}});
        } else {
          log.Error("admission keys could not be reloaded; the previous ones stay in use",
                    {{"error", std::string_view(status.message().data(), status.message().size())}});
        }
      });
  return keys;
}

absl::Status SigningKeys::Load(const std::string& path) {
  auto text = ReadSmallFile(path, kFileMax);
  if (!text.ok()) return text.status();
  auto keys = Parse(*text);
  if (!keys.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", keys.status().message()));
  absl::MutexLock lock(&mutex_);
  keys_ = std::make_shared<const List>(*std::move(keys));
  return absl::OkStatus();
}

std::shared_ptr<const SigningKeys::List> SigningKeys::Current() const {
  absl::MutexLock lock(&mutex_);
  return keys_;
}

std::string Sign(const Secret& key, std::string_view text) {
  std::string signature(base::kSha256Bytes, '\0');
  const std::string& bytes = key.Reveal();
  HMAC(EVP_sha256(), bytes.data(), static_cast<int>(bytes.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(),
       reinterpret_cast<unsigned char*>(signature.data()), nullptr);
  return signature;
}

bool IsSignedBy(const SigningKeys::List& keys, std::string_view text, std::string_view signature) {
  if (signature.size() != base::kSha256Bytes) return false;
  bool found = false;
  for (const Secret& key : keys) {
    const std::string right = Sign(key, text);
    if (CRYPTO_memcmp(right.data(), signature.data(), right.size()) == 0) found = true;
  }
  return found;
}

}  // namespace linchpin::kit
