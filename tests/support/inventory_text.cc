#include "tests/support/inventory_text.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "services/replica/view_editor.h"
#include "services/resource/document.h"
#include "services/resource/kinds.h"

namespace linchpin::testing_support {
namespace {

constexpr std::string_view kVersion = "apiVersion: linchpin/v1\n";

// Puts the version before every document that lacks it.
std::string WithVersions(std::string_view yaml) {
  std::string text;
  bool at_start = true;
  for (size_t at = 0; at < yaml.size();) {
    const size_t end = std::min(yaml.find('\n', at), yaml.size() - 1) + 1;
    const std::string_view line = yaml.substr(at, end - at);
    if (at_start && line.substr(0, 5) == "kind:") {
      text += kVersion;
      at_start = false;
    }
    if (line.substr(0, 3) == "---") at_start = true;
    text += line;
    at = end;
  }
  return text;
}

}  // namespace

std::shared_ptr<const replica::View> MakeView(const std::vector<const google::protobuf::Message*>& documents,
                                              int64_t revision) {
  std::vector<const google::protobuf::Message*> sorted = documents;
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return resource::NameOf(*a) < resource::NameOf(*b); });
  replica::ViewLoader loader;
  for (const auto* document : sorted) {
    const std::string body = document->SerializeAsString();
    replica::DocumentRef ref;
    ref.name = resource::NameOf(*document);
    ref.kind = resource::FindKindOf(document->GetDescriptor());
    ref.revision = revision;
    ref.body = body;
    if (!loader.Add(ref)) {
      std::fprintf(stderr, "%s occurs twice\n", resource::NameOf(*document).c_str());
      std::abort();
    }
  }
  return loader.Finish(revision, absl::UnixEpoch());
}

InventoryText ReadInventory(std::string_view yaml, int64_t revision) {
  resource::ReadResult read = resource::ReadAll("inventory.yaml", WithVersions(yaml));
  for (const resource::FileError& error : read.errors) std::fprintf(stderr, "%s\n", error.Text().c_str());
  if (!read.errors.empty()) std::abort();
  InventoryText text;
  std::vector<const google::protobuf::Message*> documents;
  for (const resource::Document& document : read.documents) {
    if (document.kind->area == resource::Area::kInventory) documents.push_back(document.resource.get());
  }
  text.view = MakeView(documents, revision);
  for (const auto& [name, reason] : *text.view->quarantine()) {
    std::fprintf(stderr, "%s: %s\n", name.c_str(), reason.c_str());
  }
  if (!text.view->quarantine()->empty()) std::abort();
  for (resource::Document& document : read.documents) {
    if (document.kind->area != resource::Area::kInventory)
      text.others.push_back(std::move(document.resource));
  }
  return text;
}

}  // namespace linchpin::testing_support
