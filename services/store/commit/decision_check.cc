#include "services/store/commit/decision_check.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"

namespace linchpin::store {
namespace {

using base::Error;

// Of targets that do not exist; the message says how many there are.
constexpr size_t kMissingNamed = 50;

Error Invalid(std::string_view field, std::string_view why) {
  return Error(base::reason::FieldInvalid{.field = field},
               absl::StrCat(std::string(field), ": ", std::string(why)))
      .Field(field, why);
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
  return Invalid("name", absl::StrCat("is written twice by one write: ", std::string(name)));
}

absl::Status CheckShapes(const Decision& decision) {
  Names seen;
  seen.reserve(decision.upserts.size() + decision.deletes.size());
  for (const Upsert& upsert : decision.upserts) {
    if (absl::Status status = CheckName(upsert.name, &seen); !status.ok()) return status;
    if (absl::Status status = CheckText("kind", upsert.kind, true); !status.ok()) return status;
    if (upsert.body.size() > kBodyBytesMax) {
      return Invalid("body", absl::StrCat("must be at most ", kBodyBytesMax, " bytes: ", upsert.name));
    }
  }
  for (const std::string& name : decision.deletes) {
    if (absl::Status status = CheckName(name, &seen); !status.ok()) return status;
  }
  return absl::OkStatus();
}

Overlay Lay(const StateReader& state, Decision& decision) {
  Overlay after(state);
  for (Upsert& upsert : decision.upserts) {
    StoredResource resource;
    resource.name = upsert.name;
    resource.kind = upsert.kind;
    resource.body = std::move(upsert.body);
    after.Put(std::move(resource), std::move(upsert.references));
  }
  for (const std::string& name : decision.deletes) after.Remove(name);
  return after;
}

// A document that refers to what does not exist.
struct Missing {
  size_t upsert = 0;
  std::string_view target;
};

std::vector<Missing> FindMissing(const Overlay& after, const Decision& decision) {
  // In a batch the same few targets are named again and again.
  absl::flat_hash_map<std::string_view, bool> known;
  std::vector<Missing> missing;
  for (size_t i = 0; i < decision.upserts.size(); ++i) {
    for (std::string_view target : after.touched().find(decision.upserts[i].name)->second.references) {
      auto [there, is_new] = known.try_emplace(target, false);
      if (is_new) there->second = after.Contains(target);
      if (!there->second) missing.push_back({i, target});
    }
  }
  return missing;
}

absl::Status CheckReferencesExist(const Overlay& after, const Decision& decision) {
  const std::vector<Missing> missing = FindMissing(after, decision);
  if (missing.empty()) return absl::OkStatus();
  const std::string& source = decision.upserts[missing[0].upsert].name;
  const std::string first(missing[0].target);
  std::string message =
      absl::StrCat("`", source, "` refers to `", first,
                   "`, which does not exist; create it first or in the same batch, or correct the name");
  if (missing.size() > 1) absl::StrAppend(&message, " (and ", missing.size() - 1, " more)");
  Error error(base::reason::ReferenceNotFound{.name = source, .target = first}, message);
  for (size_t i = 0; decision.fields_of && i < missing.size() && i < kMissingNamed; ++i) {
    for (const std::string& field : decision.fields_of(missing[i].upsert, missing[i].target))
      error.Field(field, absl::StrCat("`", std::string(missing[i].target), "` does not exist"));
  }
  return error;
}

absl::Status StillReferenced(std::string_view name, const std::vector<std::string>& referrers, bool more) {
  std::string names = absl::StrJoin(referrers, ", ");
  return Error(base::reason::StillReferenced{.name = name,
                                             .referrers = absl::StrJoin(referrers, ","),
                                             .count = absl::StrCat(referrers.size(), more ? "+" : "")},
               absl::StrCat(std::string(name), " is still referred to by ", names, more ? " and others" : "",
                            "; change or delete those first"));
}

absl::Status CheckNotReferenced(const Overlay& after, const Decision& decision) {
  for (const std::string& name : decision.deletes) {
    std::vector<std::string> left = after.Referrers(name, kReferrersNamed + 1);
    if (left.empty()) continue;
    const bool more = left.size() > kReferrersNamed;
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

absl::StatusOr<Overlay> CheckDecision(const StateReader& state, Decision& decision) {
  if (absl::Status status = CheckShapes(decision); !status.ok()) return status;
  Overlay after = Lay(state, decision);
  if (absl::Status status = CheckReferencesExist(after, decision); !status.ok()) return status;
  if (absl::Status status = CheckNotReferenced(after, decision); !status.ok()) return status;
  if (!decision.check) return after;
  if (absl::Status status = decision.check(state, after); !status.ok()) return status;
  return after;
}

}  // namespace linchpin::store
