#include "services/risk/rpc/remedy_answers.h"
#include "services/risk/rpc/question_answers.h"

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
  RemedyAnswers answers_{serving::Snapshots(source_),
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

// With a hot fallback for claims, which nobody has written.
inventory::v1::Resource HotClaims() {
  inventory::v1::Resource resource;
  inventory::v1::Dependency& dependency = *resource.mutable_dependency();
  dependency.set_name("applications/claims/dependencies/chat");
  dependency.set_purpose(inventory::v1::Dependency::PURPOSE_CHAT);
  dependency.add_alternatives()->set_target("deployments/alpha");
  auto& fallback = *dependency.add_alternatives();
  fallback.set_target("deployments/beta");
  fallback.set_activation(inventory::v1::Dependency::ACTIVATION_AUTOMATIC);
  return resource;
}

TEST_F(RemedyAnswersTest, BeginFromWhatIsProposed) {
  Recorder as_it_is, supposed;
  ASSERT_TRUE(Suggest(call_, as_it_is).ok());
  v1::SuggestRemediesRequest request;
  *request.mutable_proposed()->add_operations()->mutable_upsert() = HotClaims();
  ASSERT_TRUE(Suggest(call_, supposed, request).ok());
  const v1::RemedyResult& before = as_it_is.messages.back().result();
  const v1::RemedyResult& after = supposed.messages.back().result();
  EXPECT_LT(after.score_before().likely(), before.score_before().likely());
  EXPECT_EQ(after.basis().inventory().revision(), 5) << "the revision beneath";
}

TEST_F(RemedyAnswersTest, SharedFatesOfWhatIsProposed) {
  v1::ListSharedFatesRequest request;
  v1::ListSharedFatesResponse as_it_is, supposed;
  ASSERT_TRUE(answers_.ListSharedFates(call_, request, as_it_is).ok());
  *request.mutable_proposed()->add_operations()->mutable_upsert() = HotClaims();
  ASSERT_TRUE(answers_.ListSharedFates(call_, request, supposed).ok());
  EXPECT_EQ(supposed.fallback_count(), as_it_is.fallback_count() + 1);
  EXPECT_EQ(supposed.without_fallback_count(), as_it_is.without_fallback_count() - 1);
}

TEST_F(RemedyAnswersTest, QuestionsOfWhatIsProposed) {
  QuestionAnswers questions{serving::Snapshots(source_), cache_};
  v1::ListOpenQuestionsRequest request;
  v1::ListOpenQuestionsResponse as_it_is, supposed;
  ASSERT_TRUE(questions.ListOpenQuestions(call_, request, as_it_is).ok());
  inventory::v1::Deployment& deployment =
      *request.mutable_proposed()->add_operations()->mutable_upsert()->mutable_deployment();
  deployment.set_name("deployments/alpha");
  deployment.set_model("models/closed");
  ASSERT_TRUE(questions.ListOpenQuestions(call_, request, supposed).ok());
  EXPECT_GT(supposed.question_count(), as_it_is.question_count());
}

TEST_F(RemedyAnswersTest, TakesWhatIsOfferedAsAWriteWould) {
  v1::SuggestRemediesRequest request;
  inventory::v1::Deployment& held = *request.add_offered()->mutable_deployment();
  held.set_name("deployments/alpha");  // Held already: it stays as it is.
  held.set_model("models/nowhere");
  Recorder recorder;
  EXPECT_TRUE(Suggest(call_, recorder, request).ok());
  inventory::v1::Deployment& loose = *request.add_offered()->mutable_deployment();
  loose.set_name("deployments/loose");
  loose.set_model("models/nowhere");
  const absl::Status refused = Suggest(call_, recorder, request);
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition) << refused;
}

}  // namespace
}  // namespace linchpin::risk
