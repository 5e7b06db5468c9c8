// What an import wrote into a resource, kept beside it, so that the next import can tell a hand edit from
// what it wrote itself (docs/adr/0083-a-re-import-is-a-three-way-merge.md).
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_IMPORT_RECORD_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_IMPORT_RECORD_H_

#include <map>
#include <optional>
#include <string>

#include "google/protobuf/message.h"

namespace linchpin::importers {

// The annotation that holds the record.
inline constexpr char kRecordAnnotation[] = "linchpin.dev/imported";

// Path of a field -> a digest of its value. Paths are names of top fields; of labels and annotations each key
// is one (`labels.linchpin.dev/gateway`), of bounds and likelihoods each fact (`likely.host.provider`). Name,
// evidence, output-only fields and the record itself have none.
using ImportRecord = std::map<std::string, std::string>;

// The record of what the resource holds now.
ImportRecord RecordOf(const google::protobuf::Message& resource);

// The record that the annotation holds; nullopt if there is none.
std::optional<ImportRecord> StoredRecord(const google::protobuf::Message& resource);

// Puts a record into the annotation.
void StoreRecord(const ImportRecord& record, google::protobuf::Message& resource);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_IMPORT_RECORD_H_
