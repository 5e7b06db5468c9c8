// Documents that state a part of a resource, for `apply --merge` and `diff --merge`
// (docs/adr/0084-apply-can-merge.md).
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_PARTIAL_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_PARTIAL_H_

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/cli/client/client.h"
#include "services/cli/files.h"

namespace linchpin::cli {

// Changes `present` in what `stated` states, and nothing else. A field that is set there replaces the present
// one, lists and messages whole; of labels and annotations each key is one. A name in `known_none` is added
// to the present ones, and the field that it names loses its value; a field that gets a value loses its name
// there. A bound or a likelihood replaces the present one of its fact; a field that gets a value, or becomes
// none, loses those that it settles. Evidence of a field whose value changes is replaced by what `stated`
// has, all other stays. So does the etag, unless `stated` has one.
void MergeStated(const google::protobuf::Message& stated, google::protobuf::Message& present);

// Makes the documents whole: each that the server has becomes what is stored, merged with what the document
// states; each that it has not stays. Then adds what they refer to and neither they nor the server have, with
// all that this refers to, from the catalogue, as documents of the file `catalogue`.
//
// Errors: those of the calls; FILES with the place where a name is in none of the three, and the nearest one
// of the catalogue.
absl::Status CompleteDocuments(Client& client, Loaded& loaded);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_PARTIAL_H_
