#include "services/inventory/catalogue/api_form.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace linchpin::catalogue {
namespace {

using ::testing::HasSubstr;

TEST(HostFits, KnowsStarsAndRegions) {
  struct Case {
    std::string pattern, host;
    bool fits;
    std::string region;
  };
  const Case cases[] = {
      {"api.openai.com", "api.openai.com", true, ""},
      {"api.openai.com", "api.openai.com.evil.org", false, ""},
      {"*.openai.azure.com", "my-res.openai.azure.com", true, ""},
      {"*.openai.azure.com", ".openai.azure.com", false, ""},
      {"*.openai.azure.com", "openai.azure.com", false, ""},
      {"{region}-aiplatform.googleapis.com", "europe-west1-aiplatform.googleapis.com", true, "europe-west1"},
      {"bedrock-runtime.{region}.amazonaws.com", "bedrock-runtime.eu-central-1.amazonaws.com", true,
       "eu-central-1"},
      {"bedrock-runtime.{region}.amazonaws.com", "bedrock-runtime.a.b.amazonaws.com", false, ""},
      {"*.{region}.models.ai.azure.com", "x.eastus2.models.ai.azure.com", true, "eastus2"},
  };
  for (const Case& c : cases) {
    std::string region;
    EXPECT_EQ(HostFits(c.pattern, c.host, &region), c.fits) << c.pattern << " " << c.host;
    EXPECT_EQ(region, c.region) << c.host;
  }
}

TEST(ReadForms, ReadsBothLists) {
  const auto table =
      ReadForms("f.yaml",
                "forms:\n  - {prefix: a, operator: vendors/v, serves: OWN, names: OLLAMA, strip: [x, y]}\n"
                "endpoints:\n  - {host: h.example, intermediary: vendors/w}\n"
                "  - {host: i.example, operator: vendors/v, mostlyModelsOf: vendors/u}\n"
                "  - {host: j.example, operator: vendors/v, answers: CANNED}\n");
  ASSERT_THAT(table, IsOk());
  ASSERT_EQ(table->forms.size(), 1u);
  EXPECT_TRUE(table->forms[0].own_models_only);
  EXPECT_EQ(table->forms[0].names, ApiForm::Names::kOllama);
  EXPECT_EQ(table->forms[0].strip.size(), 2u);
  EXPECT_EQ(table->endpoints[0].intermediary, "vendors/w");
  EXPECT_EQ(table->endpoints[1].mostly_models_of, "vendors/u");
  EXPECT_FALSE(table->endpoints[1].canned);
  EXPECT_TRUE(table->endpoints[2].canned);
}

TEST(ReadForms, ReadsWhatIsKnownOfServices) {
  const auto table =
      ReadForms("f.yaml",
                "mainHosts:\n  - {operator: vendors/v, form: a, provider: vendors/w, confidence: 0.7, "
                "reason: r, source: u}\n"
                "operatedByMaker:\n  - {seller: vendors/w, maker: vendors/v, reason: r, source: u}\n"
                "ownModelsOnly:\n  - {operator: vendors/v, reason: r, source: u}\n");
  ASSERT_THAT(table, IsOk());
  EXPECT_EQ(table->main_hosts[0].provider, "vendors/w");
  EXPECT_DOUBLE_EQ(table->main_hosts[0].confidence, 0.7);
  EXPECT_EQ(table->operated_by_makers[0].maker, "vendors/v");
  ASSERT_EQ(table->own_models_only.size(), 1u);
  EXPECT_EQ(table->own_models_only[0].operator_vendor, "vendors/v");
  for (const char* confidence : {"0.4", "1.1", "much"}) {
    EXPECT_THAT(ReadForms("f.yaml", std::string("mainHosts:\n  - {confidence: ") + confidence + "}\n"),
                ::testing::Not(IsOk()));
  }
}

TEST(ReadForms, NamesTheWrongPlace) {
  const auto table = ReadForms("f.yaml", "forms:\n  - {prefix: a, operater: vendors/v}\n");
  EXPECT_THAT(std::string(table.status().message()), HasSubstr("f.yaml:2:"));
  EXPECT_THAT(std::string(table.status().message()), HasSubstr("operater"));
  EXPECT_THAT(ReadForms("f.yaml", "forms:\n  - {prefix: a, names: WHATEVER}\n"), ::testing::Not(IsOk()));
  EXPECT_THAT(ReadForms("f.yaml", "shapes: []\n"), ::testing::Not(IsOk()));
  EXPECT_THAT(ReadForms("f.yaml", "endpoints:\n  - {host: h.example, answers: SOMETIMES}\n"),
              ::testing::Not(IsOk()));
}

}  // namespace
}  // namespace linchpin::catalogue
