#include "services/cli/init/starter_packs.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/base/text.h"
#include "services/cli/commands/policy/packs.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using linchpin::policy::ShippedPack;

constexpr std::array<std::string_view, 27> kUnion = {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES",
                                                     "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
                                                     "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"};

// Where a pack belongs.
enum class Region { kAnywhere, kUnion, kUnitedStates };

struct Fit {
  std::string_view pack;
  Region region;
  bool all_sectors;  // Whether it fits everybody there.
  std::string_view whom;
};

constexpr Fit kFits[] = {
    {"resilience-baseline", Region::kAnywhere, true, "for everybody"},
    {"sovereignty", Region::kAnywhere, false, "for those who must not depend on other countries"},
    {"eu-ai-act", Region::kUnion, true, "for those who deploy AI in the EU"},
    {"eu-dora", Region::kUnion, false, "for financial entities in the EU"},
    {"nist-ai-rmf", Region::kUnitedStates, true, "for those who follow the US framework"},
    {"us-omb-m25", Region::kUnitedStates, false, "for US federal agencies"}};

bool IsInUnion(const std::string& country) {
  return std::find(kUnion.begin(), kUnion.end(), country) != kUnion.end();
}

const Fit* FitOf(std::string_view pack) {
  const auto* const fit =
      std::find_if(std::begin(kFits), std::end(kFits), [&](const Fit& one) { return one.pack == pack; });
  return fit == std::end(kFits) ? nullptr : fit;
}

bool IsAtHome(const Fit& fit, const std::vector<std::string>& home) {
  switch (fit.region) {
    case Region::kAnywhere:
      return true;
    case Region::kUnion:
      return std::any_of(home.begin(), home.end(), IsInUnion);
    case Region::kUnitedStates:
      return std::find(home.begin(), home.end(), "US") != home.end();
  }
  return false;
}

// The countries that count as home for a pack.
std::vector<std::string> HomeOf(const ShippedPack& pack, const std::vector<std::string>& home) {
  std::vector<std::string> countries = home;
  const Fit* fit = FitOf(pack.id);
  if (fit == nullptr || fit->region != Region::kUnion) return countries;
  for (const std::string_view country : kUnion) {
    if (std::find(home.begin(), home.end(), country) == home.end()) countries.emplace_back(country);
  }
  return countries;
}

}  // namespace

std::vector<PackChoice> PackChoices(const std::vector<std::string>& home) {
  std::vector<PackChoice> choices;
  for (const ShippedPack& pack : linchpin::policy::ShippedPacks()) {
    PackChoice choice{&pack, false, ""};
    if (const Fit* fit = FitOf(pack.id)) {
      choice.proposed = fit->all_sectors && IsAtHome(*fit, home);
      choice.why = fit->whom;
    }
    choices.push_back(std::move(choice));
  }
  const auto rank = [](const PackChoice& choice) {
    const Fit* fit = FitOf(choice.pack->id);
    return std::pair(!choice.proposed, fit == nullptr ? std::size(kFits) : static_cast<size_t>(fit - kFits));
  };
  std::stable_sort(choices.begin(), choices.end(),
                   [&](const PackChoice& a, const PackChoice& b) { return rank(a) < rank(b); });
  return choices;
}

absl::StatusOr<std::vector<const ShippedPack*>> ReadPackAnswer(std::string_view answer,
                                                               const std::vector<PackChoice>& choices) {
  std::vector<const ShippedPack*> named;
  const std::string words(answer);
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(words, ',', absl::SkipWhitespace()))) {
    const std::string id(absl::StripAsciiWhitespace(word));
    if (id == "none" && words.find(',') == std::string::npos) return named;
    absl::StatusOr<const ShippedPack*> pack = RequirePack(id);
    if (!pack.ok()) return pack.status();
    named.push_back(*pack);
  }
  std::vector<const ShippedPack*> packs;
  for (const PackChoice& choice : choices) {
    const bool is_named = std::find(named.begin(), named.end(), choice.pack) != named.end();
    if (named.empty() ? choice.proposed : is_named) packs.push_back(choice.pack);
  }
  return packs;
}

absl::StatusOr<std::string> WriteStarterPolicies(const std::vector<const ShippedPack*>& packs,
                                                 const std::vector<std::string>& home) {
  std::string text =
      "# Packs of policies, an aid to reasoning, not legal advice. They are yours to change; `linchpin "
      "policy pack\n"
      "# list` shows all of them.\n";
  for (const ShippedPack* pack : packs) {
    absl::StatusOr<PackDocuments> documents = DocumentsOf(*pack);
    if (!documents.ok()) return documents.status();
    const auto& policy = documents->policies.at(0);
    const auto countries = AsksForHome(policy) ? HomeOf(*pack, home) : std::vector<std::string>();
    absl::StatusOr<linchpin::policy::v1::Assignment> assignment = AssignmentOf(policy, "", "", countries);
    if (!assignment.ok()) return assignment.status();
    text += Cat({"---\n", pack->policy, pack->policy.back() == '\n' ? "" : "\n", "---\n",
                 resource::WriteYamlDocument(*assignment)});
  }
  return text;
}

}  // namespace linchpin::cli
