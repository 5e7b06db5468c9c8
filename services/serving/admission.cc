#include "services/serving/admission.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/sha256.h"
#include "services/base/text.h"
#include "services/kit/auth/admission_metadata.h"
#include "services/kit/auth/authenticator.h"
#include "services/writing/change_digest.h"

namespace linchpin::serving {
namespace {

namespace reason = base::reason;
using Outcome = AdmissionOutcome;

constexpr size_t kOverrideBytesMax = 200;
constexpr std::string_view kCheckAgain = "check the change again (`linchpin check`) and send the new token";

std::string_view NameOf(Outcome outcome) { return kAdmissionOutcomes[static_cast<size_t>(outcome)]; }

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d%ET%H:%M:%SZ", time, absl::UTCTimeZone());
}

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// Whoever passes by the check must be an admin, must be known by name, and must say why.
absl::Status CheckOverride(const kit::Call& call, std::string_view why) {
  if (call.role() < kit::Role::kAdmin) {
    return base::Error(
        reason::RoleTooLow{.role = kit::RoleName(call.role()), .required = kit::RoleName(kit::Role::kAdmin)},
        absl::StrCat("to write without a check needs the role admin; ", call.principal(), " has ",
                     std::string(kit::RoleName(call.role()))));
  }
  if (call.principal() == kit::kAnonymous) {
    return base::Error(
        reason::IdentityUnknown{.principal = call.principal()},
        "the audit must name who writes without a check, and this server does not authenticate its callers; "
        "give each person a token or a certificate (setting `auth-tokens-file`)");
  }
  if (why.find_first_not_of(' ') == std::string_view::npos || why.size() > kOverrideBytesMax ||
      !IsPrintable(why)) {
    return base::FieldError(kit::kOverrideKey,
                            absl::StrCat("must say why the change is made without a check, in 1 to ",
                                         kOverrideBytesMax, " printable ASCII characters"));
  }
  return absl::OkStatus();
}

absl::Status Required(int64_t revision) {
  return base::Error(
      reason::CheckRequired{.revision = revision},
      "this inventory takes a change only once it has been checked against the policies; run `linchpin "
      "apply`, which checks and then writes, or send the token of CheckChange in the metadata "
      "linchpin-check-token");
}

absl::Status Expired(absl::Time at) {
  return base::Error(reason::CheckTokenExpired{.expire_time = TimeText(at)},
                     base::Cat({"the check expired at ", TimeText(at), "; ", kCheckAgain}));
}

absl::Status OtherHistory() {
  return base::Error(
      reason::HistoryChanged{},
      base::Cat({"the change was checked in another history of the inventory, which was restored from a "
                 "backup; ",
                 kCheckAgain}));
}

absl::Status Moved(int64_t checked, int64_t revision) {
  return base::Error(
      reason::RevisionMismatch{.expected = checked, .revision = revision},
      absl::StrCat("the change was checked at revision ", checked, ", and the inventory is at ", revision,
                   " now, where the verdict may be another; ", std::string(kCheckAgain)));
}

absl::Status OtherChange(int64_t revision) {
  return base::Error(
      reason::CheckOfAnotherChange{.revision = revision},
      absl::StrCat("the check at revision ", revision,
                   " was of another change than this write makes; check exactly what is to be written, "
                   "as one write"));
}

absl::Status Denied(const CheckedChange& token) {
  return base::Error(
      reason::CheckDenied{.policy_set_digest = base::Hex(token.policy_set_digest)},
      "policies forbid this change; `linchpin check` says which findings it would introduce or worsen");
}

}  // namespace

struct Admission::Passage {
  std::string text;          // The token as it was sent.
  std::string override_why;  // Empty: nobody wants to write without a check.
  // Of the last time that the write was decided; nothing: it was not asked.
  std::optional<Outcome> outcome;
  std::string note;       // Of a token that is right: what the audit says of it.
  std::string described;  // Who, which method and on what, for the log.
};

std::optional<AdmissionMode> ParseAdmissionMode(std::string_view text) {
  if (text == "off") return AdmissionMode::kOff;
  if (text == "warn") return AdmissionMode::kWarn;
  if (text == "enforce") return AdmissionMode::kEnforce;
  return std::nullopt;
}

