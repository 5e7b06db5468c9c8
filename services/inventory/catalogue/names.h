// Ids from names that other systems use. The rule is in docs/integrations/litellm.md and never changes: a
// second import must find what the first one made.
#ifndef LINCHPIN_SERVICES_INVENTORY_CATALOGUE_NAMES_H_
#define LINCHPIN_SERVICES_INVENTORY_CATALOGUE_NAMES_H_

#include <string>
#include <string_view>
#include <vector>

namespace linchpin::catalogue {

// The id of a name: lower case; every run of other characters than a-z and 0-9 is one dash; none at the ends;
// `*` is the word `any`; a name that does not begin with a letter gets `x-` before it; one of more than 63
// bytes is cut to 54 and gets a dash and ShortHash(name). "Llama-3.1-8B" is "llama-3-1-8b".
std::string Slug(std::string_view name);

// What two spellings of one model name have in common: letters and digits, lower case. "Llama-3.1-8B" is
// "llama318b".
std::string Squash(std::string_view name);

// Eight hexadecimal digits: the upper half of the FNV-1a hash (64 bit) of `text`.
std::string ShortHash(std::string_view text);

// A name that wants an id.
struct Wanted {
  std::string name;       // what the id is made of
  std::string qualifier;  // tells it from others of the same id: a region, an address; may be empty
  std::string identity;   // verbatim and unique
};

// One id for each, in the same order. Where several come to one id, all that have a qualifier get it at the
// end; where that is not enough, all but the one of the smallest identity (bytewise) get the ShortHash of
// theirs. So ids do not depend on the order in a file.
std::vector<std::string> UniqueIds(const std::vector<Wanted>& wanted);

}  // namespace linchpin::catalogue

#endif  // LINCHPIN_SERVICES_INVENTORY_CATALOGUE_NAMES_H_
