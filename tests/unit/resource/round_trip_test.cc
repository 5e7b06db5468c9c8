// Any message that can be written is read back the same, in both forms, for every kind of resource.
#include <random>
#include <string>

#include "gmock/gmock.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "linchpin/policy/v1/policy.pb.h"
#include "linchpin/policy/v1/rule.pb.h"
#include "services/base/text.h"
#include "services/resource/document_reader.h"
#include "services/resource/json/json_reader.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"
#include "services/resource/yaml/yaml_reader.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::resource {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kMessagesPerKind = 150;
constexpr int kDepthMax = 5;

// Fills messages with every sort of value that the forms have to carry.
class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  void Fill(Message& message, int depth) {
    const auto& type = *message.GetDescriptor();
    const auto& r = *message.GetReflection();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (!OneIn(3)) continue;
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && depth >= kDepthMax) continue;
      if (field.is_map()) {
        FillMap(message, field, depth);
      } else {
        const int count = field.is_repeated() ? static_cast<int>(Below(4)) : 1;
        for (int k = 0; k < count; ++k) Set(message, r, field, depth);
      }
    }
  }

  uint64_t Below(uint64_t n) { return random_() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  std::string Text() {
    static const std::vector<std::string> kOdd = {"",
                                                  " ",
                                                  "NO",
                                                  "yes",
                                                  "null",
                                                  "~",
                                                  "true",
                                                  "1.10",
                                                  "0123",
                                                  "-",
                                                  "- a",
                                                  "a: b",
                                                  "a #b",
                                                  "#",
                                                  "'",
                                                  "\"",
                                                  "\\",
                                                  "{a}",
                                                  "[a",
                                                  "${home}",
                                                  "2026-10-02",
                                                  "2026-10-02T09:00:00Z",
                                                  "90d",
                                                  "4h",
                                                  "-5s",
                                                  "1e5",
                                                  "a\nb",
                                                  "a\n\nb\n",
                                                  "a\n",
                                                  "\na",
                                                  " a\n b",
                                                  "a \nb",
                                                  "---",
                                                  "...",
                                                  "a\n---\nb",
                                                  "a\n  b\nc",
                                                  "a\n   ",
                                                  "a\tb",
                                                  "a\r\nb",
                                                  "\xC3\xA9t\xC3\xA9",
                                                  "\xF0\x9F\x98\x80",
                                                  "\xC2\x85",
                                                  "\xE2\x80\xA8x",
                                                  "\xEF\xBB\xBF",
                                                  "\xC2\xA0",
                                                  "x\x01y",
                                                  "x\x7F",
                                                  "https://example.com/a?b=c&d#e",
                                                  "os.environ/KEY",
                                                  "@x",
                                                  "`x`",
                                                  "%x",
                                                  "!x",
                                                  "&x",
                                                  "*x",
                                                  "|",
                                                  ">",
                                                  "?",
                                                  "? x",
                                                  ":",
                                                  "a:",
                                                  "=",
                                                  "<<"};
    if (OneIn(2)) return kOdd[Below(kOdd.size())];
    std::string out;
    const uint64_t length = Below(OneIn(20) ? 1500 : 12);
    for (uint64_t i = 0; i < length; ++i) out += static_cast<char>(' ' + Below(95));
    return out;
  }

 private:
  void FillMap(Message& message, const FieldDescriptor& field, int depth) {
    std::set<std::string> keys;
    for (uint64_t k = Below(4); k > 0; --k) {
      const std::string key = Text();
      if (!keys.insert(key).second) continue;
      Message* entry = message.GetReflection()->AddMessage(&message, &field);
      entry->GetReflection()->SetString(entry, field.message_type()->map_key(), key);
      Set(*entry, *entry->GetReflection(), *field.message_type()->map_value(), depth);
    }
  }

  void Set(Message& m, const google::protobuf::Reflection& r, const FieldDescriptor& f, int depth) {
    const bool many = f.is_repeated();
    switch (f.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return many ? r.AddString(&m, &f, Text()) : r.SetString(&m, &f, Text());
      case FieldDescriptor::CPPTYPE_BOOL:
        return many ? r.AddBool(&m, &f, OneIn(2)) : r.SetBool(&m, &f, OneIn(2));
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto value = static_cast<int32_t>(OneIn(3) ? random_() : Below(10));
        return many ? r.AddInt32(&m, &f, value) : r.SetInt32(&m, &f, value);
      }
      case FieldDescriptor::CPPTYPE_INT64: {
        const auto value = static_cast<int64_t>(OneIn(3) ? random_() : Below(10));
        return many ? r.AddInt64(&m, &f, value) : r.SetInt64(&m, &f, value);
      }
      case FieldDescriptor::CPPTYPE_DOUBLE: {
        static const double kNumbers[] = {0, 0.4, 1, -3, 1e300, 5e-324, 1.0 / 3, 123456789.125, 0.1};
        return many ? r.AddDouble(&m, &f, kNumbers[Below(9)]) : r.SetDouble(&m, &f, kNumbers[Below(9)]);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const auto* value =
            f.enum_type()->value(1 + static_cast<int>(Below(f.enum_type()->value_count() - 1)));
        return many ? r.AddEnum(&m, &f, value) : r.SetEnum(&m, &f, value);
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return FillChild(many ? *r.AddMessage(&m, &f) : *r.MutableMessage(&m, &f), depth);
      default:
        FAIL() << f.full_name() << " has a type that documents do not carry";
    }
  }

  void FillChild(Message& child, int depth) {
    if (child.GetDescriptor() == google::protobuf::Duration::descriptor()) {
      auto& duration = static_cast<google::protobuf::Duration&>(child);
      const int sign = OneIn(5) ? -1 : 1;
      duration.set_seconds(sign * static_cast<int64_t>(OneIn(2) ? Below(10) * 3600 : Below(315'576'000'000)));
      if (OneIn(4)) duration.set_nanos(sign * static_cast<int>(Below(1'000'000'000)));
    } else if (child.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
      auto& time = static_cast<google::protobuf::Timestamp&>(child);
      time.set_seconds(-62'135'596'800 + static_cast<int64_t>(Below(315'537'897'600)));
      if (OneIn(4)) time.set_nanos(static_cast<int>(Below(1'000)) * 1'000'000);
    } else {
      Fill(child, depth + 1);
    }
  }

  std::mt19937_64 random_;
};

// Fills a message of the kind from a document's tree, without the checks of values.
std::unique_ptr<Message> Refill(const KindInfo& kind, Node root, bool json, std::string& errors) {
  std::erase_if(root.entries, [](const Node::Entry& e) { return e.key == "apiVersion" || e.key == "kind"; });
  MessageReader reader(json);
  auto message = kind.New();
  reader.Fill(root, *message);
  for (const TextError& error : reader.errors()) {
    errors += base::Cat(
        {std::to_string(error.at.line), ":", std::to_string(error.at.column), ": ", error.message, "\n"});
  }
  return message;
}

class RoundTrip : public testing::TestWithParam<const KindInfo*> {};

TEST_P(RoundTrip, YamlGivesTheSameMessage) {
  Generator generator(7);
  for (int i = 0; i < kMessagesPerKind; ++i) {
    auto message = GetParam()->New();
    generator.Fill(*message, 0);
    const std::string text = WriteYamlDocument(*message, /*with_server_fields=*/true);
    const TreeResult trees = ReadYaml(text, 0, {});
    ASSERT_TRUE(trees.errors.empty()) << trees.errors[0].at.line << ": " << trees.errors[0].message << "\n"
                                      << text;
    ASSERT_EQ(trees.documents.size(), 1u) << text;
    std::string errors;
    auto again = Refill(*GetParam(), trees.documents[0], false, errors);
    ASSERT_EQ(errors, "") << text;
    ASSERT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*message, *again))
        << text << again->DebugString();
    ASSERT_EQ(WriteYamlDocument(*again, true), text);
  }
}

TEST_P(RoundTrip, JsonGivesTheSameMessage) {
  Generator generator(8);
  for (int i = 0; i < kMessagesPerKind; ++i) {
    auto message = GetParam()->New();
    generator.Fill(*message, 0);
    const std::string text = WriteJsonDocument(*message, i % 2 == 0 ? 2 : 0);
    JsonReader reader(text, {});
    std::optional<Node> root = reader.Next();
    ASSERT_TRUE(root.has_value()) << reader.error()->message << "\n" << text;
    std::string errors;
    auto again = Refill(*GetParam(), *root, true, errors);
    ASSERT_EQ(errors, "") << text;
    ASSERT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*message, *again))
        << text << again->DebugString();
  }
}

INSTANTIATE_TEST_SUITE_P(AllKinds, RoundTrip, testing::ValuesIn(Kinds()),
                         [](const testing::TestParamInfo<const KindInfo*>& info) {
                           return info.param->kind;
                         });

// The selector's short form is used where it says everything, else the long one.
TEST(RoundTripSelector, KeepsTestsExactly) {
  namespace policy = linchpin::policy::v1;
  Generator generator(9);
  static const char* const kPaths[] = {"tier",          "business_unit",     "continuity.min_viable_ppm",
                                       "labels.Team_a", "consumer.labels.X", "Odd",
                                       "a__b"};
  int short_forms = 0;
  for (int i = 0; i < 2000; ++i) {
    policy::Policy document;
    auto& selector = *document.add_rules()->mutable_select();
    for (uint64_t n = generator.Below(4); n > 0; --n) {
      policy::Test& test = *selector.add_all();
      test.set_path(kPaths[generator.Below(7)]);
      test.set_op(static_cast<policy::Test::Op>(generator.Below(policy::Test::Op_ARRAYSIZE - 1) + 1));
      for (uint64_t v = generator.Below(3); v > 0; --v) {
        policy::Value& value = *test.add_values();
        if (generator.OneIn(2)) {
          value.set_string_value(generator.Text());
        } else {
          value.set_int_value(static_cast<int64_t>(generator.Below(5)));
        }
      }
    }
    const std::string text = WriteYamlDocument(document);
    if (text.find("where:") != std::string::npos) ++short_forms;
    const TreeResult trees = ReadYaml(text, 0, {});
    ASSERT_EQ(trees.documents.size(), 1u) << text;
    std::string errors;
    auto again = Refill(*FindKind("Policy"), trees.documents[0], false, errors);
    ASSERT_EQ(errors, "") << text;
    ASSERT_TRUE(google::protobuf::util::MessageDifferencer::Equals(document, *again))
        << text << again->DebugString();
  }
  EXPECT_GT(short_forms, 100);
}

}  // namespace
}  // namespace linchpin::resource
