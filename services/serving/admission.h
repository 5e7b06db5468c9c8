// Whether a change may be written: by the token of a check, where that is asked for.
#ifndef LINCHPIN_SERVICES_SERVING_ADMISSION_H_
#define LINCHPIN_SERVICES_SERVING_ADMISSION_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/kit/auth/signing_keys.h"
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"
#include "services/serving/check_token.h"
#include "services/store/port/log.h"
#include "services/store/port/write.h"

namespace linchpin::serving {

enum class AdmissionMode {
  kOff,      // Tokens are not looked at.
  kWarn,     // A change without a right token is made, logged, counted, and named so in the audit.
  kEnforce,  // It is refused.
};

// "off", "warn", "enforce".
std::optional<AdmissionMode> ParseAdmissionMode(std::string_view text);

// What became of a write that would change something.
enum class AdmissionOutcome {
  kAdmitted,     // The token is right.
  kOverridden,   // It is not, and an admin said why the change is made all the same.
  kMissing,      // There is no token.
  kInvalid,      // It is none that one of the keys signed.
  kExpired,      // Its time is over.
  kMoved,        // It is of another revision, or of another history.
  kOtherChange,  // It is of another change.
  kDenied,       // The verdict of the check forbids the change.
};
inline constexpr std::array<std::string_view, 8> kAdmissionOutcomes = {
    "admitted", "overridden", "missing", "invalid", "expired", "moved", "other-change", "denied"};

struct AdmissionOptions {
  AdmissionMode mode = AdmissionMode::kOff;
  // What tokens may be signed with. Null only where the mode is off.
  std::shared_ptr<const kit::SigningKeys> keys;
  std::function<absl::Time()> now = absl::Now;
  store::LogFunction log;  // May be null.
};

// Ownership: keeps a reference to the source, which must outlive it and every write.
// Thread safety: all members may run at once.
class Admission {
 public:
  // `source` says which history the store is of.
  Admission(AdmissionOptions options, const replica::ViewSource& source);

  // One write on its way. Belongs to the thread that decides the write until that is over, then to whoever is
  // told the result.
  struct Passage;

  // Has the write asked for its token when it is decided, against the revision that it is decided on: what
  // the token says and what is committed can then not differ. A write that changes nothing needs none. Null
  // where the mode is off, or the write only rehearses.
  // Errors: of an override: PERMISSION_DENIED, ROLE_TOO_LOW; FAILED_PRECONDITION, IDENTITY_UNKNOWN;
  //   INVALID_ARGUMENT, FIELD_INVALID. The write is refused with FAILED_PRECONDITION (CHECK_REQUIRED,
  //   CHECK_TOKEN_INVALID, CHECK_TOKEN_EXPIRED, CHECK_OF_ANOTHER_CHANGE, CHECK_DENIED), ABORTED
  //   (REVISION_MISMATCH) or OUT_OF_RANGE (HISTORY_CHANGED).
  absl::StatusOr<std::shared_ptr<Passage>> Guard(const kit::Call& call, store::Write& write) const;

  // To be called with the result of the write, before the call is answered: counts and logs, and says the
  // outcome in the call's trailing metadata.
  void Finish(const Passage& passage, const absl::StatusOr<store::WriteResult>& result, kit::Call& call);

  // How many writes had an outcome, of those that were made and of those that were refused for it.
  int64_t Count(AdmissionOutcome outcome, bool made) const;

  AdmissionMode mode() const { return options_.mode; }

 private:
  absl::StatusOr<std::string> Admit(Passage& passage, const store::PendingChange& change) const;
  absl::Status Judge(Passage& passage, const store::PendingChange& change) const;

  const AdmissionOptions options_;
  const replica::ViewSource& source_;
  std::array<std::atomic<int64_t>, 2 * kAdmissionOutcomes.size()> counts_ = {};
};

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_ADMISSION_H_
