#include "services/policy/domain/binding/message_template.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

std::string Render(const std::string& text, int faults = 0, const std::string& home = "FR") {
  const v1::Policy policy =
      PolicyText("parameters: [{id: home, type: STRING}]\nrules: [{id: r, fallback: {}}]");
  Binder binder(policy, nullptr, nullptr);
  const MessageTemplate bound = MessageTemplate::Bind(text, {"group"}, {"value"}, "message", binder);
  EXPECT_EQ(binder.violations().size(), static_cast<size_t>(faults)) << text;
  return bound.Render({{{"group", "vendors/acme"}}, {{"value", 0.41666}}}, {{"home", home}});
}

TEST(MessageTemplate, PutsEvidenceIn) {
  EXPECT_EQ(Render("{group} has {value:%}, home {params.home}"), "vendors/acme has 41.7%, home FR");
  EXPECT_EQ(Render("{value}"), "0.4167");
}

TEST(MessageTemplate, LetsBracesThrough) { EXPECT_EQ(Render("{{{group}}}"), "{vendors/acme}"); }

TEST(MessageTemplate, ComplainsAboutWhatItCannotFill) {
  Render("{who}", 1);
  Render("{group:%}", 1);
  Render("{params.away}", 1);
  Render("{group", 1);
  Render("group}", 1);
}

TEST(MessageTemplate, CutsWhatIsTooLong) {
  const std::string large(86'000, 'x');
  std::string text;
  for (int i = 0; i < 204; ++i) text += "{params.home}";
  const std::string message = Render(text, 0, large);
  EXPECT_EQ(message.size(), kMessageBytesMax);
  EXPECT_EQ(message.substr(message.size() - 3), "\u2026");
  EXPECT_EQ(Render("{params.home}!", 0, large).size(), kParameterBytesMax + 1);
  EXPECT_EQ(Render(large).size(), kMessageBytesMax);
}

TEST(CutText, KeepsCharactersWhole) {
  EXPECT_EQ(CutText("abcdef", 6), "abcdef");
  EXPECT_EQ(CutText("abcdefg", 6), "abc\u2026");
  EXPECT_EQ(CutText("ab\u00e9defgh", 6), "ab\u2026");
  EXPECT_EQ(CutText("\u20ac\u20ac\u20ac", 8), "\u20ac\u2026");
}

TEST(MessageTemplate, TellsAValueFromTheLimit) {
  const v1::Policy policy = PolicyText("rules: [{id: r, fallback: {}}]");
  Binder binder(policy, nullptr, nullptr);
  const MessageTemplate bound =
      MessageTemplate::Bind("{value:%} of {limit:%}", {}, {"value", "limit"}, "message", binder);
  const auto render = [&](double value) {
    return bound.Render({{}, {{"value", value}, {"limit", 0.4}}}, {});
  };
  EXPECT_EQ(render(0.5), "50% of 40%");
  EXPECT_EQ(render(0.4), "40% of 40%");
  EXPECT_EQ(render(0.40001), "40.001% of 40%");
}

TEST(MessageTemplate, ShowsNoZerosAtTheEnd) {
  EXPECT_EQ(PercentText(0.4), "40%");
  EXPECT_EQ(NumberText(2500), "2500");
  EXPECT_EQ(NumberText(0), "0");
}

}  // namespace
}  // namespace linchpin::policy
