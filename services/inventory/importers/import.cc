#include "services/inventory/importers/import.h"

#include "absl/strings/str_cat.h"

namespace linchpin::importers {
namespace {

const char* Word(ImportNote::Kind kind) {
  switch (kind) {
    case ImportNote::Kind::kInfo:
      return "";
    case ImportNote::Kind::kUnknown:
      return "unknown: ";
    case ImportNote::Kind::kSkipped:
      return "not imported: ";
  }
  return "";
}

}  // namespace

std::string ImportNote::Text() const { return absl::StrCat(file, ":", line, ": ", Word(kind), message); }

}  // namespace linchpin::importers
