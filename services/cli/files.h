// The documents of the files that a command was given.
#ifndef LINCHPIN_SERVICES_CLI_FILES_H_
#define LINCHPIN_SERVICES_CLI_FILES_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// A file's text, kept to find places in it again.
struct FileText {
  std::string name;
  std::string text;
};

// What was read, in the order given.
struct Loaded {
  std::vector<FileText> files;
  std::vector<resource::Document> documents;

  const std::string& TextOf(const resource::Document& document) const;
};

// One file's text; `-` is `in`. Errors: FAILED_PRECONDITION with the system's reason; a file beyond
// `bytes_max` is refused unread.
absl::StatusOr<FileText> ReadText(const std::string& path, std::istream& in, size_t bytes_max);

// Reads files, folders (every .yaml, .yml, .json and .jsonl below, by name) and `-`. All errors of all files
// at once, also names that stand twice. `partial` documents may lack required fields.
absl::StatusOr<Loaded> LoadFiles(const std::vector<std::string>& paths, std::istream& in,
                                 bool partial = false);

// Indexes of the documents so that what is referred to comes before what refers to it; else in the order
// given.
std::vector<size_t> ReferenceOrder(const std::vector<const resource::Document*>& documents);

// "file.yaml:12:3" of a field path of a document.
std::string PlaceOf(const Loaded& loaded, const resource::Document& document, const std::string& path);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_FILES_H_
