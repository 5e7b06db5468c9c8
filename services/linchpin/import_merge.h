// What a second import changes in a resource that people have worked on since the first.
#ifndef LINCHPIN_SERVICES_LINCHPIN_IMPORT_MERGE_H_
#define LINCHPIN_SERVICES_LINCHPIN_IMPORT_MERGE_H_

#include "google/protobuf/message.h"

namespace linchpin::cli {

// Puts the fields that `imported` sets into `present`. Fields that it does not set stay, and so do those for
// which the evidence in `present` has the source DECLARED, unless `overwrite`. Evidence of other sources is
// replaced. A name in `known_none` goes when its field gets a value. The etag stays, so that a write fails if
// somebody writes meanwhile.
void MergeImported(const google::protobuf::Message& imported, bool overwrite,
                   google::protobuf::Message& present);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_LINCHPIN_IMPORT_MERGE_H_
