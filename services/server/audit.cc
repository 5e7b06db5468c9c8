#include "services/server/audit.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "services/base/sha256.h"
#include "services/server/server_settings.h"
#include "services/server/stores.h"
#include "services/store/open.h"
#include "services/store/port/audit_chain.h"

namespace linchpin::linchpind {
namespace {

constexpr std::string_view kAreas[] = {"inventory", "policy", "risk"};
constexpr int kBroken = 1;
constexpr int kWrongUse = 2;

using Anchors = std::map<std::string, std::vector<store::AuditAnchor>, std::less<>>;

// AREA:NUMBER:DIGEST.
std::optional<std::pair<std::string, store::AuditAnchor>> ParseAnchor(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  store::AuditAnchor anchor;
  if (parts.size() != 3 || std::find(std::begin(kAreas), std::end(kAreas), parts[0]) == std::end(kAreas)) {
    return std::nullopt;
  }
  if (!absl::SimpleAtoi(parts[1], &anchor.number) || anchor.number < 1) return std::nullopt;
  if (parts[2].size() != 2 * base::kSha256Bytes ||
      parts[2].find_first_not_of("0123456789abcdef") != std::string::npos) {
    return std::nullopt;
  }
  anchor.digest = absl::HexStringToBytes(parts[2]);
  return std::pair(parts[0], std::move(anchor));
}

bool VerifyOne(const kit::Settings& settings, std::string_view area,
               const std::vector<store::AuditAnchor>& anchors, kit::Log& log) {
  store::OpenOptions options;
  options.read_only = true;
  options.log = StoreLog(log, std::string(area));
  const auto opened = store::OpenStore(settings.Text("store"), area, options);
  const std::string name(area);
  const auto fail = [&name](const absl::Status& status) {
    std::fprintf(stderr, "linchpind: %s: %s\n", name.c_str(), std::string(status.message()).c_str());
    return false;
  };
  if (!opened.ok()) return fail(opened.status());
  const auto chain = store::VerifyAudit(**opened, anchors);
  if (!chain.ok()) return fail(chain.status());
  std::printf("%s:%lld:%s\n", name.c_str(), static_cast<long long>(chain->newest.number),
              base::Hex(chain->newest.digest).c_str());
  if (chain->unchained > 0) {
    std::fprintf(stderr, "linchpind: %s: the first %lld rows are older than the chain and were not checked\n",
                 name.c_str(), static_cast<long long>(chain->unchained));
  }
  return true;
}

}  // namespace

int VerifyAudits(const kit::Settings& settings, const std::vector<std::string>& anchors, kit::Log& log) {
  Anchors parsed;
  for (const std::string& text : anchors) {
    auto anchor = ParseAnchor(text);
    if (!anchor) {
      std::fprintf(stderr, "linchpind: \"%s\" is not a line that `linchpind audit verify` printed\n",
                   text.c_str());
      return kWrongUse;
    }
    parsed[anchor->first].push_back(std::move(anchor->second));
  }
  bool sound = true;
  for (std::string_view area : kAreas) {
    if (!Serves(settings, area)) continue;
    sound = VerifyOne(settings, area, parsed[std::string(area)], log) && sound;
  }
  return sound ? 0 : kBroken;
}

}  // namespace linchpin::linchpind