Admission::Admission(AdmissionOptions options, const replica::ViewSource& source)
    : options_(std::move(options)), source_(source) {}

absl::StatusOr<std::shared_ptr<Admission::Passage>> Admission::Guard(const kit::Call& call,
                                                                     store::Write& write) const {
  if (options_.mode == AdmissionMode::kOff || write.validate_only) return nullptr;
  auto passage = std::make_shared<Passage>();
  passage->text = std::string(call.Metadata(kit::kCheckTokenKey).value_or(""));
  if (const auto why = call.Metadata(kit::kOverrideKey)) {
    if (absl::Status status = CheckOverride(call, *why); !status.ok()) return status;
    passage->override_why = std::string(*why);
  }
  passage->described = absl::StrCat(write.principal, " ", write.method, " ", write.target);
  write.admit = [this, passage](const store::PendingChange& change) { return Admit(*passage, change); };
  return passage;
}

// Says in `passage.outcome` what is amiss, and returns what the caller is told of it.
absl::Status Admission::Judge(Passage& passage, const store::PendingChange& change) const {
  const auto found = [&passage](Outcome outcome, absl::Status status) {
    passage.outcome = outcome;
    return status;
  };
  if (passage.text.empty()) return found(Outcome::kMissing, Required(change.revision));
  const absl::StatusOr<CheckedChange> token = OpenCheckToken(passage.text, *options_.keys->Current());
  if (!token.ok()) return found(Outcome::kInvalid, token.status());
  if (options_.now() >= token->expire_time) return found(Outcome::kExpired, Expired(token->expire_time));
  if (token->history_id != source_.history_id()) return found(Outcome::kMoved, OtherHistory());
  // Before the digest: over another state the same request may have another effect.
  if (token->revision != change.revision)
    return found(Outcome::kMoved, Moved(token->revision, change.revision));
  if (token->change_digest != writing::ChangeDigest(change))
    return found(Outcome::kOtherChange, OtherChange(token->revision));
  if (token->verdict == kVerdictDeny) return found(Outcome::kDenied, Denied(*token));
  passage.outcome = Outcome::kAdmitted;
  passage.note =
      base::Cat({"checked: ", token->verdict, " by policies ", base::Hex(token->policy_set_digest)});
  return absl::OkStatus();
}

absl::StatusOr<std::string> Admission::Admit(Passage& passage, const store::PendingChange& change) const {
  const absl::Status judged = Judge(passage, change);
  if (judged.ok()) return passage.note;
  if (!passage.override_why.empty()) {
    passage.outcome = Outcome::kOverridden;
    return base::Cat({"check overridden (", base::ReasonOf(judged), "): ", passage.override_why});
  }
  if (options_.mode == AdmissionMode::kEnforce) return judged;
  return base::Cat({"not checked: ", NameOf(*passage.outcome)});
}

void Admission::Finish(const Passage& passage, const absl::StatusOr<store::WriteResult>& result,
                       kit::Call& call) {
  if (!passage.outcome) return;
  const Outcome outcome = *passage.outcome;
  const bool passed = outcome == Outcome::kAdmitted || outcome == Outcome::kOverridden;
  // What failed for another reason was neither made nor refused for the check.
  if (!result.ok() && (passed || options_.mode == AdmissionMode::kWarn)) return;
  counts_[2 * static_cast<size_t>(outcome) + (result.ok() ? 1 : 0)].fetch_add(1);
  if (!result.ok()) return;
  call.Trailer(kit::kAdmissionKey, std::string(NameOf(outcome)));
  if (outcome == Outcome::kAdmitted || !options_.log) return;
  options_.log(store::LogLevel::kWarning, "a change was made without the check that is asked for",
               base::Cat({NameOf(outcome), ": ", passage.described}));
}

int64_t Admission::Count(AdmissionOutcome outcome, bool made) const {
  return counts_[2 * static_cast<size_t>(outcome) + (made ? 1 : 0)].load();
}

}  // namespace linchpin::serving
