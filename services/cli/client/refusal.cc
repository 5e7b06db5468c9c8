#include "services/cli/client/refusal.h"

#include <charconv>

#include "services/base/error.h"
#include "services/base/text.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using resource::Document;

// A field of one document.
struct Spot {
  const Document* document = nullptr;
  std::string path;
};

constexpr std::string_view kChange = "change.";

// `assignments[1].parameters.home` to the second assignment of a rehearsal and `parameters.home`.
Spot SpotOfChange(const Refusal& refusal, std::string_view path) {
  const size_t bracket = path.find('['), end = path.find("].");
  if (bracket == std::string_view::npos || end == std::string_view::npos) return {};
  size_t index = 0;
  std::from_chars(path.data() + bracket + 1, path.data() + end, index);
  for (const Document* document : refusal.batch) {
    const std::string list = base::SnakeCase(document->kind->collection);
    if (list != path.substr(0, bracket)) continue;
    if (index-- == 0) return {document, std::string(path.substr(end + 2))};
  }
  return {};
}

// `operations[3].upsert.vendor.country` to the document and `country`; `policy.rules[0]` to the single
// document.
Spot SpotOf(const Refusal& refusal, std::string path) {
  static constexpr std::string_view kOperations = "operations[";
  if (path.rfind(kOperations, 0) == 0) {
    size_t index = 0;
    const char* begin = path.data() + kOperations.size();
    const auto [end, error] = std::from_chars(begin, path.data() + path.size(), index);
    if (error != std::errc() || index >= refusal.batch.size()) return {};
    const Document* document = refusal.batch[index];
    const std::string head = Cat({"upsert.", document->kind->singular});
    path = path.substr(static_cast<size_t>(end - path.data()));
    path = path.size() > 2 ? path.substr(2) : "";  // `].`
    if (path.rfind(head, 0) == 0) path = path.size() > head.size() ? path.substr(head.size() + 1) : "";
    return {document, path};
  }
  if (path.rfind(kChange, 0) == 0) return SpotOfChange(refusal, path.substr(kChange.size()));
  if (refusal.single == nullptr) return {};
  const std::string head = refusal.single->kind->singular + ".";
  return {refusal.single, path.rfind(head, 0) == 0 ? path.substr(head.size()) : path};
}

// The document that the error names, and in it the reference that points at nothing.
Spot SpotOfNames(const Refusal& refusal, const base::ErrorDetails& details) {
  const auto name = details.metadata.find("name");
  const Document* document = refusal.single;
  for (const Document* candidate : refusal.batch) {
    if (name != details.metadata.end() && candidate->name() == name->second) document = candidate;
  }
  if (document == nullptr) return {};
  const auto target = details.metadata.find("target");
  if (target != details.metadata.end()) {
    for (const resource::Reference& reference : resource::References(*document->resource)) {
      if (reference.target == target->second) return {document, reference.field};
    }
  }
  return {document, "name"};
}

// A message that only repeats the first wrong field says it by its place; the others are listed below it.
std::string MessageOf(const absl::Status& status, const base::ErrorDetails& details,
                      const std::vector<base::FieldViolation>& placed) {
  const std::string message(status.message());
  if (placed.empty() || message.rfind(details.violations[0].field + ":", 0) != 0) return message;
  if (placed.size() > 1) return Cat({"the server refuses ", std::to_string(placed.size()), " fields"});
  return Cat({placed[0].field, ": ", placed[0].description});
}

}  // namespace

absl::Status ExplainRefusal(const Loaded& loaded, const Refusal& refusal) {
  auto details = base::DetailsOf(refusal.status);
  if (!details) return refusal.status;
  std::vector<base::FieldViolation> violations;
  for (const auto& violation : details->violations) {
    const Spot spot = SpotOf(refusal, violation.field);
    if (spot.document == nullptr) {
      violations.push_back(violation);
    } else {
      violations.push_back(
          {PlaceOf(loaded, *spot.document, spot.path),
           Cat({spot.document->name(), ": ", spot.path.empty() ? "" : Cat({"`", spot.path, "` "}),
                violation.description})});
    }
  }
  const std::string message = MessageOf(refusal.status, *details, violations);
  if (violations.empty()) {
    const Spot spot = SpotOfNames(refusal, *details);
    if (spot.document != nullptr)
      violations.push_back({PlaceOf(loaded, *spot.document, spot.path), spot.document->name()});
  }
  details->violations = std::move(violations);
  return base::WithDetails(refusal.status.code(), message, *details);
}

}  // namespace linchpin::cli
