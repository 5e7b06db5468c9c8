// Short ways to import a text and to look at the outcome.
#ifndef LINCHPIN_TESTS_UNIT_INVENTORY_IMPORTERS_IMPORTS_H_
#define LINCHPIN_TESTS_UNIT_INVENTORY_IMPORTERS_IMPORTS_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/litellm/import_litellm.h"
#include "services/resource/kinds.h"
#include "tests/support/status_matchers.h"

namespace linchpin::importers {

// The catalogue in the binary, read once for a test program.
inline const catalogue::Catalogue& ShippedCatalogue() {
  static const auto* const kCatalogue = [] {
    auto catalogue = catalogue::Catalogue::Shipped();
    if (!catalogue.ok()) ADD_FAILURE() << catalogue.status();
    return new catalogue::Catalogue(*std::move(catalogue));
  }();
  return *kCatalogue;
}

inline absl::StatusOr<ImportResult> TryImport(std::string text) {
  return ImportLiteLlm({{"g.yaml", std::move(text), "g"}}, ShippedCatalogue());
}

inline ImportResult Import(std::string text) {
  absl::StatusOr<ImportResult> result = TryImport(std::move(text));
  EXPECT_THAT(result, IsOk());
  return result.ok() ? *std::move(result) : ImportResult{};
}

// The proposed resource of that name and type; null if there is none.
template <typename T>
const T* Proposed(const ImportResult& result, std::string_view name) {
  for (const ProposedResource& proposal : result.proposals) {
    if (resource::NameOf(*proposal.resource) == name) return dynamic_cast<const T*>(proposal.resource.get());
  }
  return nullptr;
}

// The texts of the notes.
inline std::vector<std::string> Notes(const ImportResult& result) {
  std::vector<std::string> texts;
  for (const ImportNote& note : result.notes) texts.push_back(note.Text());
  return texts;
}

}  // namespace linchpin::importers

#endif  // LINCHPIN_TESTS_UNIT_INVENTORY_IMPORTERS_IMPORTS_H_
