#include "services/writing/state_checks.h"

#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/replica/document.h"
#include "services/writing/staged_state.h"

namespace linchpin::writing {

void AddChecks(std::shared_ptr<const void> owner, std::vector<const Proposal*> proposals,
               const WriteRules& rules, store::Decision& decision) {
  const auto kept = std::make_shared<const std::vector<const Proposal*>>(std::move(proposals));
  decision.fields_of = [owner, kept](size_t upsert, std::string_view target) {
    const Proposal& proposal = *(*kept)[upsert];
    std::vector<std::string> fields;
    for (const resource::Reference& reference : proposal.references) {
      if (reference.target == target) fields.push_back(proposal.prefix + reference.field);
    }
    return fields;
  };
  if (!rules.check_state) return;
  decision.check = [owner, kept, check = rules.check_state, deleted = decision.deletes](
                       const store::StateReader& before, const store::StateReader& after) {
    StagedState staged(before, after, *kept, deleted);
    return check(staged);
  };
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
                                    : "; leave the etag out to create it again";
  return base::Error(base::reason::EtagMismatch{.name = name},
                     absl::StrCat("`", std::string(name), "`", what, std::string(etag), remedy));
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
