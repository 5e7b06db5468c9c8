#include "services/store/commit/decision_check.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/base/text.h"

namespace linchpin::store {
namespace {

using base::Error;

Error Invalid(std::string_view field, std::string_view why) {
  return Error(absl::StatusCode::kInvalidArgument, "FIELD_INVALID",
               absl::StrCat(std::string(field), ": ", std::string(why)))
      .Field(field, why)
      .With("field", field);
}

absl::Status CheckText(std::string_view field, std::string_view text, bool required) {
  if (required && text.empty()) return Invalid(field, "must not be empty");
  if (!IsStorableText(text)) {
    return Invalid(field,
                   absl::StrCat("must be valid UTF-8 without NUL, of at most ", kTextBytesMax, " bytes"));
  }
  return absl::OkStatus();
}

using Names = absl::flat_hash_set<std::string_view>;

absl::Status CheckName(std::string_view name, Names* seen) {
  if (absl::Status status = CheckText("name", name, true); !status.ok()) return status;
  if (seen->insert(name).second) return absl::OkStatus();
  return Invalid("name", absl::StrCat("stands twice in one write: ", std::string(name)));
}

absl::Status CheckShapes(const Decision& decision, Names* upserted, Names* deleted) {
  Names seen;
  seen.reserve(decision.upserts.size() + decision.deletes.size());
  upserted->reserve(decision.upserts.size());
  for (const Upsert& upsert : decision.upserts) {
    if (absl::Status status = CheckName(upsert.name, &seen); !status.ok()) return status;
    if (absl::Status status = CheckText("kind", upsert.kind, true); !status.ok()) return status;
    if (upsert.body.size() > kBodyBytesMax) {
      return Invalid("body", absl::StrCat("must be at most ", kBodyBytesMax, " bytes: ", upsert.name));
    }
    upserted->insert(upsert.name);
  }
  for (const std::string& name : decision.deletes) {
    if (absl::Status status = CheckName(name, &seen); !status.ok()) return status;
    deleted->insert(name);
  }
  return absl::OkStatus();
}

absl::Status CheckReferencesExist(const StateReader& state, const Decision& decision, const Names& upserted,
                                  const Names& deleted) {
  for (const Upsert& upsert : decision.upserts) {
    for (const std::string& target : upsert.references) {
      if (upserted.contains(target)) continue;
      if (!deleted.contains(target) && state.Contains(target)) continue;
      return Error(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND",
                   absl::StrCat(upsert.name, " refers to ", target,
                                ", which does not exist; create it first, or in the same batch"))
          .With("name", upsert.name)
          .With("target", target);
    }
  }
  return absl::OkStatus();
}

absl::Status StillReferenced(std::string_view name, const std::vector<std::string>& referrers, bool more) {
  std::string names = absl::StrJoin(referrers, ", ");
  return Error(absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED",
               absl::StrCat(std::string(name), " is still referred to by ", names, more ? " and others" : "",
                            "; change or delete those first"))
      .With("name", name)
      .With("referrers", absl::StrJoin(referrers, ","))
      .With("count", absl::StrCat(referrers.size(), more ? "+" : ""));
}

// In the order of the decision, so that equal writes get equal refusals.
absl::Status CheckNotReferenced(const StateReader& state, const Decision& decision, const Names& upserted,
                                const Names& deleted) {
  const int touched = static_cast<int>(upserted.size() + deleted.size());
  for (const std::string& name : decision.deletes) {
    std::vector<std::string> left = state.Referrers(name, kReferrersNamed + 1 + touched);
    // What is upserted has had its new references checked; what is deleted goes along.
    std::erase_if(left, [&](const std::string& source) {
      return upserted.contains(source) || deleted.contains(source);
    });
    if (left.empty()) continue;
    bool more = left.size() > kReferrersNamed;
    if (more) left.resize(kReferrersNamed);
    return StillReferenced(name, left, more);
  }
  return absl::OkStatus();
}

}  // namespace

bool IsStorableText(std::string_view text) {
  return text.size() <= kTextBytesMax && text.find('\0') == std::string_view::npos && base::IsUtf8(text);
}

absl::Status CheckTexts(const Write& write) {
  if (absl::Status status = CheckText("principal", write.principal, false); !status.ok()) return status;
  if (absl::Status status = CheckText("method", write.method, false); !status.ok()) return status;
  if (absl::Status status = CheckText("target", write.target, false); !status.ok()) return status;
  return CheckText("request_id", write.request_id, false);
}

absl::Status CheckDecision(const StateReader& state, const Decision& decision) {
  Names upserted, deleted;
  if (absl::Status status = CheckShapes(decision, &upserted, &deleted); !status.ok()) return status;
  if (absl::Status status = CheckReferencesExist(state, decision, upserted, deleted); !status.ok())
    return status;
  return CheckNotReferenced(state, decision, upserted, deleted);
}

}  // namespace linchpin::store
