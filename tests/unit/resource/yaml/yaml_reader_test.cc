#include "services/resource/yaml/yaml_reader.h"

#include <string>

#include "gtest/gtest.h"

namespace linchpin::resource {
namespace {

ReadLimits Lenient() {
  ReadLimits limits;
  limits.aliases = limits.last_key_counts = limits.core_tags = true;
  return limits;
}

TEST(ReadYaml, TakesTheLastOfAKeyWhereThatIsAskedFor) {
  const std::string text = "a: 1\nb: 2\na: {c: 3}\n";
  const TreeResult lenient = ReadYaml(text, 10, Lenient());
  ASSERT_TRUE(lenient.errors.empty());
  ASSERT_EQ(lenient.documents[0].entries.size(), 2u);
  EXPECT_EQ(lenient.documents[0].entries[1].value.type, Node::Type::kMap);
  ASSERT_EQ(lenient.repeated.size(), 1u);
  EXPECT_EQ(lenient.repeated[0].at.line, 13);
  const TreeResult strict = ReadYaml(text, 10, {});
  ASSERT_EQ(strict.errors.size(), 1u);
  EXPECT_TRUE(strict.repeated.empty());
}

TEST(ReadYaml, ReadsCoreTagsWhereThatIsAskedFor) {
  const TreeResult lenient = ReadYaml("a: !!str 1\nb: !!int 2\nc: !!map {d: e}\n", 0, Lenient());
  ASSERT_TRUE(lenient.errors.empty()) << lenient.errors[0].message;
  EXPECT_EQ(lenient.documents[0].entries[0].value.type, Node::Type::kQuoted);
  EXPECT_EQ(lenient.documents[0].entries[1].value.type, Node::Type::kPlain);
  EXPECT_FALSE(ReadYaml("a: !own x\n", 0, Lenient()).errors.empty());
  EXPECT_FALSE(ReadYaml("a: !!str 1\n", 0, {}).errors.empty());
}

}  // namespace
}  // namespace linchpin::resource
