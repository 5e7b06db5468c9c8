// Names as people give them: completed to the whole, and looked for where an answer is empty, so that a wrong
// name never reads as "there are none".
#ifndef LINCHPIN_SERVICES_CLI_NAMES_H_
#define LINCHPIN_SERVICES_CLI_NAMES_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/client/client.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

// "vendors/openai" of "openai" or "vendors/openai"; errors of usage name the form.
absl::StatusOr<std::string> FullName(const resource::KindInfo& kind, std::string_view given);

// "applications/claims" of "claims": the one resource with that id, of any kind of the inventory but nested
// ones, or an assignment. A whole name is returned as it is, whether it exists or not.
// Errors: usage, if it is the id of several or no name at all; NOT_FOUND with the nearest.
absl::StatusOr<std::string> NameOfAnyKind(Client& client, std::string_view given);

// The same of each, in order; the first error ends it.
absl::StatusOr<std::vector<std::string>> NamesOfAnyKind(Client& client,
                                                        const std::vector<std::string>& given);

// The resource that a person means by `given`: the one of that name; else the one of the kind whose id,
// display name, alias or upstream id has the same letters and digits; else the one that the catalogue knows
// under that spelling (`aws`, `gpt4o`). `note` hears of every name that was not taken as it stands. Errors:
// usage, if several fit or `given` is not a name of the kind; NOT_FOUND with the nearest. Without a server
// that answers, the name as completed by FullName, so that the call that needs it reports the failure.
absl::StatusOr<std::string> ResolveName(Client& client, const resource::KindInfo& kind,
                                        std::string_view given,
                                        const std::function<void(std::string_view)>& note);

// `cn` is CN: the country in capitals; nullopt if it is none.
std::optional<std::string> CountryOf(std::string_view given);

// OK if there is such a resource; else NOT_FOUND with the nearest name of its kind. A name that ends in `/-`
// stands for all and is well.
absl::Status RequireName(Client& client, std::string_view name);

// "; did you mean `x`?" if one of them is near, else nothing.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_NAMES_H_
