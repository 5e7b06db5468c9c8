#include "services/risk/domain/scores/chances.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/risk/domain/scores/atom_classes.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr size_t kIdBytesMax = 63;

// What a request says, before it is known which atoms there are.
struct Given {
  std::map<engine::AtomClass, double> by_class;
  std::map<std::string, double, std::less<>> by_atom;
};

absl::Status ReadOne(const v1::AtomChance& message, const std::string& path, Given& given) {
  if (!message.has_chance() || !(message.chance() >= 0 && message.chance() <= 1))
    return base::FieldError(path + ".chance", "must be from 0 to 1");
  const bool names_class = message.atom_class() != v1::ATOM_CLASS_UNSPECIFIED;
  if (names_class == !message.atom().empty())
    return base::FieldError(path, "name either `atom_class` or `atom`");
  if (!names_class) {
    if (!given.by_atom.emplace(message.atom(), message.chance()).second)
      return base::FieldError(path + ".atom", absl::StrCat(message.atom(), " has a chance already"));
    return absl::OkStatus();
  }
  const auto atom_class = FromProto(message.atom_class());
  if (!atom_class.has_value()) return base::FieldError(path + ".atom_class", "name a class");
  if (!given.by_class.emplace(*atom_class, message.chance()).second)
    return base::FieldError(path + ".atom_class", "the class has a chance already");
  return absl::OkStatus();
}

std::string Word(engine::AtomClass atom_class) {
  constexpr size_t kPrefix = sizeof("ATOM_CLASS_") - 1;
  return v1::AtomClass_Name(ToProto(atom_class)).substr(kPrefix);
}

bool IsAtom(const std::vector<const engine::AtomIndex*>& atoms, const std::string& key) {
  return std::any_of(atoms.begin(), atoms.end(), [&key](const engine::AtomIndex* index) {
    return std::any_of(index->entries().begin(), index->entries().end(),
                       [&key](const engine::AtomIndex::Entry& entry) { return entry.key == key; });
  });
}

absl::Status CheckFactor(const v1::BetaFactor& message, const std::string& path, std::set<std::string>& met) {
  const bool well_formed = !message.id().empty() && message.id().size() <= kIdBytesMax &&
                           std::all_of(message.id().begin(), message.id().end(), [](char c) {
                             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
                           });
  if (!well_formed) return base::FieldError(path + ".id", "must be 1 to 63 of a-z, 0-9 and -");
  if (!met.insert("common:" + message.id()).second)
    return base::FieldError(path + ".id", "is already the id of another cause");
  if (!message.has_beta() || !(message.beta() >= 0 && message.beta() <= 1))
    return base::FieldError(path + ".beta", "must be from 0 to 1");
  if (message.atoms_size() < 2) return base::FieldError(path + ".atoms", "name at least two atoms");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Chances> Chances::Read(const v1::GetImportanceRequest& request,
                                      const std::vector<const engine::AtomIndex*>& atoms,
                                      const DefaultChances& defaults) {
  Given given;
  for (int i = 0; i < request.chances_size(); ++i) {
    absl::Status status = ReadOne(request.chances(i), absl::StrCat("chances[", i, "]"), given);
    if (!status.ok()) return status;
  }
  Chances chances;
  for (const engine::AtomIndex* index : atoms) {
    for (const engine::AtomIndex::Entry& entry : index->entries()) {
      const auto of_atom = given.by_atom.find(entry.key);
      const auto of_class = given.by_class.find(entry.atom.atom_class);
      double chance = 0;
      if (of_atom != given.by_atom.end()) {
        chance = of_atom->second;
      } else if (of_class != given.by_class.end()) {
        chance = of_class->second;
      } else if (defaults.chance) {
        chance = defaults.chance(entry.atom.atom_class, entry.key);
        chances.used_table_ = true;
      } else {
        return base::FieldError(
            "chances", absl::StrCat("say how likely a loss of the class ", Word(entry.atom.atom_class),
                                    " is, or leave the class out of question.atom_classes"));
      }
      chances.by_key_[entry.key] = chance;
    }
  }
  for (const auto& [key, chance] : given.by_atom) {
    if (chances.by_key_.count(key) == 0)
      return base::FieldError("chances",
                              absl::StrCat(key, " is not an atom of these classes that hits anything"));
  }
  return chances;
}

absl::StatusOr<std::vector<engine::BetaFactor>> ReadBetaFactors(
    const v1::GetImportanceRequest& request, const Chances& chances,
    const std::vector<const engine::AtomIndex*>& atoms) {
  std::vector<engine::BetaFactor> factors;
  std::set<std::string> met;
  for (int i = 0; i < request.common_causes_size(); ++i) {
    const v1::BetaFactor& message = request.common_causes(i);
    const std::string path = absl::StrCat("common_causes[", i, "]");
    if (absl::Status status = CheckFactor(message, path, met); !status.ok()) return status;
    engine::BetaFactor& factor = factors.emplace_back();
    factor.cause.key = "common:" + message.id();
    factor.beta = message.beta();
    for (int a = 0; a < message.atoms_size(); ++a) {
      const std::string& key = message.atoms(a);
      const std::string at = absl::StrCat(path, ".atoms[", a, "]");
      if (!IsAtom(atoms, key))
        return base::FieldError(at, absl::StrCat(key, " is not an atom of these classes that hits anything"));
      if (!met.insert(key).second)
        return base::FieldError(at, absl::StrCat(key, " belongs to a cause already"));
      if (chances.Of(key) != chances.Of(message.atoms(0)))
        return base::FieldError(at, absl::StrCat("all must have one chance; ", key, " has ", chances.Of(key),
                                                 ", ", message.atoms(0), " ", chances.Of(message.atoms(0))));
      factor.cause.members.push_back(key);
    }
  }
  return factors;
}

}  // namespace linchpin::risk
