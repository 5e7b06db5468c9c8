#include "services/kit/auth/tokens.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/kit/config/settings_file.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"

namespace linchpin::kit {
namespace {

constexpr size_t kFileMax = 1 << 20;
constexpr size_t kTokenMax = 4096;
constexpr std::string_view kBearer = "Bearer ";

TokenTable::Hash HashOf(std::string_view token) {
  const std::string digest = base::Sha256(token);
  TokenTable::Hash hash;
  std::copy(digest.begin(), digest.end(), hash.begin());
  return hash;
}

bool Same(const TokenTable::Hash& a, const TokenTable::Hash& b) {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

absl::Status Unauthenticated(std::string_view what) {
  return base::Error(base::reason::TokenInvalid{}, what);
}

bool HasPrefixIgnoringCase(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); ++i) {
    if ((text[i] | 0x20) != (prefix[i] | 0x20)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Principal> TokenTable::FindToken(std::string_view token, absl::Time now) const {
  if (token.size() > kTokenMax) return Unauthenticated("the token is unknown");
  return FindHash(HashOf(token), now);
}

absl::StatusOr<Principal> TokenTable::FindHash(const Hash& hash, absl::Time now) const {
  const Token* found = nullptr;
  for (const Token& candidate : tokens_) {
    if (Same(candidate.hash, hash)) found = &candidate;
  }
  if (found == nullptr) return Unauthenticated("the token is unknown");
  if (now >= found->expires) return Unauthenticated("the token has expired; ask for a new one");
  return found->principal;
}

const Principal* TokenTable::FindCertificate(const std::vector<std::string>& names) const {
  for (const std::string& name : names) {
    for (const Certificate& certificate : certificates_) {
      if (certificate.subject == name) return &certificate.principal;
    }
  }
  return nullptr;
}

std::string HashToken(std::string_view token) {
  const TokenTable::Hash hash = HashOf(token);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

Secret MakeToken() {
  unsigned char bytes[32];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1) std::abort();
  return Secret("lp_" + absl::WebSafeBase64Escape(
                            absl::string_view(reinterpret_cast<const char*>(bytes), sizeof(bytes))));
}

FileAuthenticator::FileAuthenticator(const Options& options, Log& log, Metrics& metrics)
    : options_(options), log_(log), own_token_(MakeToken()), own_hash_(HashOf(own_token_.Reveal())) {
  collector_ = metrics.AddCollector([this](GaugeSink& sink) {
    sink.Gauge("linchpin_auth_reload_failed",
               "Whether the file of tokens could not be reloaded; the previous one is in use.", {},
               failed_.load() ? 1 : 0);
  });
}

FileAuthenticator::~FileAuthenticator() = default;

absl::StatusOr<std::unique_ptr<FileAuthenticator>> FileAuthenticator::Create(const Options& options, Log& log,
                                                                             Metrics& metrics) {
  auto authenticator = std::unique_ptr<FileAuthenticator>(new FileAuthenticator(options, log, metrics));
  if (options.path.empty()) return authenticator;
  if (absl::Status status = authenticator->Load(); !status.ok()) return status;
  FileAuthenticator* self = authenticator.get();
  authenticator->watch_ =
      std::make_unique<FileWatch>(std::vector<std::string>{options.path}, options.reload_interval, [self] {
        const absl::Status status = self->Load();
        self->failed_.store(!status.ok());
        if (status.ok()) {
          self->log_.Info("tokens reloaded", {{"entries", static_cast<int64_t>(self->table()->size())}});
        } else {
          self->log_.Error("tokens could not be reloaded; the previous ones stay in use",
                           {{"error", std::string_view(status.message().data(), status.message().size())}});
        }
      });
  return authenticator;
}

absl::Status FileAuthenticator::Load() {
  auto text = ReadSmallFile(options_.path, kFileMax);
  if (!text.ok()) return text.status();
  auto table = TokenTable::Parse(*text);
  if (!table.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(options_.path, ": ", table.status().message()));
  }
  auto shared = std::make_shared<const TokenTable>(*std::move(table));
  absl::MutexLock lock(&mutex_);
  table_ = std::move(shared);
  return absl::OkStatus();
}

std::shared_ptr<const TokenTable> FileAuthenticator::table() const {
  absl::MutexLock lock(&mutex_);
  return table_;
}

absl::StatusOr<Principal> FileAuthenticator::Authenticate(const Credentials& credentials) const {
  const std::shared_ptr<const TokenTable> table = this->table();
  if (credentials.authorization.empty()) return WithoutToken(credentials, table.get());
  if (!HasPrefixIgnoringCase(credentials.authorization, kBearer)) {
    return Unauthenticated("the metadata authorization must be `Bearer TOKEN`");
  }
  const std::string_view token = credentials.authorization.substr(kBearer.size());
  if (token.size() > kTokenMax) return Unauthenticated("the token is unknown");
  const TokenTable::Hash hash = HashOf(token);
  if (Same(hash, own_hash_)) return Principal{"linchpind", Role::kAdmin};
  // Where no token is asked for, one that a client sends anyway does no harm.
  if (table == nullptr) return WithoutToken(credentials, nullptr);
  return table->FindHash(hash, absl::Now());
}

absl::StatusOr<Principal> FileAuthenticator::WithoutToken(const Credentials& credentials,
                                                          const TokenTable* table) const {
  if (table == nullptr && !options_.certificates_required) return Principal{kAnonymous, Role::kAdmin};
  if (table != nullptr && !table->knows_certificates()) {
    return Unauthenticated("send a token in the metadata authorization: `Bearer TOKEN`");
  }
  const std::vector<std::string> names = credentials.certificate_names();
  if (table == nullptr) {
    if (names.empty()) return Unauthenticated("the client certificate has no name");
    return Principal{names.front(), Role::kAdmin};
  }
  const Principal* principal = table->FindCertificate(names);
  if (principal == nullptr)
    return Unauthenticated("send a token in the metadata authorization: `Bearer TOKEN`");
  return *principal;
}

}  // namespace linchpin::kit
