#include "services/resource/short_forms.h"

#include <set>

#include "services/base/text.h"
#include "services/resource/document_reader.h"
#include "services/resource/scalars.h"

namespace linchpin::resource {
namespace {

using linchpin::policy::v1::Selector;
using linchpin::policy::v1::Test;
using linchpin::policy::v1::Value;

bool IsLongValue(const Node& node) { return node.type == Node::Type::kMap; }

// A list of single values is a list of strings.
void ReadListValue(const Node& node, Value& value, MessageReader& reader) {
  auto& list = *value.mutable_list_value();
  for (const Node& item : node.items) {
    if (item.type != Node::Type::kPlain && item.type != Node::Type::kQuoted) {
      reader.Fail(item.at, base::Cat({"a list of a value holds texts only, not ", Show(item)}));
    } else {
      list.add_values(item.text);
    }
  }
}

void ReadPlainValue(const Node& node, Value& value, MessageReader& reader) {
  const std::string& text = node.text;
  if (text == "true" || text == "false") {
    value.set_bool_value(text == "true");
  } else if (auto whole = ParseInt(text)) {
    value.set_int_value(*whole);
  } else if (text.find_first_not_of("0123456789", text[0] == '-' ? 1 : 0) == std::string::npos &&
             text != "-") {
    reader.Fail(node.at,
                base::Cat({"`", text, "` is not a whole number that fits; quote it if it is meant as text"}));
  } else if (auto number = ParseNumber(text)) {
    value.set_number_value(*number);
  } else if (auto duration = ParseDuration(text)) {
    *value.mutable_duration_value() = *duration;
  } else {
    value.set_string_value(text);
  }
}

// Any form of Value.
void ReadValue(const Node& node, Value& value, MessageReader& reader) {
  if (!ReadShortMessage(node, value, reader)) reader.Fill(node, value);
}

// `businessUnit` to `business_unit`; keys of labels and annotations stay.
std::string PathOf(const std::string& written) {
  std::string path;
  size_t at = 0;
  while (at < written.size()) {
    const size_t end = std::min(written.find('.', at), written.size());
    const std::string part = written.substr(at, end - at);
    path += base::SnakeCase(part);
    if (part == "labels" || part == "annotations") return path + written.substr(end);
    if (end < written.size()) path += '.';
    at = end + 1;
  }
  return path;
}

std::string WrittenPath(const std::string& path) {
  std::string written;
  size_t at = 0;
  while (at < path.size()) {
    const size_t end = std::min(path.find('.', at), path.size());
    const std::string part = path.substr(at, end - at);
    written += base::CamelCase(part);
    if (part == "labels" || part == "annotations") return written + path.substr(end);
    if (end < path.size()) written += '.';
    at = end + 1;
  }
  return written;
}

std::vector<std::string> OperatorWords() {
  std::vector<std::string> words;
  for (int op = Test::Op_MIN + 1; op <= Test::Op_MAX; ++op)
    words.push_back(OperatorWord(static_cast<Test::Op>(op)));
  return words;
}

std::optional<Test::Op> FindOperator(const std::string& word) {
  for (int op = Test::Op_MIN + 1; op <= Test::Op_MAX; ++op) {
    const auto candidate = static_cast<Test::Op>(op);
    if (word == OperatorWord(candidate) || word == base::SnakeCase(OperatorWord(candidate)) ||
        word == Test::Op_Name(candidate).substr(3)) {
      return candidate;
    }
  }
  return std::nullopt;
}

using Tests = google::protobuf::RepeatedPtrField<Test>;

void ReadTest(const std::string& path, Test::Op op, const Node& node, Tests& tests, MessageReader& reader) {
  Test& test = *tests.Add();
  test.set_path(path);
  test.set_op(op);
  if (TakesNothing(op)) {
    if (node.type != Node::Type::kPlain || node.text != "true") {
      reader.Fail(node.at, base::Cat({"`", OperatorWord(op),
                                      "` takes `true`; the opposite of `exists` is `missing`"}));
    }
  } else if (TakesList(op)) {
    if (node.type != Node::Type::kList)
      return reader.Fail(node.at, base::Cat({"`", OperatorWord(op), "` expects a list, not ", Show(node)}));
    for (const Node& item : node.items) ReadValue(item, *test.add_values(), reader);
  } else if (node.type == Node::Type::kList || node.type == Node::Type::kNull) {
    reader.Fail(node.at, base::Cat({"`", OperatorWord(op), "` expects one value, not ", Show(node)}));
  } else {
    ReadValue(node, *test.add_values(), reader);
  }
}

// `tier: {le: 1, ge: 0}`, `businessUnit: retail`, `environment: [a, b]`.
void ReadTests(const Node::Entry& entry, Tests& tests, MessageReader& reader) {
  const std::string path = PathOf(entry.key);
  const Node& node = entry.value;
  if (node.type == Node::Type::kNull)
    return reader.Fail(entry.at, base::Cat({"`", entry.key, "` has no value to test for"}));
  if (node.type == Node::Type::kList) return ReadTest(path, Test::OP_IN, node, tests, reader);
  if (node.type != Node::Type::kMap) return ReadTest(path, Test::OP_EQ, node, tests, reader);
  for (const Node::Entry& test : node.entries) {
    const auto op = FindOperator(test.key);
    if (op) {
      ReadTest(path, *op, test.value, tests, reader);
      continue;
    }
    const auto nearest = base::Nearest(test.key, OperatorWords());
    reader.Fail(test.at,
                base::Cat({"`", test.key, "` is not a comparison; ",
                           nearest ? base::Cat({"did you mean `", *nearest, "`?"})
                                   : base::Cat({"it is one of ", base::JoinNames(OperatorWords(), 20)})}));
  }
}

bool IsShortTest(const Test& test) {
  if (test.op() == Test::OP_UNSPECIFIED || test.path().empty()) return false;
  if (PathOf(WrittenPath(test.path())) != test.path()) return false;
  for (const Value& value : test.values()) {
    if (value.kind_case() == Value::KIND_NOT_SET || value.has_list_value()) return false;
  }
  if (TakesNothing(test.op())) return test.values_size() == 0;
  return TakesList(test.op()) || test.values_size() == 1;
}

}  // namespace

std::string OperatorWord(Test::Op op) {
  std::string lower = Test::Op_Name(op).substr(3);  // without OP_
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return base::CamelCase(lower);
}

bool TakesList(Test::Op op) {
  return op == Test::OP_IN || op == Test::OP_NOT_IN || op == Test::OP_ANY_IN || op == Test::OP_ALL_IN ||
         op == Test::OP_NONE_IN;
}

bool TakesNothing(Test::Op op) { return op == Test::OP_EXISTS || op == Test::OP_MISSING; }

bool ReadShortMessage(const Node& node, google::protobuf::Message& message, MessageReader& reader) {
  if (message.GetDescriptor() != Value::descriptor() || IsLongValue(node)) return false;
  auto& value = static_cast<Value&>(message);
  if (node.type == Node::Type::kNull) {
    reader.Fail(node.at, "a value is missing");
  } else if (node.type == Node::Type::kList) {
    ReadListValue(node, value, reader);
  } else if (node.type == Node::Type::kQuoted) {
    value.set_string_value(node.text);
  } else {
    ReadPlainValue(node, value, reader);
  }
  return true;
}

namespace {

// The tests that an entry gives in short form; null for any other entry.
Tests* ShortTestsOf(const Node::Entry& entry, google::protobuf::Message& message) {
  if (message.GetDescriptor() == Selector::descriptor() && entry.key == "where")
    return static_cast<Selector&>(message).mutable_all();
  // A list holds tests in full.
  if (entry.value.type == Node::Type::kList) return nullptr;
  if (message.GetDescriptor() == policy::v1::AccessPathRule::descriptor()) {
    auto& rule = static_cast<policy::v1::AccessPathRule&>(message);
    return entry.key == "all" ? rule.mutable_all() : entry.key == "none" ? rule.mutable_none() : nullptr;
  }
  if (message.GetDescriptor() != policy::v1::AttributeRule::descriptor()) return nullptr;
  auto& rule = static_cast<policy::v1::AttributeRule&>(message);
  if (entry.key == "must") return rule.mutable_must();
  return entry.key == "mustNot" || entry.key == "must_not" ? rule.mutable_must_not() : nullptr;
}

}  // namespace

bool ReadShortEntry(const Node::Entry& entry, google::protobuf::Message& message, MessageReader& reader) {
  Tests* const tests = ShortTestsOf(entry, message);
  if (tests == nullptr) return false;
  if (entry.value.type != Node::Type::kMap) {
    reader.Fail(entry.at, base::Cat({"`", entry.key, "` expects fields and what they must be, such as `",
                                     entry.key, ": {tier: {le: 1}}`, not ", Show(entry.value)}));
    return true;
  }
  for (const Node::Entry& test : entry.value.entries) ReadTests(test, *tests, reader);
  return true;
}

std::optional<std::vector<WhereKey>> ShortTests(const Selector& selector) {
  std::vector<WhereKey> keys;
  std::set<std::string> paths;
  std::set<Test::Op> ops;
  for (const Test& test : selector.all()) {
    if (!IsShortTest(test)) return std::nullopt;
    const std::string written = WrittenPath(test.path());
    if (keys.empty() || keys.back().path != written) {
      if (!paths.insert(written).second) return std::nullopt;
      keys.push_back({written, {}});
      ops.clear();
    }
    if (!ops.insert(test.op()).second) return std::nullopt;
    keys.back().tests.push_back(&test);
  }
  return keys;
}

}  // namespace linchpin::resource
