#include "services/cli/names.h"

#include <algorithm>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/flags/arguments.h"
#include "services/cli/print/current_resources.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/catalogue/names.h"
#include "services/resource/validate.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;
using resource::KindInfo;

constexpr int64_t kCandidatesMax = 10'000;

// Compares ids alone: the collection before them would make everything look near.
absl::Status NotFound(std::string_view name, const std::vector<std::string>& candidates) {
  std::vector<std::string> ids;
  for (const std::string& candidate : candidates) ids.emplace_back(resource::IdOf(candidate));
  const auto nearest = base::Nearest(resource::IdOf(name), ids);
  const std::string hint =
      nearest ? Cat({"; did you mean `", name.substr(0, name.rfind('/') + 1), *nearest, "`?"}) : "";
  return base::Error(base::reason::ResourceNotFound{.name = name},
                     Cat({"`", name, "` does not exist", hint}));
}

// The values of a repeated text field, or of `id` in the messages of a repeated one.
std::vector<std::string> TextsOf(const Message& resource, const char* field_name) {
  std::vector<std::string> texts;
  const auto* field = resource.GetDescriptor()->FindFieldByName(field_name);
  if (field == nullptr || !field->is_repeated()) return texts;
  const auto& reflection = *resource.GetReflection();
  for (int i = 0; i < reflection.FieldSize(resource, field); ++i) {
    if (field->message_type() == nullptr) {
      texts.push_back(reflection.GetRepeatedString(resource, field, i));
      continue;
    }
    const Message& element = reflection.GetRepeatedMessage(resource, field, i);
    const auto* id = element.GetDescriptor()->FindFieldByName("id");
    texts.push_back(element.GetReflection()->GetString(element, id));
  }
  return texts;
}

// Whether somebody writes the resource like that.
bool IsSpelled(const Message& resource, const std::string& squashed) {
  const auto same = [&](std::string_view text) { return catalogue::Squash(text) == squashed; };
  const auto* display = resource.GetDescriptor()->FindFieldByName("display_name");
  if (same(resource::IdOf(resource::NameOf(resource)))) return true;
  if (display != nullptr && same(resource.GetReflection()->GetString(resource, display))) return true;
  for (const char* field : {"aliases", "upstream_ids"}) {
    const std::vector<std::string> texts = TextsOf(resource, field);
    if (std::any_of(texts.begin(), texts.end(), same)) return true;
  }
  return false;
}

// What the catalogue calls by that word; "" if nothing, or several things.
std::string NameInCatalogue(const KindInfo& kind, std::string_view word) {
  static const auto* const shipped =
      new absl::StatusOr<catalogue::Catalogue>(catalogue::Catalogue::Shipped());
  if (!shipped->ok()) return "";
  const Message* found = nullptr;
  if (kind.kind == "Vendor") found = (*shipped)->FindVendorByWord(word);
  if (kind.kind == "Model") found = (*shipped)->MatchModel("", word);
  return found == nullptr ? "" : resource::NameOf(*found);
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
      Cat({"`", given, "` is not a name of ", kind.kind, "; it has the form `", kind.patterns.front(), "`"}));
}

absl::StatusOr<std::string> NameOfAnyKind(Client& client, std::string_view given) {
  if (resource::KindOfName(given) != nullptr) return std::string(given);
  if (!resource::IsId(given))
    return UsageError(Cat({"`", given, "` is not a resource name such as `applications/claims`"}));
  std::vector<std::string> possible;
  for (const KindInfo* kind : resource::Kinds()) {
    if (kind->nested || (kind->area != resource::Area::kInventory && kind->kind != "Assignment")) continue;
    possible.push_back(Cat({kind->collection, "/", given}));
  }
  auto present = CurrentResources(client, possible);
  if (!present.ok()) return present.status();
  std::vector<std::string> found;
  for (const auto& [name, resource] : *present) found.push_back(name);
  if (found.size() == 1) return found[0];
  if (found.size() > 1)
    return UsageError(Cat({"`", given, "` is the id of ", base::JoinNames(found), "; give the whole name"}));
  const std::string application = Cat({"applications/", given});
  return NotFound(application, NamesOfKind(client, *resource::FindKind("Application")));
}

absl::StatusOr<std::vector<std::string>> NamesOfAnyKind(Client& client,
                                                        const std::vector<std::string>& given) {
  std::vector<std::string> names;
  for (const std::string& word : given) {
    absl::StatusOr<std::string> name = NameOfAnyKind(client, word);
    if (!name.ok()) return name.status();
    names.push_back(*std::move(name));
  }
  return names;
}

absl::StatusOr<std::string> ResolveName(Client& client, const KindInfo& kind, std::string_view given,
                                        const std::function<void(std::string_view)>& note) {
  absl::StatusOr<std::string> name = FullName(kind, given);
  if (name.ok()) {
    const absl::Status status = GetResource(client, *name).status();
    if (status.code() != absl::StatusCode::kNotFound) return name;
  }
  const std::string word(name.ok() ? resource::IdOf(*name) : given);
  const std::string squashed = catalogue::Squash(word);
  const std::string in_catalogue = NameInCatalogue(kind, word);
  std::vector<std::string> all, spelled;
  ListQuery query;
  query.kind = &kind;
  query.limit = kCandidatesMax;
  (void)ListResources(client, query, [&](const Message& resource) {
    all.push_back(resource::NameOf(resource));
    if (IsSpelled(resource, squashed) || all.back() == in_catalogue) spelled.push_back(all.back());
  });
  if (spelled.size() > 1)
    return UsageError(Cat({"`", given, "` may be ", base::JoinNames(spelled), "; give the whole name"}));
  if (spelled.empty()) return name.ok() ? absl::StatusOr<std::string>(NotFound(*name, all)) : name;
  note(Cat({"`", given, "` is taken for ", spelled[0]}));
  return spelled[0];
}

std::optional<std::string> CountryOf(std::string_view given) {
  std::string upper(given);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (!resource::IsCountry(upper)) return std::nullopt;
  return upper;
}

absl::Status RequireName(Client& client, std::string_view name) {
  if (name.empty() || (name.size() > 2 && name.substr(name.size() - 2) == "/-")) return absl::OkStatus();
  const auto resource = GetResource(client, name);
  if (resource.status().code() != absl::StatusCode::kNotFound) return resource.status();
  return NotFound(name, NamesOfKind(client, *resource::KindOfName(name)));
}

}  // namespace linchpin::cli
