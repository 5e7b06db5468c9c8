#include "services/inventory/importers/litellm/unlisted_models.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::importers {

void UnlistedNames::Add(const std::string& gateway, const UnlistedModel& model) {
  if (model.name.empty()) return;
  std::string words = model.is_private ? absl::StrCat(gateway, "-", model.name) : model.name;
  std::string identity = IdentityOf(gateway, model);
  wanted_.emplace(identity, catalogue::Wanted{std::move(words), "", identity});
}

void UnlistedNames::Name() {
  std::vector<catalogue::Wanted> once;
  for (const auto& [identity, wanted] : wanted_) once.push_back(wanted);
  const std::vector<std::string> ids = catalogue::UniqueIds(once);
  for (size_t i = 0; i < ids.size(); ++i) {
    std::string name = "models/" + ids[i];
    if (catalogue_.Find(name) != nullptr)
      name = "models/" + catalogue::Slug(ids[i] + "-" + catalogue::ShortHash(once[i].identity));
    names_[once[i].identity] = std::move(name);
  }
}

std::string UnlistedNames::NameOf(const std::string& gateway, const UnlistedModel& model) const {
  return model.name.empty() ? std::string() : names_.at(IdentityOf(gateway, model));
}

std::string UnlistedNames::IdentityOf(const std::string& gateway, const UnlistedModel& model) {
  return absl::StrCat(model.is_private ? gateway : "", "\n", model.name, "\n", model.developer.value);
}

}  // namespace linchpin::importers
