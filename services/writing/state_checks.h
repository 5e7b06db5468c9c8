// What a write must satisfy against the state that it meets.
#ifndef LINCHPIN_SERVICES_WRITING_STATE_CHECKS_H_
#define LINCHPIN_SERVICES_WRITING_STATE_CHECKS_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/base/error.h"
#include "services/store/port/write.h"
#include "services/writing/proposal.h"
#include "services/writing/write_rules.h"

namespace linchpin::writing {

// Lets `decision` name the fields of its references, and adds the service's rules on state. Its deletes
// must be complete, its upserts those of `proposals` in the same order; `owner` keeps those alive.
void AddChecks(std::shared_ptr<const void> owner, std::vector<const Proposal*> proposals,
               const WriteRules& rules, store::Decision& decision);

// Adds the violations that an error carries; none for OK.
void AddViolations(const absl::Status& status, std::vector<base::FieldViolation>& violations);

// ABORTED, ETAG_MISMATCH, unless `etag` is empty or that of `stored`. What is not there has no etag: whoever
// sends one has read a resource that somebody has deleted since.
absl::Status CheckEtag(std::string_view etag, std::string_view name,
                       const std::optional<store::StoredResource>& stored);

// The document of an upsert as its caller sees it after the write, serialized.
std::string ReplyBody(const store::Upsert& upsert, const store::Applied::Stamp& stamp);

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_STATE_CHECKS_H_
