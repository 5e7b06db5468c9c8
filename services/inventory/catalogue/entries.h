// Copies of catalogue entries for an inventory that has use for some of them only.
#ifndef LINCHPIN_SERVICES_INVENTORY_CATALOGUE_ENTRIES_H_
#define LINCHPIN_SERVICES_INVENTORY_CATALOGUE_ENTRIES_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "services/inventory/catalogue/catalogue.h"

namespace linchpin::catalogue {

// The entries of those names and all that they refer to, directly or not, by name; names that the catalogue
// does not have are passed over. Of the makers that a cloud hosts only those count that are needed for
// something else: the copies list no others, or every inventory with one cloud would hold the makers of all
// models that it sells.
std::vector<std::unique_ptr<google::protobuf::Message>> EntriesFor(const Catalogue& catalogue,
                                                                   const std::vector<std::string>& names);

// Adds to `present` the hosted makers that `entry`, a copy of the same vendor, lists and it does not. What it
// says of a maker stays. Returns whether it added any; false for what is no vendor.
bool AddHostedDevelopers(const google::protobuf::Message& entry, google::protobuf::Message& present);

}  // namespace linchpin::catalogue

#endif  // LINCHPIN_SERVICES_INVENTORY_CATALOGUE_ENTRIES_H_
