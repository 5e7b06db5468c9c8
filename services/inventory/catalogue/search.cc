#include "services/inventory/catalogue/search.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_split.h"
#include "google/protobuf/descriptor.h"
#include "services/inventory/catalogue/names.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Areas before an id of Amazon Bedrock.
constexpr std::array<std::string_view, 8> kAreas = {"us-gov.", "us.", "eu.", "apac.",
                                                    "global.", "au.", "jp.", "ca."};

// What is looked for.
struct Query {
  std::string whole;                 // squashed
  std::vector<std::string> strings;  // squashed, what the whole says without what gateways add
  std::vector<std::string> words;    // squashed
};

// Text after the last `/`, without an area before and the version of an API behind.
std::string_view WithoutWrapping(std::string_view text) {
  text = text.substr(text.rfind('/') + 1);
  for (const std::string_view area : kAreas) {
    if (text.substr(0, area.size()) == area) text.remove_prefix(area.size());
  }
  const size_t colon = text.rfind(':');
  const bool api_version = colon != std::string_view::npos && text.size() == colon + 2 &&
                           text[colon + 1] >= '0' && text[colon + 1] <= '9';
  if (api_version) text = text.substr(0, colon);
  return text;
}

void AddString(std::string_view text, Query& query) {
  std::string squashed = Squash(text);
  const auto& strings = query.strings;
  if (squashed.empty() || squashed == query.whole) return;
  if (std::find(strings.begin(), strings.end(), squashed) == strings.end())
    query.strings.push_back(std::move(squashed));
}

// Ways to read one word: without the gateway's prefix, without area and version, without the maker before it.
Query Parse(std::string_view text) {
  Query query;
  query.whole = Squash(text);
  for (const auto& word : absl::StrSplit(absl::string_view(text.data(), text.size()), ' ')) {
    std::string squashed = Squash({word.data(), word.size()});
    if (!squashed.empty()) query.words.push_back(std::move(squashed));
  }
  if (query.words.size() != 1) return query;
  const std::string_view bare = WithoutWrapping(text);
  if (const size_t slash = text.find('/'); slash != std::string_view::npos)
    AddString(text.substr(slash + 1), query);
  AddString(bare, query);
  if (const size_t dash = bare.rfind("-v"); dash != std::string_view::npos && bare.size() == dash + 3)
    AddString(bare.substr(0, dash), query);
  if (const size_t dot = bare.find('.'); dot != std::string_view::npos) {
    const std::string_view model = bare.substr(dot + 1);
    AddString(model, query);
    if (const size_t dash = model.rfind("-v"); dash != std::string_view::npos && model.size() == dash + 3)
      AddString(model.substr(0, dash), query);
  }
  return query;
}

const FieldDescriptor* FieldOf(const Message& entry, const char* name) {
  return entry.GetDescriptor()->FindFieldByName(name);
}

void AddUpstreamIds(const Message& entry, std::vector<std::string>& out) {
  const FieldDescriptor* const field = FieldOf(entry, "upstream_ids");
  const auto& reflection = *entry.GetReflection();
  for (int i = 0; i < reflection.FieldSize(entry, field); ++i) {
    const Message& upstream = reflection.GetRepeatedMessage(entry, field, i);
    const auto& of_id = *upstream.GetReflection();
    const std::string id = of_id.GetString(upstream, FieldOf(upstream, "id"));
    out.push_back(id);
    if (const size_t slash = id.rfind('/'); slash != std::string::npos) out.push_back(id.substr(slash + 1));
    out.push_back(of_id.GetString(upstream, FieldOf(upstream, "system")) + "/" + id);
  }
}

bool HoldsAll(const std::vector<std::string>& squashed, const std::vector<std::string>& words) {
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::any_of(squashed.begin(), squashed.end(),
                       [&](const std::string& name) { return name.find(word) != std::string::npos; });
  });
}

// The first name that fits in that way.
std::optional<size_t> FirstFit(const Query& query, Fit fit, const std::vector<std::string>& squashed) {
  for (size_t i = 0; i < squashed.size(); ++i) {
    const std::string& name = squashed[i];
    const auto& strings = query.strings;
    const bool fits = fit == Fit::kName     ? name == query.whole
                      : fit == Fit::kString ? std::find(strings.begin(), strings.end(), name) != strings.end()
                      : fit == Fit::kBegin  ? name.compare(0, query.whole.size(), query.whole) == 0
                                            : name.find(query.words[0]) != std::string::npos;
    if (fits) return i;
  }
  return std::nullopt;
}

std::optional<Found> Match(const Query& query, const Message& entry) {
  std::vector<std::string> names = Spellings(entry), squashed;
  for (const std::string& name : names) squashed.push_back(Squash(name));
  for (const Fit fit : {Fit::kName, Fit::kString, Fit::kBegin, Fit::kWords}) {
    if (fit == Fit::kWords && !HoldsAll(squashed, query.words)) continue;
    if (const std::optional<size_t> at = FirstFit(query, fit, squashed))
      return Found{&entry, fit, std::move(names[*at])};
  }
  return std::nullopt;
}

// Vendors, models, then the rest.
int KindRank(const Message& entry) {
  const std::string& kind = entry.GetDescriptor()->name();
  return kind == "Vendor" ? 0 : kind == "Model" ? 1 : 2;
}

auto SortKey(const Found& found) {
  const std::string& name = resource::NameOf(*found.entry);
  return std::make_tuple(found.fit, KindRank(*found.entry), name.size(), std::string_view(name));
}

}  // namespace

std::vector<std::string> Spellings(const Message& entry) {
  const auto& reflection = *entry.GetReflection();
  std::vector<std::string> out = {std::string(resource::IdOf(resource::NameOf(entry))),
                                  reflection.GetString(entry, FieldOf(entry, "display_name"))};
  const FieldDescriptor* const aliases = FieldOf(entry, "aliases");
  for (int i = 0; i < reflection.FieldSize(entry, aliases); ++i)
    out.push_back(reflection.GetRepeatedString(entry, aliases, i));
  AddUpstreamIds(entry, out);
  return out;
}

std::vector<Found> Search(const Catalogue& catalogue, std::string_view words) {
  const Query query = Parse(words);
  std::vector<Found> found;
  if (query.words.empty()) return found;
  catalogue.ForEach([&](const Message& entry) {
    if (std::optional<Found> match = Match(query, entry)) found.push_back(*std::move(match));
  });
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return SortKey(a) < SortKey(b); });
  return found;
}

std::vector<Found> Resolve(const Catalogue& catalogue, std::string_view name) {
  if (const Message* const entry = catalogue.Find(name)) return {{entry, Fit::kName, std::string(name)}};
  std::vector<Found> found = Search(catalogue, name);
  if (found.empty() || found[0].fit > Fit::kString) return {};
  const Fit best = found[0].fit;
  found.erase(std::find_if(found.begin(), found.end(), [&](const Found& other) { return other.fit != best; }),
              found.end());
  return found;
}

}  // namespace linchpin::catalogue
