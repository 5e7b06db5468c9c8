#include "services/risk/domain/scores/hazard_defaults.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

constexpr int64_t kHour = 3600;
constexpr int64_t kDay = 24 * kHour;
constexpr int64_t kForGood = 0;

struct Row {
  v1::HazardClass hazard_class;
  double rate_per_year;
  int64_t notice_seconds;
  int64_t duration_seconds;  // kForGood: permanent.
  int32_t severity_ppm;      // 0: whole.
  const char* reason;
  const char* source;
};

constexpr Row kRows[] = {
    {v1::HAZARD_CLASS_VENDOR_EXIT, 0.02, 30 * kDay, kForGood, 0,
     "Two in a hundred vendors a year end a service for good, are sold and wound up, or end a customer's "
     "account. Firms of all sizes close more often (about 8 in 100 a year in the United States), large ones "
     "hardly ever. Announced a month ahead, as terms of service commonly promise.",
     "https://www.census.gov/programs-surveys/bds.html"},
    {v1::HAZARD_CLASS_HOST_FAILURE, 0.2, 0, 8 * kHour, 0,
     "A large cloud region fails for most of a working day once in five years. The most troubled one of the "
     "largest provider did so on 2020-11-25, 2021-12-07, 2023-06-13 and 2025-10-20; most regions never did. "
     "No notice.",
     "https://aws.amazon.com/premiumsupport/technology/pes/"},
    {v1::HAZARD_CLASS_LICENCE_CHANGE, 0.01, 30 * kDay, kForGood, 0,
     "One in a hundred revocable licences a year ceases to cover the use that is made of it. Makers of "
     "open-source databases and tools changed theirs in 2018, 2021, 2023 and 2024, mostly for new versions "
     "only.",
     "https://www.hashicorp.com/blog/hashicorp-adopts-business-source-license "
     "https://redis.io/blog/redis-adopts-dual-source-available-licensing/"},
    {v1::HAZARD_CLASS_WEIGHTS_BAN, 0.02, 30 * kDay, kForGood, 0,
     "A given country's weights are banned from use once in fifty years. Bans of one Chinese lab's models "
     "from government devices came in several countries within weeks in early 2025; none reached private use "
     "at large.",
     "https://www.homeaffairs.gov.au/about-us/what-we-do/cyber-security/"
     "protective-security-policy-framework"},
    {v1::HAZARD_CLASS_SERVICES_CUTOFF, 0.01, 14 * kDay, kForGood, 0,
     "A given country stops exporting AI services to another once in a hundred years. It has happened: a US "
     "lab closed its interface to unsupported countries on 2024-07-09 with two weeks' notice, and US rules "
     "ended IT services to Russia on 2024-09-12 with three months'.",
     "https://ofac.treasury.gov/recent-actions/20240612"},
    {v1::HAZARD_CLASS_MODEL_RETIREMENT, 0.33, 90 * kDay, kForGood, 0,
     "A model served through its developer's interface is retired about three years after its release; "
     "notices run from two months to a year. Where the date is known, that date counts and nothing is left "
     "to chance.",
     "https://platform.openai.com/docs/deprecations "
     "https://docs.anthropic.com/en/docs/about-claude/model-deprecations"},
    {v1::HAZARD_CLASS_API_CUTOFF, 0.05, 5 * kDay, 30 * kDay, 0,
     "A vendor cuts one customer off its interface for a month, once in twenty years: over terms, payment, "
     "sanctions or competition. In June 2025 a lab cut a customer's access with less than five days of "
     "notice, in August 2025 that of a competitor.",
     "https://techcrunch.com/2025/06/03/"
     "windsurf-says-anthropic-is-limiting-its-direct-access-to-claude-ai-models/"},
    {v1::HAZARD_CLASS_THROTTLING, 1, 0, 72 * kHour, 800'000,
     "Once a year a vendor serves a fifth of what it is asked for, for three days: demand after a release, "
     "or a large fault. No notice.",
     "https://status.openai.com/history https://status.anthropic.com/history"},
};

v1::Hazard MessageOf(const Row& row) {
  v1::Hazard hazard;
  hazard.set_hazard_class(row.hazard_class);
  hazard.set_rate_per_year(row.rate_per_year);
  hazard.mutable_notice()->set_seconds(row.notice_seconds);
  if (row.duration_seconds != kForGood) hazard.mutable_duration()->set_seconds(row.duration_seconds);
  if (row.severity_ppm != 0) hazard.set_severity_ppm(row.severity_ppm);
  hazard.set_reason(row.reason);
  hazard.set_source(row.source);
  return hazard;
}

}  // namespace

const std::vector<v1::Hazard>& ShippedHazards() {
  static const auto* const hazards = [] {
    auto* all = new std::vector<v1::Hazard>;
    for (const Row& row : kRows) all->push_back(MessageOf(row));
    return all;
  }();
  return *hazards;
}

}  // namespace linchpin::risk
