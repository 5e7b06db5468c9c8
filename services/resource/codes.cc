#include "services/resource/codes.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "services/resource/validate.h"

namespace linchpin::resource {
namespace {

// ISO 4217, alphabetic codes of currencies in use, without funds, metals and test codes. Ascending.
constexpr std::string_view kCurrencies[] = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD",
    "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY",
    "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP",
    "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR",
    "IQD", "IRR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT",
    "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR",
    "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
    "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD",
    "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY",
    "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD",
    "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG"};

bool IsUpperOrDigit(char c) { return absl::ascii_isupper(c) || absl::ascii_isdigit(c); }

constexpr size_t kLeiLength = 20;

}  // namespace

bool IsCurrency(std::string_view code) {
  return std::binary_search(std::begin(kCurrencies), std::end(kCurrencies), code);
}

bool IsLei(std::string_view code) {
  if (code.size() != kLeiLength || !std::all_of(code.begin(), code.end(), IsUpperOrDigit)) return false;
  if (!absl::ascii_isdigit(code[18]) || !absl::ascii_isdigit(code[19])) return false;
  int rest = 0;
  for (const char c : code) {
    // A letter counts as the two digits of 10 to 35.
    rest = absl::ascii_isdigit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest == 1;
}

bool IsEuid(std::string_view code) {
  const size_t point = code.find('.');
  if (point == std::string_view::npos || point < 3 || point + 1 == code.size()) return false;
  const auto in_form = [](char c) { return IsUpperOrDigit(c) || c == '.' || c == '_' || c == '-'; };
  return IsCountry(code.substr(0, 2)) && std::all_of(code.begin(), code.end(), in_form);
}

}  // namespace linchpin::resource
