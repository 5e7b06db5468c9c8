// Writes that are checked by the policies before they are made.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_CHECKED_CLIENT_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_CHECKED_CLIENT_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "linchpin/policy/v1/change_check.pb.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

struct CheckedWrites {
  // Check every write, even where the server does not ask for it; otherwise only what it refuses unchecked.
  bool always = false;
  // The token of a check that was made before; nothing is then checked here.
  std::string token;
  // Why an admin writes without a check; nothing is then checked here.
  std::string override_why;
  // Told of a verdict that is not PASS, before the write or the refusal. May be null.
  std::function<void(const linchpin::policy::v1::CheckChangeResponse& checked)> on_verdict;
  // Told a line for people. May be null.
  std::function<void(std::string_view line)> note;
  // Waits after `attempts` failed attempts. Null: for a moment.
  std::function<void(int attempts)> wait;
};

// A client whose BatchWrite and Delete... of the inventory carry the token of a check, if the server asks for
// one or `writes` says so. The check and the write are of one revision: where the inventory moves between the
// two, both are made anew, five times at most. A checked deletion is sent as a batch, a forced one
// with the children that it deletes. Other calls pass as they are.
//
// Errors, besides those of the write: FAILED_PRECONDITION, CHECK_DENIED, if policies forbid it; whatever the
//   policy service answers to the check, in words that say that nothing was written; FAILED_PRECONDITION,
//   CHECK_REQUIRED, if it answers without a token where one is needed.
std::unique_ptr<Client> MakeCheckedClient(std::unique_ptr<Client> client, CheckedWrites writes);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_CHECKED_CLIENT_H_
