#include "services/cli/commands/home.h"

#include <algorithm>
#include <set>

#include "linchpin/policy/v1/jurisdiction_set.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/names.h"
#include "services/resource/validate.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using linchpin::policy::v1::JurisdictionSet;

constexpr size_t kNamed = 12;  // countries that a line holds

std::string Upper(std::string word) {
  for (char& c : word) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return word;
}

void AddCountry(const std::string& country, std::vector<std::string>& countries) {
  if (std::find(countries.begin(), countries.end(), country) == countries.end()) countries.push_back(country);
}

// Adds the countries of a set and of what it includes, each set once.
absl::Status AddSet(Client& client, const std::string& name, std::set<std::string>& seen,
                    std::vector<std::string>& countries) {
  if (!seen.insert(name).second) return absl::OkStatus();
  const auto resource = GetResource(client, name);
  if (!resource.ok()) return resource.status();
  const auto& jurisdictions = static_cast<const JurisdictionSet&>(**resource);
  for (const std::string& country : jurisdictions.countries()) AddCountry(country, countries);
  for (const std::string& included : jurisdictions.includes()) {
    if (absl::Status status = AddSet(client, included, seen, countries); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status NoHome(const std::string& word) {
  return UsageError(
      Cat({"--home: `", word, "` is no country of ISO 3166-1 alpha-2 and no jurisdiction set",
           resource::IsCountry(Upper(word)) ? Cat({"; did you mean `", Upper(word), "`?"}) : ""}));
}

}  // namespace

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

absl::StatusOr<std::vector<std::string>> HomeCountries(const Context& context) {
  std::vector<std::string> countries;
  std::set<std::string> seen;
  for (const std::string& word : HomeWords(context)) {
    if (resource::IsCountry(word)) {
      AddCountry(word, countries);
      continue;
    }
    absl::StatusOr<std::string> name = FullName(*resource::FindKind("JurisdictionSet"), word);
    if (!name.ok()) return NoHome(word);
    absl::StatusOr<Client*> client = context.connect();
    if (!client.ok()) return client.status();
    const absl::Status status = AddSet(**client, *name, seen, countries);
    const bool missing = status.code() == absl::StatusCode::kNotFound;
    if (missing && resource::IsCountry(Upper(word))) return NoHome(word);
    if (missing) return RequireName(**client, *name);
    if (!status.ok()) return status;
  }
  return countries;
}

std::string HomeText(const Context& context, const std::vector<std::string>& countries) {
  const std::vector<std::string> words = HomeWords(context);
  const bool sets = std::any_of(words.begin(), words.end(),
                                [](const std::string& word) { return !resource::IsCountry(word); });
  if (!sets) return base::JoinNames(countries, kNamed);
  return Cat({base::JoinNames(words), " (", std::to_string(countries.size()), " countries)"});
}

}  // namespace linchpin::cli
