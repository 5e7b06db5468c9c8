#include "services/policy/domain/message_template.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

std::string Render(const std::string& text, int faults = 0) {
  const v1::Policy policy =
      PolicyText("parameters: [{id: home, type: STRING}]\nrules: [{id: r, fallback: {}}]");
  Binder binder(policy, nullptr, nullptr);
  const MessageTemplate bound = MessageTemplate::Bind(text, {"group"}, {"value"}, "message", binder);
  EXPECT_EQ(binder.violations().size(), static_cast<size_t>(faults)) << text;
  return bound.Render({{{"group", "vendors/acme"}, {"params.home", "FR"}}, {{"value", 0.41666}}});
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

TEST(MessageTemplate, ShowsNoZerosAtTheEnd) {
  EXPECT_EQ(PercentText(0.4), "40%");
  EXPECT_EQ(NumberText(2500), "2500");
  EXPECT_EQ(NumberText(0), "0");
}

}  // namespace
}  // namespace linchpin::policy
