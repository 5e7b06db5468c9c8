// Finds entries of the catalogue as people and systems spell them.
#ifndef LINCHPIN_SERVICES_INVENTORY_CATALOGUE_SEARCH_H_
#define LINCHPIN_SERVICES_INVENTORY_CATALOGUE_SEARCH_H_

#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "services/inventory/catalogue/catalogue.h"

namespace linchpin::catalogue {

// How well an entry fits, best first.
enum class Fit {
  kName,    // it is called so, but for case and punctuation
  kString,  // it is called so by a string of a gateway or a cloud: `bedrock/us.amazon.nova-pro-v1:0`
  kBegin,   // a name of it begins so
  kWords,   // its names hold every word
};

// An entry that `Search` found.
struct Found {
  const google::protobuf::Message* entry;  // of the catalogue
  Fit fit;
  std::string spelling;  // the name of the entry that fits; of several the first in the document
};

// All names of an entry: id, display name, aliases, ids of other systems, in the order of the document.
std::vector<std::string> Spellings(const google::protobuf::Message& entry);

// Entries that `words` may mean, best first; then vendors before models before the rest, then by length of
// the id, then by name. Empty words find nothing. Cost: a walk over all names, some milliseconds.
std::vector<Found> Search(const Catalogue& catalogue, std::string_view words);

// Those of the best fit, if that is kName or kString; empty if nothing is called so. Of a name and a string
// only the name counts; a resource name (`models/gpt-4o`) means that entry alone.
std::vector<Found> Resolve(const Catalogue& catalogue, std::string_view name);

}  // namespace linchpin::catalogue

#endif  // LINCHPIN_SERVICES_INVENTORY_CATALOGUE_SEARCH_H_
