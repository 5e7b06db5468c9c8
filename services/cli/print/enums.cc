#include "services/cli/print/enums.h"

#include "services/base/text.h"
#include "services/cli/flags/arguments.h"
#include "services/resource/scalars.h"

namespace linchpin::cli {
namespace {

std::string Word(std::string name) {
  for (char& c : name) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name;
}

}  // namespace

std::vector<std::string> FlagWords(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> words;
  for (const std::string& name : resource::EnumShortNames(type)) words.push_back(Word(name));
  return words;
}

absl::StatusOr<int> FlagEnum(const google::protobuf::EnumDescriptor& type, std::string_view flag,
                             std::string_view word) {
  for (int i = 0; i < type.value_count(); ++i) {
    const auto& value = *type.value(i);
    if (value.number() != 0 && Word(resource::EnumShortName(value)) == Word(std::string(word)))
      return value.number();
  }
  const std::vector<std::string> words = FlagWords(type);
  const auto nearest = base::Nearest(word, words);
  return UsageError(base::Cat({"`", word, "` is not a value of `--", flag, "`; ",
                               nearest ? base::Cat({"did you mean `", *nearest, "`?"})
                                       : base::Cat({"it is one of ", base::JoinNames(words, 20)})}));
}

std::string FlagWord(const google::protobuf::EnumDescriptor& type, int number) {
  const auto* value = type.FindValueByNumber(number);
  return value == nullptr ? std::to_string(number) : Word(resource::EnumShortName(*value));
}

}  // namespace linchpin::cli
