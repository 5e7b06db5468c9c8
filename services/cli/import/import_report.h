// What an import tells people.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_REPORT_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_REPORT_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/cli/context.h"
#include "services/cli/import/fact_questions.h"
#include "services/cli/import/import_merge.h"
#include "services/cli/import/import_retirement.h"
#include "services/cli/import/old_routes.h"
#include "services/inventory/importers/import.h"

namespace linchpin::cli {

// What an import did to the inventory.
struct ImportOutcome {
  std::map<std::string, size_t> counts;  // by action: created, updated, unchanged, deleted
  size_t of_catalogue_there = 0;         // entries of the catalogue that somebody has already
  std::vector<std::pair<std::string, std::vector<KeptEdit>>> kept;  // by resource
  bool dry_run = false;

  // What an earlier import made and the files do not name any more.
  std::vector<std::string> gone;
  bool pruned = false;         // it was to be removed
  bool removed = false;        // it was, or in a dry run would be
  bool not_rehearsed = false;  // it is too much to rehearse the removal
  // What of it is still referred to, so that nothing is removed: by what.
  std::map<std::string, std::string> referred;
};

// What came in, what is known of it, and every note.
void PrintReport(Context& context, const importers::ImportResult& result);

// Models that are retired or soon will be; nothing if there is none.
void PrintRetiring(Context& context, const std::vector<Retiring>& retiring);

// Groups that were applications before; nothing if there was none.
void PrintOldRoutes(Context& context, const OldRoutes& old);

// What became of it.
void PrintOutcome(Context& context, const ImportOutcome& outcome);

// What to find out next, as documents to fill in; nothing if nothing is unknown.
void PrintFactQuestions(Context& context, const FactQuestions& asks);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_REPORT_H_
