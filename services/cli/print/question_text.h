// Open questions as people read them, and as documents to fill in.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_QUESTION_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_QUESTION_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/question.pb.h"
#include "services/cli/client/client.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// How many are shown where they are not what was asked for.
inline constexpr int kQuestionsShown = 5;

// The questions at the newest revision, or at `min_revision`. Errors: those of the call; UNIMPLEMENTED of a
// server that asks nothing.
absl::StatusOr<linchpin::risk::v1::ListOpenQuestionsResponse> ReadQuestions(
    Client& client, int max, const std::string& min_revision = "");

// "host of deployments/x and of 3 others at api.example.com".
std::string QuestionText(const linchpin::risk::v1::Question& question);

// A sentence with the denominators, then the questions, one line each. Nothing where nothing is open.
void PrintQuestions(Context& context, const linchpin::risk::v1::ListOpenQuestionsResponse& response);

// The questions as documents for `apply --merge`, as WriteFactQuestions of fact_questions.h does.
// Dependencies whose switch times are asked for are read from the server. Errors: those of the call.
absl::StatusOr<std::string> QuestionDocuments(Client& client,
                                              const linchpin::risk::v1::ListOpenQuestionsResponse& response);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_QUESTION_TEXT_H_
