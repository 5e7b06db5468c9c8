#include "services/risk/domain/scenarios/atom_cutoff.h"

#include "services/base/text.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

struct Row {
  std::string_view prefix;
  v1::Cutoff::Type type;
  std::string_view collection;  // Empty: a country.
};

constexpr Row kRows[] = {
    {"vendor", v1::Cutoff::TYPE_VENDOR_EXIT, "vendors"},
    {"host", v1::Cutoff::TYPE_CLOUD_FAILURE, "hosts"},
    {"licence", v1::Cutoff::TYPE_LICENCE_REVOCATION, "licences"},
    {"model", v1::Cutoff::TYPE_MODEL_WITHDRAWAL, "models"},
    {"weights", v1::Cutoff::TYPE_COUNTRY_WEIGHTS_BAN, ""},
    {"services", v1::Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF, ""},
};

}  // namespace

std::optional<v1::Cutoff> CutoffOfKey(std::string_view key) {
  const size_t colon = key.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view id = key.substr(colon + 1);
  for (const Row& row : kRows) {
    if (row.prefix != key.substr(0, colon)) continue;
    v1::Cutoff cutoff;
    cutoff.set_type(row.type);
    if (row.collection.empty()) {
      cutoff.set_country(std::string(id));
    } else {
      cutoff.set_target(base::Cat({row.collection, "/", id}));
    }
    return cutoff;
  }
  return std::nullopt;
}

}  // namespace linchpin::risk
