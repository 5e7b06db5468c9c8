// Trees to resource messages: a walk over the message of the kind.
#ifndef LINCHPIN_SERVICES_RESOURCE_DOCUMENT_READER_H_
#define LINCHPIN_SERVICES_RESOURCE_DOCUMENT_READER_H_

#include <optional>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "services/resource/document.h"
#include "services/resource/node.h"
#include "services/resource/yaml/yaml_reader.h"

namespace linchpin::resource {

// Fills messages from trees and collects what is wrong with them.
class MessageReader {
 public:
  // In JSON a null is an absent field, and `apiVersion` and `kind` may be missing where the name tells the
  // kind.
  // A `partial` document may lack required fields.
  explicit MessageReader(bool json, bool partial = false) : json_(json), partial_(partial) {}

  // Reads one resource document. Nullopt iff errors were added.
  std::optional<Document> ReadDocument(const Node& root);

  // Fills `message` from a map of its fields.
  void Fill(const Node& node, google::protobuf::Message& message);

  void Fail(const Position& at, std::string message) { errors_.push_back({at, std::move(message)}); }
  const std::vector<TextError>& errors() const { return errors_; }

 private:
  const KindInfo* KindOf(const Node& root);
  void FillEntries(const Node& node, google::protobuf::Message& message, bool document);
  void FillField(const Node::Entry& entry, const google::protobuf::FieldDescriptor& field,
                 google::protobuf::Message& message);
  void FillMap(const Node& node, const google::protobuf::FieldDescriptor& field,
               google::protobuf::Message& message);
  void FillValue(const Node& node, const google::protobuf::FieldDescriptor& field,
                 google::protobuf::Message& message);
  void FillMessageValue(const Node& node, google::protobuf::Message& message);
  void FillScalar(const Node& node, const google::protobuf::FieldDescriptor& field,
                  google::protobuf::Message& message);
  void FillEnum(const Node& node, const google::protobuf::FieldDescriptor& field,
                google::protobuf::Message& message);
  void UnknownField(const Node::Entry& entry, const google::protobuf::Descriptor& type);
  void Check(const Node& root, const KindInfo& kind, google::protobuf::Message& resource);

  const bool json_;
  const bool partial_;
  std::vector<TextError> errors_;
};

// Where the proto field path `path` stands in the tree; the nearest part of it that is there.
Position PositionOf(const Node& root, std::string_view path);

// How a node is shown in an error: "`abc`", "a list", "a map", "nothing".
std::string Show(const Node& node);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_DOCUMENT_READER_H_
