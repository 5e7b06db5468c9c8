#include "services/policy/packs/packs.h"

#include <algorithm>
#include <cstddef>

// Defined in packs.S, which the build makes of the files in data/.
#define LINCHPIN_PACK(id, symbol)                          \
  extern "C" {                                             \
  extern const char linchpin_pack_##symbol##_begin[];      \
  extern const char linchpin_pack_##symbol##_end[];        \
  extern const char linchpin_pack_##symbol##_test_begin[]; \
  extern const char linchpin_pack_##symbol##_test_end[];   \
  }
#include "pack_rows.inc"
#undef LINCHPIN_PACK

extern "C" {
extern const char linchpin_pack_fixtures_begin[];
extern const char linchpin_pack_fixtures_end[];
}

namespace linchpin::policy {
namespace {

std::string_view Bytes(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

}  // namespace

const std::vector<ShippedPack>& ShippedPacks() {
#define LINCHPIN_PACK(id, symbol)                                           \
  {id, Bytes(linchpin_pack_##symbol##_begin, linchpin_pack_##symbol##_end), \
   Bytes(linchpin_pack_##symbol##_test_begin, linchpin_pack_##symbol##_test_end)},
  static const auto* const packs = new std::vector<ShippedPack>{
#include "pack_rows.inc"
  };
#undef LINCHPIN_PACK
  return *packs;
}

std::string_view PackFixtures() { return Bytes(linchpin_pack_fixtures_begin, linchpin_pack_fixtures_end); }

const ShippedPack* FindPack(std::string_view id) {
  const auto& packs = ShippedPacks();
  const auto found =
      std::find_if(packs.begin(), packs.end(), [&](const ShippedPack& pack) { return pack.id == id; });
  return found == packs.end() ? nullptr : &*found;
}

}  // namespace linchpin::policy
