#include "services/store/port/audit_chain.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "services/base/sha256.h"
#include "services/store/port/resource_store.h"

namespace linchpin::store {
namespace {

constexpr int64_t kPage = 10'000;

void PutNumber(int64_t number, std::string* out) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(static_cast<uint64_t>(number) >> shift));
  }
}

void PutText(std::string_view text, std::string* out) {
  PutNumber(static_cast<int64_t>(text.size()), out);
  out->append(text);
}

absl::Status Broken(int64_t number, std::string_view what) {
  return absl::DataLossError(absl::StrCat("audit row ", number, " ", std::string(what)));
}

// Takes the rows in order.
class Verifier {
 public:
  explicit Verifier(const std::vector<AuditAnchor>& anchors) : anchors_(anchors) {}

  absl::Status Take(const AuditRow& row) {
    const int64_t expected = chain_.newest.number + 1;
    if (row.number != expected) return Broken(expected, "is missing");
    if (absl::Status status = CheckDigest(row); !status.ok()) return status;
    for (const AuditAnchor& anchor : anchors_) {
      if (anchor.number == row.number && anchor.digest != row.digest) {
        return Broken(row.number, "has another digest than the one that was noted");
      }
    }
    ++chain_.rows;
    chain_.newest = {row.number, row.digest};
    return absl::OkStatus();
  }

  absl::StatusOr<AuditChain> Finish(const StoreInfo& info) const {
    if (chain_.newest.number < info.audit_number) return Broken(chain_.newest.number + 1, "is missing");
    if (chain_.newest.digest != info.audit_digest) {
      return Broken(chain_.newest.number, "has another digest than the store holds for the newest row");
    }
    for (const AuditAnchor& anchor : anchors_) {
      if (anchor.number > chain_.newest.number) return Broken(anchor.number, "was noted and is missing");
    }
    return chain_;
  }

 private:
  absl::Status CheckDigest(const AuditRow& row) {
    const bool chained = !chain_.newest.digest.empty();
    if (row.digest.empty() && !chained) {
      ++chain_.unchained;
      return absl::OkStatus();
    }
    if (row.digest.empty()) return Broken(row.number, "has no digest");
    if (row.previous != chain_.newest.digest) return Broken(row.number, "does not follow the row before it");
    if (row.digest != AuditDigest(row)) return Broken(row.number, "was changed");
    return absl::OkStatus();
  }

  const std::vector<AuditAnchor>& anchors_;
  AuditChain chain_;
};

}  // namespace

std::string AuditDigest(const AuditRow& row) {
  std::string bytes;
  bytes.reserve(256);
  PutText(row.previous, &bytes);
  PutNumber(row.number, &bytes);
  PutNumber(absl::ToUnixMicros(row.time), &bytes);
  for (const std::string* text : {&row.principal, &row.method, &row.request_id, &row.target}) {
    PutText(*text, &bytes);
  }
  PutNumber(row.code, &bytes);
  PutText(row.reason, &bytes);
  PutNumber(row.revision, &bytes);
  return base::Sha256(bytes);
}

absl::StatusOr<AuditChain> VerifyRows(const std::vector<AuditRow>& rows, const StoreInfo& info,
                                      const std::vector<AuditAnchor>& anchors) {
  Verifier verifier(anchors);
  for (const AuditRow& row : rows) {
    if (absl::Status status = verifier.Take(row); !status.ok()) return status;
  }
  return verifier.Finish(info);
}

absl::StatusOr<AuditChain> VerifyAudit(ResourceStore& store, const std::vector<AuditAnchor>& anchors) {
  absl::StatusOr<StoreInfo> info = store.Info();
  if (!info.ok()) return info.status();
  Verifier verifier(anchors);
  for (int64_t after = 0; after < info->audit_number;) {
    absl::StatusOr<std::vector<AuditRow>> rows =
        store.ReadAudit(after, std::min(kPage, info->audit_number - after));
    if (!rows.ok()) return rows.status();
    if (rows->empty()) break;
    for (const AuditRow& row : *rows) {
      // Written while this goes on, or beyond a gap that the verifier will name.
      if (row.number > info->audit_number) break;
      if (absl::Status status = verifier.Take(row); !status.ok()) return status;
    }
    after = rows->back().number;
  }
  return verifier.Finish(*info);
}

}  // namespace linchpin::store
