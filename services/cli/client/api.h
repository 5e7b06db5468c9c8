// Standard methods of any kind of resource, found by the names that every kind has: GetVendor, ListVendors,
// ...
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_API_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_API_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/cli/client/client.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

// Whether people keep resources of the kind; score records are the server's own.
bool IsStored(const resource::KindInfo& kind);

// The kind that a person named ("vendors", "business-service"), or an error of usage with the nearest.
absl::StatusOr<const resource::KindInfo*> KindOfWord(std::string_view word);

// Reads one resource.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> GetResource(Client& client, std::string_view name);

// Which resources of a kind to list.
struct ListQuery {
  const resource::KindInfo* kind = nullptr;
  std::string parent;  // of nested kinds; "-" in parts: all
  std::vector<std::pair<std::string, std::string>>
      only;                // narrowing fields of the list request and their values
  int64_t limit = 0;       // 0: all
  std::string page_token;  // where to go on
};

// What an answer says besides the resources.
struct Listed {
  int64_t total = 0;            // how many there are in all, more than were given if `limit` cut them short
  std::string next_page_token;  // then: where to go on
};

// Calls `sink` for each, in order of name. A list that is empty because a name that it is narrowed by does
// not exist is NOT_FOUND.
absl::StatusOr<Listed> ListResources(Client& client, const ListQuery& query,
                                     const std::function<void(const google::protobuf::Message&)>& sink);

// Deletes one resource. False if it was not there and that is allowed.
struct DeleteOptions {
  bool force = false;
  bool allow_missing = false;
  bool validate_only = false;
};
absl::StatusOr<bool> DeleteResource(Client& client, std::string_view name, const DeleteOptions& options);

// Creates or replaces one resource of the policy or the risk area; `revision` in the answer tells whether it
// changed.
absl::StatusOr<std::unique_ptr<google::protobuf::Message>> PutResource(
    Client& client, const google::protobuf::Message& resource, bool validate_only);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_API_H_
