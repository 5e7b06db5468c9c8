// What became of each resource of a write, printed.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_OUTCOME_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_OUTCOME_H_

#include <map>
#include <string>

#include "services/cli/client/batch.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// Prints outcomes as they come: `vendors/a created`, names, lines of JSON; in JSON one object with all of
// them at the end, which Finish writes, also after a refusal: what was written before it stays written.
class OutcomePrinter {
 public:
  explicit OutcomePrinter(const Context& context);
  void Add(const Outcome& outcome);
  void Finish();
  // "3 created, 1 unchanged"; "nothing to do" if there was none.
  std::string Summary() const;

 private:
  const Context& context_;
  const std::string format_;
  std::map<std::string, size_t> counts_;
  std::string json_;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_OUTCOME_H_
