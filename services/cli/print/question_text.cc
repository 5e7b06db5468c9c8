#include "services/cli/print/question_text.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/import/fact_questions.h"
#include "services/cli/print/current_resources.h"
#include "services/cli/print/fact_words.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/stand_in_text.h"
#include "services/cli/print/table.h"
#include "services/resource/kinds.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using google::protobuf::Message;
using risk::ListOpenQuestionsResponse;
using risk::Question;
using Resources = std::map<std::string, std::unique_ptr<Message>>;

constexpr size_t kValuesShown = 4;

const FactWords* WordsOf(const Question& question) {
  const resource::KindInfo* kind = resource::KindOfName(question.resource());
  return kind == nullptr ? nullptr : FindFactWords(kind->kind, question.field());
}

// "hosting mode" of "hosting mode is".
std::string Noun(const Question& question) {
  const FactWords* words = WordsOf(question);
  if (words == nullptr) return question.field();
  const std::string what = words->what;
  return what.substr(0, what.rfind(' '));
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& values, size_t max) {
  return base::JoinNames({values.begin(), values.end()}, max);
}

bool IsOfAlternative(const Question& question) { return question.field().starts_with("alternatives["); }

// 1 of "alternatives[1].switch_duration".
int PlaceOf(const Question& question) {
  int place = 0;
  for (char c : question.field()) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) place = 10 * place + (c - '0');
  }
  return place;
}

FactQuestion FactQuestionOf(const Question& question) {
  const FactWords* words = WordsOf(question);
  FactQuestion ask;
  ask.name = question.resource();
  ask.field = base::CamelCase(question.field());
  ask.what = words == nullptr ? Cat({question.field(), " is"}) : words->what;
  if (words != nullptr) ask.answer = words->answer;
  if (words != nullptr && words->when_none != nullptr) ask.when_none = words->when_none;
  ask.likely = Joined(question.likely_values(), kValuesShown);
  ask.possible = Joined(question.possible_values(), kValuesShown);
  if (question.vendor_only() && question.field() != "serves_from") ask.bound = question.bound_field();
  ask.also.assign(question.also().begin(), question.also().end());
  ask.where = question.shared();
  ask.count = static_cast<size_t>(question.consumer_count());
  ask.of = "consumer";
  return ask;
}

template <typename Alternatives>
std::string AlternativesText(const Alternatives& alternatives, const std::set<int>& asked) {
  std::string text = "alternatives:\n";
  for (int k = 0; k < alternatives.size(); ++k) {
    std::istringstream lines(resource::WriteYaml(alternatives.Get(k)));
    const char* indent = "  - ";
    for (std::string line; std::getline(lines, line); indent = "    ") text += Cat({indent, line, "\n"});
    if (asked.count(k) > 0) text += "    switchDuration:  # such as 4h\n";
  }
  return text;
}

// The alternatives of a dependency or a route as they stand, with blanks for the switch times that are asked
// for.
std::string BodyOf(const Resources& resources, const std::string& name, const std::set<int>& asked) {
  const auto found = resources.find(name);
  if (found == resources.end()) return Cat({"# ", name, " is gone\n"});
  if (const auto* dependency = dynamic_cast<const inventory::v1::Dependency*>(found->second.get()))
    return AlternativesText(dependency->alternatives(), asked);
  if (const auto* route = dynamic_cast<const inventory::v1::Route*>(found->second.get()))
    return AlternativesText(route->alternatives(), asked);
  return "";
}

// A dependency is one document, however many of its switch times are asked for.
absl::Status AddSwitchTimes(Client& client, const std::map<std::string, std::set<int>>& asked,
                            FactQuestions& asks) {
  if (asked.empty()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const auto& [name, places] : asked) names.push_back(name);
  auto present = CurrentResources(client, names);
  if (!present.ok()) return present.status();
  for (FactQuestion& ask : asks.first) {
    const auto places = asked.find(ask.name);
    if (places != asked.end()) ask.body = BodyOf(*present, ask.name, places->second);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ListOpenQuestionsResponse> ReadQuestions(Client& client, int max,
                                                        const std::string& min_revision) {
  risk::ListOpenQuestionsRequest request;
  request.set_max_questions(max);
  request.set_min_revision(min_revision);
  ListOpenQuestionsResponse response;
  if (absl::Status status = client.Call(kRisk, "ListOpenQuestions", request, response); !status.ok())
    return status;
  return response;
}

std::string QuestionText(const Question& question) {
  std::string text = Cat({Noun(question), " of ", question.resource()});
  if (IsOfAlternative(question)) text += Cat({", alternative ", std::to_string(PlaceOf(question) + 1)});
  if (question.also_count() == 0) return text;
  return Cat({text, " and ", Counted(question.also_count(), "other", "others"), " at ", question.shared()});
}

void PrintQuestions(Context& context, const ListOpenQuestionsResponse& response) {
  if (response.question_count() == 0) return;
  context.out << StandInText(response.stand_in_route_count())
              << Painted(Counted(response.question_count(), "open question", "open questions"), Paint::kBold,
                         context.colour)
              << ": for " << Grouped(response.undecided_consumer_count()) << " of "
              << Counted(response.consumer_count(), "consumer", "consumers")
              << " some loss is neither proven nor excluded. To ask first:\n";
  Table table({{"CARRIES", true},
               {"DECIDES", true, false, 1},
               {"QUESTION", false, true},
               {"PROBABLY", false, true, 2}});
  for (const Question& question : response.questions()) {
    table.Add({Percent(question.gap_share_ratio()), Grouped(question.consumer_count()),
               QuestionText(question), Joined(question.likely_values(), kValuesShown)});
  }
  const size_t width = context.out_terminal ? static_cast<size_t>(context.width) : 180;
  table.Print(context.out, !context.arguments.Has("no-headers"), context.colour, width, 2);
}

absl::StatusOr<std::string> QuestionDocuments(Client& client, const ListOpenQuestionsResponse& response) {
  FactQuestions asks;
  std::map<std::string, std::set<int>> switch_times;
  for (const Question& question : response.questions()) {
    if (!IsOfAlternative(question)) {
      asks.first.push_back(FactQuestionOf(question));
      continue;
    }
    const auto [places, is_new] = switch_times.try_emplace(question.resource());
    places->second.insert(PlaceOf(question));
    if (is_new) asks.first.push_back(FactQuestionOf(question));
  }
  asks.unknown = asks.first.size();
  if (absl::Status status = AddSwitchTimes(client, switch_times, asks); !status.ok()) return status;
  GroupByResource(asks);
  return WriteFactQuestions(asks);
}

}  // namespace linchpin::cli
