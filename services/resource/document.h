// Resource documents in files: YAML with one resource per document, or the same as JSON.
//
//   apiVersion: linchpin/v1
//   kind: Vendor
//   name: vendors/openai
//   country: US
//
// The form is described in docs/reference/files.md. Reading walks over the message of the kind, so that a new
// field needs no change here; every error has its place and says what to do.
#ifndef LINCHPIN_SERVICES_RESOURCE_DOCUMENT_H_
#define LINCHPIN_SERVICES_RESOURCE_DOCUMENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "services/resource/kinds.h"
#include "services/resource/node.h"

namespace linchpin::resource {

// What is wrong in a file, and where.
struct FileError {
  std::string file;
  Position at;
  std::string message;

  // "policy.yaml:12:3: `teir` is not a field of Application; did you mean `tier`?"
  std::string Text() const;
};

// One resource of a file.
struct Document {
  const KindInfo* kind = nullptr;
  std::unique_ptr<google::protobuf::Message> resource;
  std::string file;
  Position at;        // of its first line
  size_t offset = 0;  // bytes of the file that it was read from, for Locate
  size_t size = 0;
  int line_offset = 0;
  int place = 0;  // which one of those bytes, from 0

  const std::string& name() const { return NameOf(*resource); }
};

// Bounds of what is read, and what else is. Beyond them a file is refused with an error that names the bound.
struct ReadLimits {
  size_t file_bytes = size_t{128} << 20;
  size_t document_bytes = size_t{4} << 20;
  size_t line_bytes = size_t{256} << 10;
  int depth = 64;
  int64_t nodes = 200'000;  // of one document
  size_t errors = 100;      // of one file; then reading stops
  // Whether YAML may share values by `&anchor`, `*alias` and `<<`. What an alias stands for counts as
  // `nodes`.
  bool aliases = false;
  // Whether YAML may give a key twice: the last value counts, as most readers have it. Each is then in
  // TreeResult::repeated in place of its errors.
  bool last_key_counts = false;
  // Whether YAML may state a core type by its tag (`!!str`, `!!int` ...). It is kept as the text it is.
  bool core_tags = false;
  // Whether a document may state a part of its resource, without required fields.
  bool partial = false;
};

// How text is to be read.
enum class FileFormat { kByName, kYaml, kJson };

// Reads the documents of `text`, handing each to `sink` in order. Documents with errors are left out, the
// others are read on. Checks form and values (validate.h), not references. Returns all errors, in order of
// place; empty: all is well. `file` is what errors call it; a name that ends in .json or .jsonl, or a text
// that begins with `{` or `[` under a name that is not .yaml or .yml, is JSON: one object, a list, objects
// one after the other, or the answer of a list call. Cost: linear in the text; holds one document at a time.
std::vector<FileError> ReadDocuments(std::string_view file, std::string_view text,
                                     const std::function<void(Document)>& sink, const ReadLimits& limits = {},
                                     FileFormat format = FileFormat::kByName);

// The same, collected.
struct ReadResult {
  std::vector<Document> documents;
  std::vector<FileError> errors;
};
ReadResult ReadAll(std::string_view file, std::string_view text, const ReadLimits& limits = {});

// Where in `text` (from which `document` was read) the field path `path` stands, such as
// `alternatives[1].target`; the nearest part of it that is there, else the beginning of the document. For
// errors that a server reports. Reads the document again.
Position Locate(std::string_view text, const Document& document, std::string_view path);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_DOCUMENT_H_
