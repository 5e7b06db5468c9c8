// What an importer takes and gives: bytes of other tools' files -> proposed resources and notes. Importers
// are pure: they read no file, call nobody, resolve no secret, and the same bytes give the same answer.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_IMPORT_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_IMPORT_H_

#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace linchpin::importers {

// A file to import.
struct ImportFile {
  std::string path;       // what notes and evidence call it
  std::string text;       // its bytes
  std::string gateway;    // id of the gateway that it configures; empty: made from the path (GatewayOf)
  bool included = false;  // it was read because another file includes it, and is no gateway of its own
};

// A proposed resource.
struct ProposedResource {
  // From where: a copy of a catalogue entry (create it where it is missing, leave it where somebody has it
  // already), or read from the file (create or update; it carries an ImportRecord).
  enum class From { kCatalogue, kFile };

  From from = From::kFile;
  std::unique_ptr<google::protobuf::Message> resource;
};

// Something that a person should know about one item of a file.
struct ImportNote {
  // How bad it is.
  enum class Kind {
    kInfo,     // read, and worth knowing
    kUnknown,  // imported, with a fact that could not be told
    kSkipped,  // not imported
  };

  Kind kind = Kind::kInfo;
  std::string file;
  int line = 0;
  std::string message;

  // "litellm.yaml:12: unknown: ..."
  std::string Text() const;
};

// How many of what. Every entry is accounted for: entries == deployments + duplicates + malformed.
struct ImportCounts {
  int files = 0;
  int entries = 0;      // of the files' lists
  int deployments = 0;  // proposed
  int duplicates = 0;   // entries that call the same model in the same way as an earlier one; each has a note
  int malformed = 0;    // entries that are none; each has a note
  int groups = 0;       // names that callers use, each proposed as a route
  int aliases = 0;      // of them, those that stand for another group
  // Of the deployments, those of which this is known:
  int with_model = 0;
  int with_developer = 0;
  int with_origin = 0;    // stated, or derived from the developer's country
  int with_operator = 0;  // or self-hosted
  int with_mode = 0;
  int with_host = 0;
  // Of the others, those of which this is likely:
  int likely_model = 0;
  int likely_developer = 0;  // and the origin with it
  int likely_operator = 0;   // or probably self-hosted
  int likely_mode = 0;
  int likely_host = 0;
};

// The outcome.
struct ImportResult {
  std::vector<ProposedResource> proposals;  // what is referred to comes first
  std::vector<ImportNote> notes;            // by file, line
  ImportCounts counts;
  std::vector<std::string> gateways;        // ids, in the order of the files
  std::vector<std::string> empty_gateways;  // of them, those without any deployment
};

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_IMPORT_H_
