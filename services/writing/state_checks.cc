#include "services/writing/state_checks.h"

#include <iterator>
#include <optional>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/replica/document.h"

namespace linchpin::writing {
namespace {

// More than these help nobody; the message says how many there are.
constexpr int kMissingShown = 50;

absl::Status CheckReferences(StagedState& state) {
  // In a batch the same few targets are named again and again.
  std::unordered_map<std::string_view, bool> known;
  std::vector<std::pair<const Proposal*, const resource::Reference*>> missing;
  for (const Proposal* proposal : state.proposals()) {
    for (const resource::Reference& reference : proposal->references) {
      auto [there, is_new] = known.try_emplace(reference.target, false);
      if (is_new) there->second = state.Contains(reference.target);
      if (!there->second) missing.emplace_back(proposal, &reference);
    }
  }
  if (missing.empty()) return absl::OkStatus();
  const auto& [source, first] = missing.front();
  std::string message =
      absl::StrCat("`", source->name, "` refers to `", first->target,
                   "`, which does not exist; create it first or in the same batch, or correct the name");
  if (missing.size() > 1) absl::StrAppend(&message, " (and ", missing.size() - 1, " more)");
  base::Error error(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND", message);
  error.With("name", source->name).With("target", first->target);
  for (size_t i = 0; i < missing.size() && i < kMissingShown; ++i) {
    const auto& [proposal, reference] = missing[i];
    error.Field(proposal->prefix + reference->field,
                absl::StrCat("`", reference->target, "` does not exist"));
  }
  return error;
}

}  // namespace

absl::Status CheckStaged(StagedState& state, const WriteRules& rules) {
  if (absl::Status status = CheckReferences(state); !status.ok()) return status;
  return rules.check_state ? rules.check_state(state) : absl::OkStatus();
}

void AddViolations(const absl::Status& status, std::vector<base::FieldViolation>& violations) {
  std::optional<base::ErrorDetails> details = base::DetailsOf(status);
  if (!details) return;
  std::move(details->violations.begin(), details->violations.end(), std::back_inserter(violations));
}

absl::Status CheckEtag(std::string_view etag, std::string_view name,
                       const std::optional<store::StoredResource>& stored) {
  if (etag.empty() || (stored && etag == resource::EtagOf(stored->revision))) return absl::OkStatus();
  const std::string what =
      stored ? " has been written since etag " : " does not exist; it has been deleted since etag ";
  const std::string remedy = stored ? "; read it again, repeat the change and send the new etag"
                                    : "; leave the etag out to create it anew";
  return base::Error(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                     absl::StrCat("`", std::string(name), "`", what, std::string(etag), remedy))
      .With("name", name);
}

std::string ReplyBody(const store::Upsert& upsert, const store::Applied::Stamp& stamp) {
  replica::DocumentRef document;
  document.name = upsert.name;
  document.revision = stamp.revision;
  document.create_time_us = absl::ToUnixMicros(stamp.create_time);
  document.update_time_us = absl::ToUnixMicros(stamp.update_time);
  std::string reply = upsert.body;
  replica::AppendOutputOnly(document, reply);
  return reply;
}

}  // namespace linchpin::writing
