// What the documents of one service must satisfy beyond the constraints of their protos.
#ifndef LINCHPIN_SERVICES_WRITING_WRITE_RULES_H_
#define LINCHPIN_SERVICES_WRITING_WRITE_RULES_H_

#include <functional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/base/error.h"
#include "services/store/port/head.h"

namespace linchpin::writing {

class StagedState;

// The rules of a service, given to whatever writes its documents. Any of them may be null. They are called
// from any thread, and must not keep state.
struct WriteRules {
  // Adds what is wrong with a document by itself; field paths begin with the prefix ("vendor."). The
  // constraints of its proto have been checked.
  std::function<void(const google::protobuf::Message& document, std::string_view prefix,
                     std::vector<base::FieldViolation>& violations)>
      check_document;
  // What concerns more than one document: the state after the write, whose references all exist.
  std::function<absl::Status(StagedState& state)> check_state;
  // Refuses a delete for reasons that the store does not know.
  std::function<absl::Status(const store::StateReader& state, std::string_view name)> check_delete;
};

// How documents are prepared.
struct WriteSettings {
  bool with_json = false;  // The store keeps JSON beside the document (PostgreSQL).
  WriteRules rules;
};

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_WRITE_RULES_H_
