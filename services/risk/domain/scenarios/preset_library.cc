#include "services/risk/domain/scenarios/preset_library.h"

namespace linchpin::risk {
namespace {

using linchpin::risk::v1::Cutoff;

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;

// By id.
constexpr Preset kPresets[] = {
    {.id = "api-cutoff-of-a-customer",
     .display_name = "A lab cuts a customer's interface",
     .description = "In June 2025 Anthropic cut most of the direct capacity of Windsurf, a customer that a "
                    "competitor was about to buy, with less than five days of notice. The vendor's interface "
                    "stops for this enterprise, for good; other vendors that serve the same models go on "
                    "where the refusal does not pass through.",
     .incident_date = "2025-06-03",
     .source = "https://techcrunch.com/2025/06/03/"
               "windsurf-says-anthropic-is-limiting-its-direct-access-to-claude-ai-models/",
     .type = Cutoff::TYPE_VENDOR_API_CUTOFF,
     .target = "vendors/anthropic",
     .notice_seconds = 5 * kDay,
     .horizon_seconds = 30 * kDay},
    {.id = "country-services-cutoff",
     .display_name = "An ownership rule widens overnight",
     .description = "On 2025-09-29 the United States extended export restrictions to every firm that is "
                    "owned by half or more by a listed one, in force the same day. Services of the country "
                    "stop, asked of every owner of each party, without notice.",
     .incident_date = "2025-09-29",
     .source = "https://www.federalregister.gov/documents/2025/09/30/2025-19001/"
               "expansion-of-end-user-controls-to-cover-affiliates-of-certain-listed-entities",
     .type = Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF,
     .target = "CN",
     .horizon_seconds = 30 * kDay},
    {.id = "designation-with-phase-out",
     .display_name = "A designation with a phase-out",
     .description = "On 2024-06-20 the US Department of Commerce prohibited Kaspersky's software; updates "
                    "had to end 100 days later. The vendor is gone at the end of the phase-out.",
     .incident_date = "2024-06-20",
     .source = "https://www.bis.gov/press-release/"
               "commerce-department-prohibits-russian-kaspersky-software-us-customers",
     .type = Cutoff::TYPE_VENDOR_EXIT,
     .target = "vendors/deepseek",
     .notice_seconds = 100 * kDay,
     .horizon_seconds = 30 * kDay},
    {.id = "licence-withdrawn",
     .display_name = "A licence is withdrawn",
     .description = "From 2025-04-05 the licence of the Llama 4 models grants their multimodal use to nobody "
                    "domiciled in the European Union, which the licence of earlier models did. The licence "
                    "ceases to cover the use after 90 days; irrevocable ones stand.",
     .incident_date = "2025-04-05",
     .source = "https://www.llama.com/llama4/use-policy/",
     .type = Cutoff::TYPE_LICENCE_REVOCATION,
     .target = "licences/llama-4",
     .notice_seconds = 90 * kDay,
     .horizon_seconds = 30 * kDay},
    {.id = "open-releases-stop",
     .display_name = "A law stops open releases",
     .description = "On 2025-07-15 China revised its catalogue of technologies whose export needs a permit; "
                    "the same law could hold back open weights. From that date on no new version comes, and "
                    "the developers' own interfaces close to customers abroad; copies that are held, and "
                    "other vendors that serve them, go on.",
     .incident_date = "2025-07-15",
     .source = "https://www.mofcom.gov.cn/",
     .shape = PresetShape::kOpenReleases,
     .type = Cutoff::TYPE_VENDOR_API_CUTOFF,
     .target = "CN",
     .horizon_seconds = 30 * kDay},
    {.id = "region-failure",
     .display_name = "Loss of a cloud region",
     .description = "On 2025-10-20 the region us-east-1 of Amazon Web Services failed for some 15 hours "
                    "after a fault in its naming service.",
     .incident_date = "2025-10-20",
     .source = "https://aws.amazon.com/message/101925/",
     .type = Cutoff::TYPE_CLOUD_FAILURE,
     .target = "hosts/aws-us-east-1",
     .duration_seconds = 15 * kHour,
     .horizon_seconds = 3 * kDay},
    {.id = "retirement-wave",
     .display_name = "A wave of retirements",
     .description = "Developers retire models on dates that they publish: OpenAI closed 33 of its older ones "
                    "on 2024-01-04. Every model of the inventory that states a date within a year is "
                    "withdrawn on it, announced today.",
     .incident_date = "2024-01-04",
     .source = "https://platform.openai.com/docs/deprecations",
     .shape = PresetShape::kRetirements,
     .type = Cutoff::TYPE_MODEL_WITHDRAWAL,
     .horizon_seconds = 365 * kDay},
    {.id = "throttling",
     .display_name = "Throttling to 20% for 72 hours",
     .description = "On 2025-06-10 the interfaces of OpenAI served with errors and delays for most of a day. "
                    "Made longer: a fifth of what is asked for, for three days, without notice.",
     .incident_date = "2025-06-10",
     .source = "https://status.openai.com/history",
     .type = Cutoff::TYPE_VENDOR_API_CUTOFF,
     .target = "vendors/openai",
     .severity_ppm = 800'000,
     .duration_seconds = 72 * kHour,
     .horizon_seconds = 7 * kDay},
    {.id = "weights-ban",
     .display_name = "A ban of a country's weights",
     .description = "On 2025-02-04 Australia banned DeepSeek's products from government devices, at once. "
                    "Use of weights from the country, and of what was made from them, is prohibited.",
     .incident_date = "2025-02-04",
     .source = "https://www.protectivesecurity.gov.au/pspf-annual-release",
     .type = Cutoff::TYPE_COUNTRY_WEIGHTS_BAN,
     .target = "CN",
     .reach = Cutoff::REACH_WEIGHTS,
     .horizon_seconds = 30 * kDay},
    {.id = "weights-ban-direct",
     .display_name = "A ban of a country's weights, the models themselves only",
     .description = "As `weights-ban`, read narrowly: what was made from them abroad may go on.",
     .incident_date = "2025-02-04",
     .source = "https://www.protectivesecurity.gov.au/pspf-annual-release",
     .type = Cutoff::TYPE_COUNTRY_WEIGHTS_BAN,
     .target = "CN",
     .reach = Cutoff::REACH_DIRECT,
     .horizon_seconds = 30 * kDay},
    {.id = "weights-ban-distilled",
     .display_name = "A ban of a country's weights, down to what was distilled from them",
     .description =
         "As `weights-ban`, read widely: models that were trained on the answers of others count too.",
     .incident_date = "2025-02-04",
     .source = "https://www.protectivesecurity.gov.au/pspf-annual-release",
     .type = Cutoff::TYPE_COUNTRY_WEIGHTS_BAN,
     .target = "CN",
     .reach = Cutoff::REACH_DISTILLED,
     .horizon_seconds = 30 * kDay},
};

}  // namespace

std::span<const Preset> Presets() { return kPresets; }

const Preset* FindPreset(std::string_view id) {
  for (const Preset& preset : kPresets) {
    if (preset.id == id) return &preset;
  }
  return nullptr;
}

}  // namespace linchpin::risk
