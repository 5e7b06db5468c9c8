#include "services/resource/codes.h"

#include <string>

#include "gtest/gtest.h"

namespace linchpin::resource {
namespace {

TEST(Codes, CurrenciesAreThoseInUse) {
  for (const char* code : {"AED", "EUR", "USD", "ZWG"}) EXPECT_TRUE(IsCurrency(code)) << code;
  for (const char* code : {"", "eur", "XXX", "DEM", "EURO", "XAU"}) EXPECT_FALSE(IsCurrency(code)) << code;
}

// The examples of GLEIF: those of Deutsche Bank, Apple and Bloomberg.
TEST(Codes, LeisHaveCheckDigitsThatFit) {
  for (const char* lei : {"7LTWFZYICNSX8D621K86", "HWUPKR0MPOU8FGXBT394", "5493001KJTIIGC8Y1R12"})
    EXPECT_TRUE(IsLei(lei)) << lei;
}

TEST(Codes, OneWrongCharacterIsFound) {
  const std::string right = "7LTWFZYICNSX8D621K86";
  for (size_t i = 0; i < right.size(); ++i) {
    std::string wrong = right;
    // Within its sort: a letter for a digit also moves what stands before it, which the check digits need not
    // find.
    const bool digit = right[i] >= '0' && right[i] <= '9';
    wrong[i] = digit ? (right[i] == '3' ? '4' : '3') : (right[i] == 'B' ? 'C' : 'B');
    EXPECT_FALSE(IsLei(wrong)) << wrong;
  }
  std::string swapped = right;
  std::swap(swapped[18], swapped[19]);
  EXPECT_FALSE(IsLei(swapped));
  for (const char* lei : {"", "7LTWFZYICNSX8D621K8", "7LTWFZYICNSX8D621K860", "7ltwfzyicnsx8d621k86"})
    EXPECT_FALSE(IsLei(lei)) << lei;
}

TEST(Codes, EuidsNameACountryARegisterAndANumber) {
  for (const char* euid : {"DEK1101R.HRB116737", "IECRO.123456", "FR7501.383474814"})
    EXPECT_TRUE(IsEuid(euid)) << euid;
  for (const char* euid : {"", "DE", "DEK1101R", "DEK1101R.", "XXK1101R.HRB1", "de.1", ".1"})
    EXPECT_FALSE(IsEuid(euid)) << euid;
}

}  // namespace
}  // namespace linchpin::resource
