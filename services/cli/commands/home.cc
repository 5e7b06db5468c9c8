#include "services/cli/commands/home.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "linchpin/policy/v1/jurisdiction_set.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/names.h"
#include "services/inventory/catalogue/names.h"
#include "services/resource/validate.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using linchpin::policy::v1::JurisdictionSet;

constexpr size_t kNamed = 12;  // countries that a line holds

// The members of the European Union since 2020-02-01, for a server that holds no set of that name.
constexpr std::string_view kEuropeanUnion[] = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES",
                                               "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
                                               "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};

void AddOnce(const std::string& text, std::vector<std::string>& list) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

// Adds the countries of a set and of what it includes, each set once.
absl::Status AddSet(Client& client, const std::string& name, std::set<std::string>& seen,
                    std::vector<std::string>& countries) {
  if (!seen.insert(name).second) return absl::OkStatus();
  const auto resource = GetResource(client, name);
  if (!resource.ok()) return resource.status();
  const auto& jurisdictions = static_cast<const JurisdictionSet&>(**resource);
  for (const std::string& country : jurisdictions.countries()) AddOnce(country, countries);
  for (const std::string& included : jurisdictions.includes()) {
    if (absl::Status status = AddSet(client, included, seen, countries); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// The jurisdiction sets whose id begins with the letters and digits of `word` (`EU` may mean `eu27`), else
// the nearest.
std::vector<std::string> SetsLike(Client& client, const std::string& word) {
  std::vector<std::string> like, ids;
  ListQuery query;
  query.kind = resource::FindKind("JurisdictionSet");
  (void)ListResources(client, query, [&](const google::protobuf::Message& set) {
    const std::string id(resource::IdOf(resource::NameOf(set)));
    ids.push_back(id);
    if (catalogue::Squash(id).rfind(catalogue::Squash(word), 0) == 0) like.push_back(id);
  });
  const auto nearest = base::Nearest(word, ids);
  if (like.empty() && nearest) like.push_back(*nearest);
  return like;
}

absl::Status NoJurisdiction(std::string_view what, const std::string& word,
                            const std::vector<std::string>& like) {
  return UsageError(
      Cat({what, ": `", word, "` is not a country of ISO 3166-1 alpha-2 and no jurisdiction set",
           like.empty() ? "; give countries such as DE,FR, or apply a JurisdictionSet and name it"
                        : Cat({"; did you mean the set `", base::JoinNames(like), "`?"})}));
}

absl::StatusOr<Jurisdiction> SetOf(Client& client, const std::string& name) {
  Jurisdiction found{name, {}};
  std::set<std::string> seen;
  if (absl::Status status = AddSet(client, name, seen, found.countries); !status.ok()) return status;
  return found;
}

// The one set that `word` may mean by its beginning, or the European Union, and says so.
absl::StatusOr<Jurisdiction> SetLike(const Context& context, Client& client, const std::string& word,
                                     std::string_view what) {
  const std::vector<std::string> like = SetsLike(client, word);
  std::vector<std::string> union_members = EuropeanUnion(word);
  if (like.empty() && !union_members.empty()) {
    context.Note(Cat({"`", word, "` is taken for the 27 members of the European Union"}));
    return Jurisdiction{"", std::move(union_members)};
  }
  const bool begins = like.size() == 1 && catalogue::Squash(like[0]).rfind(catalogue::Squash(word), 0) == 0;
  if (!begins) return NoJurisdiction(what, word, like);
  const std::string name = "jurisdictionSets/" + like[0];
  context.Note(Cat({"`", word, "` is taken for ", name}));
  return SetOf(client, name);
}

}  // namespace

Flag HomeFlag(const std::string& absent) {
  return {"home",
          0,
          "HOME[,HOME...]",
          Cat({"Home countries or jurisdiction sets, such as NO or eu27; what comes from elsewhere is "
               "foreign. Absent: ",
               absent, "."}),
          "",
          {}};
}

std::vector<std::string> HomeWords(const Context& context) {
  std::vector<std::string> words;
  for (const std::string& homes : context.arguments.All("home")) {
    for (size_t at = 0; at <= homes.size();) {
      const size_t end = std::min(homes.find(',', at), homes.size());
      if (end > at) words.push_back(homes.substr(at, end - at));
      at = end + 1;
    }
  }
  return words;
}

std::vector<std::string> EuropeanUnion(std::string_view word) {
  const std::string squashed = catalogue::Squash(word);
  if (squashed != "eu" && squashed != "eu27") return {};
  return {std::begin(kEuropeanUnion), std::end(kEuropeanUnion)};
}

absl::StatusOr<Jurisdiction> ReadJurisdiction(const Context& context, const std::string& word,
                                              std::string_view what) {
  if (resource::IsCountry(word)) return Jurisdiction{"", {word}};
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  const bool full_name = word.find('/') != std::string::npos;
  const auto name = FullName(*resource::FindKind("JurisdictionSet"), word);
  if (!name.ok() && full_name) return name.status();
  if (name.ok()) {
    absl::StatusOr<Jurisdiction> found = SetOf(**client, *name);
    if (!absl::IsNotFound(found.status())) return found;
  }
  // A set may have two letters too, so it was asked for first.
  if (const auto country = CountryOf(word)) return Jurisdiction{"", {*country}};
  if (full_name) return RequireName(**client, *name);
  return SetLike(context, **client, word, what);
}

absl::StatusOr<std::vector<std::string>> HomeCountries(const Context& context) {
  std::vector<std::string> countries;
  for (const std::string& word : HomeWords(context)) {
    absl::StatusOr<Jurisdiction> read = ReadJurisdiction(context, word, "--home");
    if (!read.ok()) return read.status();
    for (const std::string& country : read->countries) AddOnce(country, countries);
  }
  return countries;
}

absl::StatusOr<std::vector<std::string>> HomeTerms(const Context& context) {
  std::vector<std::string> terms;
  for (const std::string& word : HomeWords(context)) {
    absl::StatusOr<Jurisdiction> read = ReadJurisdiction(context, word, "--home");
    if (!read.ok()) return read.status();
    if (!read->set.empty()) {
      AddOnce(read->set, terms);
      continue;
    }
    for (const std::string& country : read->countries) AddOnce(country, terms);
  }
  return terms;
}

std::string HomeText(const Context& context, const std::vector<std::string>& countries) {
  const std::vector<std::string> words = HomeWords(context);
  const bool sets =
      std::any_of(words.begin(), words.end(), [](const std::string& word) { return !CountryOf(word); });
  if (!sets) return base::JoinNames(countries, kNamed);
  return Cat({base::JoinNames(words), " (", std::to_string(countries.size()), " countries)"});
}

}  // namespace linchpin::cli
