#include "services/cli/print/evidence_text.h"

#include "services/base/text.h"
#include "services/cli/print/figures.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using common::v1::Evidence;

const char* WordOf(Evidence::Source source) {
  switch (source) {
    case Evidence::SOURCE_DECLARED:
      return "declared";
    case Evidence::SOURCE_IMPORTED:
      return "imported";
    case Evidence::SOURCE_OBSERVED:
      return "observed";
    case Evidence::SOURCE_CATALOGUE:
      return "from the catalogue";
    case Evidence::SOURCE_INFERRED:
      return "concluded";
    default:
      return "";
  }
}

}  // namespace

std::string EvidenceText(Evidence::Source source, double confidence, const std::string& uri) {
  std::string text = WordOf(source);
  const auto add = [&text](const std::string& part) { text += Cat({text.empty() ? "" : ", ", part}); };
  if (confidence >= 0) add(Cat({Percent(confidence), " sure"}));
  if (!uri.empty()) add(uri);
  return text;
}

}  // namespace linchpin::cli
