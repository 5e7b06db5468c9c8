#include "services/cli/listing/label_filter.h"

#include <algorithm>
#include <optional>

#include "services/base/text.h"
#include "services/cli/flags/arguments.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;

// The value of a label; nothing without it.
std::optional<std::string> LabelOf(const Message& resource, const std::string& key) {
  const auto& reflection = *resource.GetReflection();
  const auto* labels = resource.GetDescriptor()->FindFieldByName("labels");
  for (int i = 0; i < reflection.FieldSize(resource, labels); ++i) {
    const Message& entry = reflection.GetRepeatedMessage(resource, labels, i);
    const auto text = [&](int number) {
      return entry.GetReflection()->GetString(entry, entry.GetDescriptor()->FindFieldByNumber(number));
    };
    if (text(1) == key) return text(2);
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<LabelFilter> LabelFilter::Read(const std::vector<std::string>& words,
                                              const resource::KindInfo& kind) {
  LabelFilter filter;
  for (const std::string& word : words) {
    for (size_t at = 0; at <= word.size();) {
      const size_t end = std::min(word.find(',', at), word.size());
      if (absl::Status status = filter.Add(std::string_view(word).substr(at, end - at)); !status.ok())
        return status;
      at = end + 1;
    }
  }
  if (!filter.empty() && kind.descriptor->FindFieldByName("labels") == nullptr)
    return UsageError(Cat({kind.kind, " has no labels; leave -l out"}));
  return filter;
}

absl::Status LabelFilter::Add(std::string_view word) {
  Test test;
  const size_t equals = word.find('=');
  std::string_view key = word.substr(0, equals);
  if (equals != std::string_view::npos) {
    test.compares = true;
    test.value = word.substr(equals + 1);
    test.wanted = key.empty() || key.back() != '!';
    if (!test.wanted) key.remove_suffix(1);
    if (test.value.rfind('=', 0) == 0) test.value.erase(0, 1);  // `==`, as kubectl takes it
  } else if (!key.empty() && key.front() == '!') {
    test.wanted = false;
    key.remove_prefix(1);
  }
  if (key.empty())
    return UsageError(
        Cat({"--label: `", word, "` is no test of a label; give KEY=VALUE, KEY!=VALUE, KEY or !KEY"}));
  test.key = key;
  tests_.push_back(std::move(test));
  return absl::OkStatus();
}

bool LabelFilter::Takes(const Message& resource) const {
  return std::all_of(tests_.begin(), tests_.end(), [&](const Test& test) {
    const std::optional<std::string> value = LabelOf(resource, test.key);
    const bool holds = value.has_value() && (!test.compares || *value == test.value);
    return holds == test.wanted;
  });
}

}  // namespace linchpin::cli
