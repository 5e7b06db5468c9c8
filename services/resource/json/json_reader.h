// JSON text (RFC 8259) to trees: strict, with the place of what is wrong.
#ifndef LINCHPIN_SERVICES_RESOURCE_JSON_JSON_READER_H_
#define LINCHPIN_SERVICES_RESOURCE_JSON_JSON_READER_H_

#include <functional>
#include <optional>
#include <string_view>

#include "services/resource/node.h"
#include "services/resource/yaml/yaml_reader.h"

namespace linchpin::resource {

// Reads JSON values one after the other, as in a stream or a file of lines.
//
// Errors: the first one ends the reading. Numbers, `true` and `false` become plain nodes, strings quoted
// ones.
class JsonReader {
 public:
  JsonReader(std::string_view text, const ReadLimits& limits);

  // The elements of a top-level list, or of the one list in the object of a list answer, are handed out one
  // by one, so that a large file is never held as a tree. nullopt: the end, or an error.
  std::optional<Node> Next();

  const std::optional<TextError>& error() const { return error_; }

 private:
  bool EnterAnswer();
  void LeaveAnswer();
  std::optional<Node> Value(int depth);
  std::optional<Node> Map(int depth);
  std::optional<Node> List(int depth);
  std::optional<Node> Quoted();
  std::optional<Node> Plain();
  bool Escape(std::string& out);
  std::optional<unsigned> Hex4();
  void SkipSpace();
  bool Take(char c);
  void Fail(std::string_view message);
  void Advance() { ++at_; }
  bool Ended() const { return at_ >= text_.size(); }
  Position Here() const;

  std::string_view text_;
  const ReadLimits limits_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  int line_ = 1;
  int64_t nodes_ = 0;
  bool in_list_ = false;
  bool in_answer_ = false;
  bool after_item_ = false;
  std::optional<TextError> error_;
};

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_JSON_JSON_READER_H_
