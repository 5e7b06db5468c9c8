#include "services/cli/names.h"

#include "services/base/error.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/flags/arguments.h"
#include "services/cli/print/present.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;
using resource::KindInfo;

constexpr int64_t kCandidatesMax = 10'000;

absl::Status NotFound(std::string_view name, const std::vector<std::string>& candidates) {
  return base::Error(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                     Cat({"`", name, "` does not exist", DidYouMean(name, candidates)}))
      .With("name", name);
}

// Names to suggest from; none if they cannot be had.
std::vector<std::string> NamesOfKind(Client& client, const KindInfo& kind) {
  std::vector<std::string> names;
  ListQuery query;
  query.kind = &kind;
  query.limit = kCandidatesMax;
  (void)ListResources(client, query,
                      [&](const Message& resource) { names.push_back(resource::NameOf(resource)); });
  return names;
}

}  // namespace

std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates) {
  const auto nearest = base::Nearest(word, candidates);
  return nearest ? Cat({"; did you mean `", *nearest, "`?"}) : "";
}

absl::StatusOr<std::string> FullName(const KindInfo& kind, std::string_view given) {
  std::string name(given);
  if (name.find('/') == std::string::npos && !kind.nested) name = Cat({kind.collection, "/", given});
  if (resource::KindOfName(name) == &kind) return name;
  return UsageError(
      Cat({"`", given, "` is no name of ", kind.kind, "; it has the form `", kind.patterns.front(), "`"}));
}

absl::StatusOr<std::string> NameOfAnyKind(Client& client, std::string_view given) {
  if (resource::KindOfName(given) != nullptr) return std::string(given);
  if (!resource::IsId(given))
    return UsageError(Cat({"`", given, "` is no resource name such as `applications/claims`"}));
  std::vector<std::string> possible;
  for (const KindInfo* kind : resource::Kinds()) {
    if (kind->nested || (kind->area != resource::Area::kInventory && kind->kind != "Assignment")) continue;
    possible.push_back(Cat({kind->collection, "/", given}));
  }
  auto present = PresentResources(client, possible);
  if (!present.ok()) return present.status();
  std::vector<std::string> found;
  for (const auto& [name, resource] : *present) found.push_back(name);
  if (found.size() == 1) return found[0];
  if (found.size() > 1)
    return UsageError(Cat({"`", given, "` is the id of ", base::JoinNames(found), "; give the whole name"}));
  const std::string application = Cat({"applications/", given});
  return NotFound(application, NamesOfKind(client, *resource::FindKind("Application")));
}

absl::Status RequireName(Client& client, std::string_view name) {
  if (name.empty() || (name.size() > 2 && name.substr(name.size() - 2) == "/-")) return absl::OkStatus();
  const auto resource = GetResource(client, name);
  if (resource.status().code() != absl::StatusCode::kNotFound) return resource.status();
  return NotFound(name, NamesOfKind(client, *resource::KindOfName(name)));
}

}  // namespace linchpin::cli
