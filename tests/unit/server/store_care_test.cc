#include "services/server/store_care.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/store/commit/committer.h"
#include "services/store/commit/map_head.h"
#include "services/store/open.h"
#include "services/store/port/store_error.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/store/faulty_store.h"

namespace linchpin::linchpind {
namespace {

using store::StoreCause;
using testing::HasSubstr;

class Values : public kit::GaugeSink {
 public:
  void Gauge(std::string_view name, std::string_view, const kit::Labels&, double value) override {
    values[std::string(name)] = value;
  }
  void Counter(std::string_view, std::string_view, const kit::Labels&, double) override {}
  std::map<std::string, double> values;
};

class StoreCareTest : public testing::Test {
 protected:
  StoreCareTest() {
    StoreCareOptions options;
    options.history = absl::Hours(24);
    options.writable = [this] { return writable_; };
    options.now = [this] { return now_; };
    store_.clock = now_;
    care_ = std::make_unique<StoreCare>("inventory", store_, std::move(options), log_);
  }

  double Value(const std::string& name) {
    Values values;
    care_->Export(values);
    return values.values.at(name);
  }

  // A write of that age, with a request id.
  void Write(absl::Duration age) {
    store::MapHead head([](const store::StoredResource&) { return std::vector<std::string>(); });
    store::CommitterOptions options;
    options.now = [this, age] { return *store_.clock - age; };
    auto committer = *store::Committer::Create(store_, head, options);
    store::Write write;
    write.principal = "tester";
    write.method = "Write";
    write.request_id = "once";
    write.decide = [](const store::StateReader&) {
      store::Decision decision;
      decision.upserts.push_back({"things/a", "Thing", "body", {}, ""});
      return decision;
    };
    ASSERT_THAT(committer->Commit(std::move(write)), IsOk());
  }
  bool RequestIsKnown() { return *store_.ExpireRequests(absl::InfiniteFuture()) > 0; }

  std::string lines_;
  kit::Log log_{kit::LogLevel::kInfo, [this](std::string_view line) { lines_ += line; }};
  store::FaultyStore store_{*store::OpenStore("sqlite::memory:", "inventory", {})};
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  bool writable_ = true;
  std::unique_ptr<StoreCare> care_;
};

TEST_F(StoreCareTest, TheGaugeIsZeroWhileAWriteWouldFailAndTheLogSaysWhyOnce) {
  care_->Look();
  EXPECT_EQ(Value("linchpin_db_up"), 1);
  EXPECT_EQ(lines_, "");
  store_.ping = [] { return store::StoreUnavailable(StoreCause::kFull); };
  for (int i = 0; i < 3; ++i) care_->Look();
  EXPECT_EQ(Value("linchpin_db_up"), 0);
  EXPECT_THAT(lines_, HasSubstr("full"));
  EXPECT_EQ(std::count(lines_.begin(), lines_.end(), '\n'), 1);
  store_.ping = nullptr;
  care_->Look();
  EXPECT_EQ(Value("linchpin_db_up"), 1);
}

TEST_F(StoreCareTest, ADatabaseThatAnswersPingsButTakesNoWritesIsDown) {
  writable_ = false;
  care_->Look();
  EXPECT_EQ(Value("linchpin_db_up"), 0);
}

TEST_F(StoreCareTest, OldRequestIdsAreForgotten) {
  Write(absl::Hours(26));
  care_->Look();
  care_->Tidy();
  EXPECT_FALSE(RequestIsKnown());
}

TEST_F(StoreCareTest, YoungOnesAreKept) {
  Write(absl::Hours(24));
  care_->Look();
  care_->Tidy();
  EXPECT_TRUE(RequestIsKnown());
}

TEST_F(StoreCareTest, AProcessWithAWrongClockForgetsNothingAndSaysSo) {
  Write(absl::Hours(26));
  for (const absl::Duration skew : {absl::Hours(25), -absl::Hours(25), absl::Seconds(31)}) {
    now_ = *store_.clock + skew;
    lines_.clear();
    care_->Look();
    care_->Tidy();
    EXPECT_EQ(Value("linchpin_db_clock_skew_seconds"), absl::ToDoubleSeconds(skew));
    EXPECT_EQ(Value("linchpin_db_up"), 1);
  }
  EXPECT_TRUE(RequestIsKnown());
}

TEST_F(StoreCareTest, ClocksThatAgreeAgainAreSaid) {
  now_ = *store_.clock + absl::Hours(1);
  care_->Look();
  EXPECT_THAT(lines_, HasSubstr("differ"));
  now_ = *store_.clock + absl::Seconds(30);
  care_->Look();
  EXPECT_THAT(lines_, HasSubstr("agree again"));
}

}  // namespace
}  // namespace linchpin::linchpind
