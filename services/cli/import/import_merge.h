// What a second import changes in a resource that people have worked on since the first
// (docs/adr/0083-a-re-import-is-a-three-way-merge.md).
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_MERGE_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_MERGE_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace linchpin::cli {

// A field that stays as somebody made it, though the file says something else.
struct KeptEdit {
  std::string path;      // "model", "labels.team"
  std::string value;     // where it is a text or an enum and is set
  std::string imported;  // what the file says, likewise
};

// Merges `imported`, which carries a record (importers::ImportRecord), into `present`, field by field; of
// labels and annotations each key by itself, of bounds and likelihoods each fact. A field that holds what the
// last import recorded gets what the file says now, also if that is nothing. Any other is a hand edit and
// stays: one that was changed, removed or added, one whose evidence has the source DECLARED, and, where
// `present` has no record, every one that is set. With `overwrite` what the file says counts; what it does
// not say stays.
//
// Evidence follows the fields: that of fields which the file decides is replaced; of a hand edit, evidence
// that the import left becomes DECLARED; all other stays. A name in `known_none` goes when its field gets a
// value, and so does what is said of a fact that has a value or is none. The etag stays, so that a write
// fails if somebody writes meanwhile.
//
// Returns the hand edits that differ from the file, by path. A repeat changes nothing.
std::vector<KeptEdit> MergeImported(const google::protobuf::Message& imported, bool overwrite,
                                    google::protobuf::Message& present);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_MERGE_H_
