// Bearer tokens and client certificates: who they belong to and what they allow.
#ifndef LINCHPIN_SERVICES_KIT_AUTH_TOKENS_H_
#define LINCHPIN_SERVICES_KIT_AUTH_TOKENS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/sha256.h"
#include "services/kit/auth/authenticator.h"
#include "services/kit/config/file_watch.h"
#include "services/kit/config/secret.h"

namespace linchpin::kit {

class CollectorHandle;
class Log;
class Metrics;

// The file of tokens:
//
//   tokens:
//     - name: ci                # the principal, as it stands in the audit
//       role: editor            # viewer, editor, approver or admin
//       sha256: 9f86d0...       # of the token, in hexadecimal; the token itself is nowhere
//       expires: 2027-01-01T00:00:00Z   # optional
//   certificates:
//     - name: policy
//       role: viewer
//       subject: policy.internal   # common name or alternative name of the client certificate
//
// A name may stand there more than once: a new token is added before the old one is taken away.
//
// Thread safety: immutable.
class TokenTable {
 public:
  static constexpr int kEntriesMax = 1000;
  using Hash = std::array<unsigned char, base::kSha256Bytes>;

  // Errors: INVALID_ARGUMENT, naming the entry: an unknown key or role, a hash or time that is none, two
  // entries of one hash.
  static absl::StatusOr<TokenTable> Parse(const std::string& yaml);

  // The principal of a token; UNAUTHENTICATED, TOKEN_INVALID, if it is unknown or expired. Takes the same
  // time whatever the token is, as many entries as there are.
  absl::StatusOr<Principal> FindToken(std::string_view token, absl::Time now) const;
  absl::StatusOr<Principal> FindHash(const Hash& hash, absl::Time now) const;
  // The principal of the first of the names that has an entry; null if none has.
  const Principal* FindCertificate(const std::vector<std::string>& names) const;

  bool knows_certificates() const { return !certificates_.empty(); }
  size_t size() const { return tokens_.size() + certificates_.size(); }

 private:
  struct Token {
    Principal principal;
    Hash hash;
    absl::Time expires;
  };
  struct Certificate {
    Principal principal;
    std::string subject;
  };
  friend class TokenParser;

  std::vector<Token> tokens_;
  std::vector<Certificate> certificates_;
};

// SHA-256 in hexadecimal, as the file has it.
std::string HashToken(std::string_view token);

// A new token: 256 random bits, `lp_` before them.
Secret MakeToken();

// Believes tokens and certificates of a file, and tokens made for this process.
class FileAuthenticator final : public Authenticator {
 public:
  struct Options {
    // Empty: there is not a file, and every caller is an anonymous admin, or, with `certificates_required`,
    // an admin by the name in its certificate.
    std::string path;
    bool certificates_required = false;
    absl::Duration reload_interval = absl::Seconds(1);
  };

  // Errors: those of TokenTable::Parse. Log and metrics must outlive it. A file that has become wrong is
  // logged, shown by the gauge linchpin_auth_reload_failed, and not used: what was read before stays in
  // force.
  static absl::StatusOr<std::unique_ptr<FileAuthenticator>> Create(const Options& options, Log& log,
                                                                   Metrics& metrics);
  ~FileAuthenticator() override;

  // A token for calls of this process to itself, over channels in it: an admin named `linchpind`.
  const Secret& own_token() const { return own_token_; }

  absl::StatusOr<Principal> Authenticate(const Credentials& credentials) const override;

 private:
  FileAuthenticator(const Options& options, Log& log, Metrics& metrics);
  absl::Status Load();
  absl::StatusOr<Principal> WithoutToken(const Credentials& credentials, const TokenTable* table) const;
  std::shared_ptr<const TokenTable> table() const;

  const Options options_;
  Log& log_;
  const Secret own_token_;
  TokenTable::Hash own_hash_;
  mutable absl::Mutex mutex_;
  std::shared_ptr<const TokenTable> table_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> failed_{false};
  std::unique_ptr<CollectorHandle> collector_;
  std::unique_ptr<FileWatch> watch_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_AUTH_TOKENS_H_
