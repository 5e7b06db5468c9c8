#include "services/risk/rpc/remedy_answers.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/replica/publisher.h"
#include "tests/unit/risk/domain/remedies/enterprise.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

// Keeps the messages of a stream; takes at most `max` of them.
class Recorder : public kit::MessageWriter {
 public:
  explicit Recorder(size_t max = SIZE_MAX) : max_(max) {}
  bool WriteMessage(const google::protobuf::MessageLite& message) override {
    if (messages.size() == max_) return false;
    messages.push_back(static_cast<const v1::SuggestRemediesResponse&>(message));
    return true;
  }
  std::vector<v1::SuggestRemediesResponse> messages;

 private:
  const size_t max_;
};

class RemedyAnswersTest : public ::testing::Test {
 protected:
  RemedyAnswersTest() {
    source_.SetHistory("history");
    source_.Publish({ViewOf(Enterprise(), 5), {}, true});
    source_.ConfirmNewest(base::SteadyNow());
    records_.SetHistory("risk");
    records_.Publish({std::make_shared<const replica::View>(), {}, true});
  }
  absl::Status Suggest(kit::Call& call, kit::MessageWriter& recorder,
                       const v1::SuggestRemediesRequest& request = {}) {
    kit::StreamWriter<v1::SuggestRemediesResponse> writer(recorder);
    return answers_.SuggestRemedies(call, request, writer);
  }

  replica::Publisher source_;
  AnalysisCache cache_;
  Scorer scorer_;
  replica::Publisher records_;
  HazardFeed hazards_{records_};
  RemedyAnswers answers_{
      serving::Snapshots(source_),
      cache_,
      scorer_,
      hazards_,
      {.home = {"FR"}, .currency = "EUR", .threads = 1, .searches_max = 1}};
  kit::Call call_;
};

TEST_F(RemedyAnswersTest, ProgressFirstAndTheResultLast) {
  Recorder recorder;
  ASSERT_TRUE(Suggest(call_, recorder).ok());
  ASSERT_GE(recorder.messages.size(), 2u);
  EXPECT_TRUE(recorder.messages.front().has_progress());
  const v1::RemedyResult& result = recorder.messages.back().result();
  EXPECT_GT(result.remedies_size(), 0);
  EXPECT_EQ(result.basis().inventory().revision(), 5);
  EXPECT_EQ(result.basis().application_count(), 5);
  EXPECT_EQ(result.currency(), "EUR");
}

TEST_F(RemedyAnswersTest, EndsWithWhoeverIsGone) {
  Recorder recorder(0);
  EXPECT_EQ(Suggest(call_, recorder).code(), absl::StatusCode::kCancelled);
  kit::Call cancelled;
  cancelled.Cancel(kit::Call::Stop::kCancelled);
  Recorder patient;
  EXPECT_EQ(Suggest(cancelled, patient).code(), absl::StatusCode::kCancelled);
}

// Asks for another search at the first message.
class Greedy : public kit::MessageWriter {
 public:
  explicit Greedy(RemedyAnswers& answers) : answers_(answers) {}
  bool WriteMessage(const google::protobuf::MessageLite&) override {
    if (refused.has_value()) return true;
    Recorder recorder;
    kit::StreamWriter<v1::SuggestRemediesResponse> writer(recorder);
    kit::Call call;
    refused = answers_.SuggestRemedies(call, {}, writer);
    return true;
  }
  std::optional<absl::Status> refused;

 private:
  RemedyAnswers& answers_;
};

TEST_F(RemedyAnswersTest, OnlySoManyAtOnce) {
  for (int i = 0; i < 2; ++i) {
    Greedy greedy(answers_);
    EXPECT_TRUE(Suggest(call_, greedy).ok()) << "the place is given back";
    EXPECT_EQ(base::ReasonOf(*greedy.refused), "OVERLOADED");
  }
}

TEST_F(RemedyAnswersTest, RefusesATableOfHazardsThatIsNotThere) {
  v1::SuggestRemediesRequest request;
  request.set_hazard_table("hazardTables/none");
  Recorder recorder;
  EXPECT_EQ(base::ReasonOf(Suggest(call_, recorder, request)), "RESOURCE_NOT_FOUND");
}

TEST_F(RemedyAnswersTest, ListsSharedFatesOfTheRevision) {
  v1::ListSharedFatesRequest request;
  request.set_include_all(true);
  v1::ListSharedFatesResponse response;
  ASSERT_TRUE(answers_.ListSharedFates(call_, request, response).ok());
  EXPECT_EQ(response.inventory().revision(), 5);
  EXPECT_EQ(response.fate_count(), 2);
}

}  // namespace
}  // namespace linchpin::risk
