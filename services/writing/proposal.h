// One document that somebody wants stored, brought into the form in which it is kept.
#ifndef LINCHPIN_SERVICES_WRITING_PROPOSAL_H_
#define LINCHPIN_SERVICES_WRITING_PROPOSAL_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/base/error.h"
#include "services/resource/kinds.h"
#include "services/store/port/write.h"
#include "services/writing/write_rules.h"

namespace linchpin::writing {

struct Proposal {
  std::string name;
  const resource::KindInfo* kind = nullptr;
  std::string etag;    // What the caller believes to replace; empty: no check.
  std::string prefix;  // Of field paths in errors: "vendor.", "operations[3].upsert.vendor.".
  std::unique_ptr<const google::protobuf::Message> document;  // Without output-only fields, named.
  std::vector<resource::Reference> references;                // Its parent first, if it is nested.
  store::Upsert upsert;
};

// Prepares `document` to be stored as `name`, which must be a name of its kind. Adds what is wrong with it to
// `violations`; the proposal is then of no use. `with_json` also makes the JSON that PostgreSQL keeps for
// people.
Proposal MakeProposal(const resource::KindInfo& kind, std::string_view name,
                      const google::protobuf::Message& document, std::string_view prefix,
                      const WriteSettings& settings, std::vector<base::FieldViolation>& violations);

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_PROPOSAL_H_
