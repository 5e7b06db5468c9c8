// What an import tells people.
#ifndef LINCHPIN_SERVICES_LINCHPIN_IMPORT_REPORT_H_
#define LINCHPIN_SERVICES_LINCHPIN_IMPORT_REPORT_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/inventory/importers/import.h"
#include "services/linchpin/context.h"
#include "services/linchpin/import_asks.h"
#include "services/linchpin/import_merge.h"

namespace linchpin::cli {

// What an import did to the inventory.
struct ImportOutcome {
  std::map<std::string, size_t> counts;  // by action: created, updated, unchanged, deleted
  size_t of_catalogue_there = 0;         // entries of the catalogue that somebody has already
  std::vector<std::pair<std::string, std::vector<KeptEdit>>> kept;  // by resource
  std::vector<std::string> gone;  // what an earlier import made and the files do not name any more
  bool pruned = false;            // ... and which was to be removed
  bool dry_run = false;
};

// What came in, what is known of it, and every note.
void PrintReport(Context& context, const importers::ImportResult& result);

// What became of it.
void PrintOutcome(Context& context, const ImportOutcome& outcome);

// What to find out next, as documents to fill in; nothing if nothing is unknown.
void PrintAsks(Context& context, const Asks& asks);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_LINCHPIN_IMPORT_REPORT_H_
