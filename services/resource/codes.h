// Codes of public lists and standards: currencies, identifiers of legal entities.
#ifndef LINCHPIN_SERVICES_RESOURCE_CODES_H_
#define LINCHPIN_SERVICES_RESOURCE_CODES_H_

#include <string_view>

namespace linchpin::resource {

// Whether `code` is the code of a currency in use (ISO 4217), upper case.
bool IsCurrency(std::string_view code);

// Whether `code` is a legal entity identifier by its form (ISO 17442): 18 upper-case letters or digits and
// two check digits (ISO/IEC 7064, MOD 97-10) that fit. Whether it was ever issued is not asked.
bool IsLei(std::string_view code);

// Whether `code` is a European unique identifier by its form: a country, the register's code, a point and the
// number in it, with an optional check character after `_`: `DEK1101R.HRB116737`.
bool IsEuid(std::string_view code);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_CODES_H_
