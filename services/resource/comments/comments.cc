#include "services/resource/comments/comments.h"

#include <cstddef>

#include "google/protobuf/descriptor.pb.h"

// Defined in comments.S.
extern "C" {
extern const char linchpin_comments_begin[];
extern const char linchpin_comments_end[];
}

namespace linchpin::resource {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::SourceLocation;

// The same definitions as those compiled in, but with comments.
const DescriptorPool& Commented() {
  static const auto* const pool = [] {
    auto* made = new DescriptorPool;
    google::protobuf::FileDescriptorSet files;
    files.ParseFromArray(linchpin_comments_begin,
                         static_cast<int>(linchpin_comments_end - linchpin_comments_begin));
    // A file comes after those that it imports.
    for (const auto& file : files.file()) made->BuildFile(file);
    return made;
  }();
  return *pool;
}

// One line, without the space that begins each line of a comment.
std::string Joined(const std::string& comment) {
  std::string text;
  for (const char c : comment) {
    const bool space = c == ' ' || c == '\n';
    if (space && (text.empty() || text.back() == ' ')) continue;
    text += space ? ' ' : c;
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

template <typename Definition>
std::string CommentIn(const Definition* definition) {
  SourceLocation location;
  if (definition == nullptr || !definition->GetSourceLocation(&location)) return "";
  return Joined(location.leading_comments);
}

}  // namespace

std::string CommentOf(const google::protobuf::Descriptor& message) {
  return CommentIn(Commented().FindMessageTypeByName(message.full_name()));
}

std::string CommentOf(const google::protobuf::FieldDescriptor& field) {
  return CommentIn(Commented().FindFieldByName(field.full_name()));
}

std::string CommentOf(const google::protobuf::EnumValueDescriptor& value) {
  return CommentIn(Commented().FindEnumValueByName(value.full_name()));
}

}  // namespace linchpin::resource
