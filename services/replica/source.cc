#include "services/replica/source.h"

#include <algorithm>
#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::replica {
namespace {

constexpr size_t kTokenMax = 256;

absl::Status NotAToken(std::string_view field) {
  return base::FieldError(field,
                          "is neither a revision nor a revision token; send one that a server returned");
}

}  // namespace

void ViewSource::WhenReached(int64_t revision, base::SteadyTime deadline, Unknown unknown, Reached reached,
                             const OnCancel& on_cancel) {
  const uint64_t waiter = AddWaiter(revision, deadline, unknown, std::move(reached));
  if (waiter != 0 && on_cancel) on_cancel([this, waiter] { GiveUp(waiter); });
}

absl::StatusOr<std::shared_ptr<const View>> ViewSource::WaitFor(int64_t revision, base::SteadyTime deadline,
                                                                const OnCancel& on_cancel) {
  std::shared_ptr<const View> view = Current();
  if (view != nullptr && view->revision() >= revision) return view;
  absl::StatusOr<std::shared_ptr<const View>> result;
  absl::Notification done;
  const auto reached = [&](absl::StatusOr<std::shared_ptr<const View>> view) {
    result = std::move(view);
    done.Notify();
  };
  WhenReached(revision, deadline, Unknown::kAwait, reached, on_cancel);
  done.WaitForNotification();
  return result;
}

std::string MakeRevisionToken(const HistoryRevision& at) {
  return absl::WebSafeBase64Escape(absl::StrCat(at.revision, ".", at.history_id));
}

std::optional<HistoryRevision> OpenRevisionToken(std::string_view token) {
  HistoryRevision at;
  std::string opened;
  if (token.size() > kTokenMax ||
      !absl::WebSafeBase64Unescape(absl::string_view(token.data(), token.size()), &opened)) {
    return std::nullopt;
  }
  const size_t dot = opened.find('.');
  if (dot == std::string::npos || !absl::SimpleAtoi(opened.substr(0, dot), &at.revision) || at.revision < 0) {
    return std::nullopt;
  }
  at.history_id = opened.substr(dot + 1);
  return at;
}

std::string ViewSource::RevisionToken(int64_t revision) const {
  return MakeRevisionToken({revision, history_id()});
}

absl::StatusOr<int64_t> ViewSource::ParseRevisionToken(std::string_view token, std::string_view field) const {
  int64_t revision = 0;
  if (token.empty()) return 0;
  if (token.size() <= kTokenMax &&
      absl::SimpleAtoi(absl::string_view(token.data(), token.size()), &revision)) {
    return revision >= 0 ? absl::StatusOr<int64_t>(revision) : NotAToken(field);
  }
  const std::optional<HistoryRevision> opened = OpenRevisionToken(token);
  if (!opened) return NotAToken(field);
  if (opened->history_id != history_id()) {
    return base::Error(
        base::reason::HistoryChanged{},
        "the token is of another history of the inventory, which was restored from a backup; start "
        "again without a token");
  }
  return opened->revision;
}

}  // namespace linchpin::replica
