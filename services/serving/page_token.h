// Page tokens: where a list goes on, sealed so that nobody builds on what is inside, and bound to the query.
#ifndef LINCHPIN_SERVICES_SERVING_PAGE_TOKEN_H_
#define LINCHPIN_SERVICES_SERVING_PAGE_TOKEN_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linchpin::serving {

// Seals and opens page tokens: AES-256-GCM under a key made from a secret of the installation, so that every
// replica of one installation opens the tokens of every other. The history of the store is sealed in, so that
// a restore makes them void and is told from a wrong token. They grant nothing: without a secret the seal
// guards against mistakes only.
//
// Thread safety: all members may run at once.
class PageTokens {
 public:
  PageTokens(std::string_view history_id, std::string_view secret);

  // A token that goes on after `last_name` in the query whose digest is `query`.
  std::string Seal(std::string_view query, std::string_view last_name) const;

  // The name to go on after.
  // Errors: INVALID_ARGUMENT, PAGE_TOKEN_INVALID, for a token that is not ours or belongs to another query;
  //   OUT_OF_RANGE, HISTORY_CHANGED, for one of this query and another history: start the list again.
  absl::StatusOr<std::string> Open(std::string_view query, std::string_view token) const;

 private:
  std::array<unsigned char, 32> key_;
  std::string history_;  // Its digest.
};

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_PAGE_TOKEN_H_
