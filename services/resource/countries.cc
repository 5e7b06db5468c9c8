// Country codes: ISO 3166-1 alpha-2 as published in datasets/country-codes (public domain dedication), 249
// codes.
#include <string_view>

#include "services/resource/validate.h"

namespace linchpin::resource {
namespace {

// Sorted, two letters each.
constexpr std::string_view kCodes =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBL"
    "BMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCV"
    "CWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGD"
    "GEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIM"
    "INIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILK"
    "LRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMW"
    "MXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPR"
    "PSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSS"
    "STSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUY"
    "UZVAVCVEVGVIVNVUWFWSYEYTZAZMZW";
static_assert(kCodes.size() == 2 * 249);

}  // namespace

bool IsCountry(std::string_view code) {
  if (code.size() != 2) return false;
  size_t low = 0, high = kCodes.size() / 2;
  while (low < high) {
    const size_t middle = (low + high) / 2;
    const std::string_view candidate = kCodes.substr(2 * middle, 2);
    if (candidate == code) return true;
    if (candidate < code) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return false;
}

}  // namespace linchpin::resource
