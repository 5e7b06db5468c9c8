#include "services/cli/selector.h"

#include <memory>

#include "services/base/text.h"
#include "services/cli/print/figures.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kUndecidedShown = 4;

absl::Status AddTier(const std::string& word, risk::ConsumerSelector& selector) {
  if (word == "unknown") {
    selector.add_tiers(0);
  } else if (word.size() == 1 && word[0] >= '1' && word[0] <= '4') {
    selector.add_tiers(word[0] - '0');
  } else {
    return UsageError(Cat({"--tier: `", word, "` is not a tier; give 1, 2, 3, 4 or `unknown`"}));
  }
  return absl::OkStatus();
}

absl::Status AddLabel(const std::string& word, risk::ConsumerSelector& selector) {
  const size_t equals = word.find('=');
  if (equals == std::string::npos || equals == 0)
    return UsageError(Cat({"--label: `", word, "` is not a label; give KEY=VALUE, such as team=payments"}));
  const std::string key = word.substr(0, equals), value = word.substr(equals + 1);
  const auto [at, is_new] = selector.mutable_labels()->insert({key, value});
  if (!is_new && at->second != value)
    return UsageError(
        Cat({"--label: nothing has ", key, "=", at->second, " and ", word, " at once; give one of them"}));
  return absl::OkStatus();
}

// The place of the selector in a request: its own, or that of its question. Null: there is none.
Message* SelectorOf(Message& request) {
  const auto field_of = [](const Message& message, const char* name) -> const FieldDescriptor* {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    return field != nullptr && field->message_type() != nullptr && !field->is_repeated() ? field : nullptr;
  };
  const FieldDescriptor* own = field_of(request, "selector");
  if (own != nullptr && own->message_type() == risk::ConsumerSelector::descriptor())
    return request.GetReflection()->MutableMessage(&request, own);
  const FieldDescriptor* question = field_of(request, "question");
  return question == nullptr ? nullptr
                             : SelectorOf(*request.GetReflection()->MutableMessage(&request, question));
}

// The first selection in an answer; null: it tells of none.
const risk::ConsumerSelection* SelectionIn(const Message& answer) {
  std::vector<const FieldDescriptor*> fields;
  const auto& reflection = *answer.GetReflection();
  reflection.ListFields(answer, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->is_repeated() || field->message_type() == nullptr) continue;
    const Message& inner = reflection.GetMessage(answer, field);
    if (field->message_type() == risk::ConsumerSelection::descriptor())
      return static_cast<const risk::ConsumerSelection*>(&inner);
    const std::string_view name = field->name();
    if (name != "basis" && name != "result" && name != "report") continue;
    if (const auto* found = SelectionIn(inner)) return found;
  }
  return nullptr;
}

}  // namespace

std::vector<Flag> SelectorFlags() {
  return {
      {"tier", 0, "TIER", "Count only consumers of this tier, 1 to 4, or `unknown`. Repeatable.", "", {}},
      {"owner", 0, "OWNER", "Count only consumers of this owner. Repeatable.", "", {}},
      {"unit", 0, "UNIT", "Count only consumers of this business unit. Repeatable.", "", {}},
      {"critical", 0, "", "Count only critical functions, and the applications that they rest on.", "", {}},
      {"not-critical", 0, "", "Count only what no critical function is or rests on.", "", {}},
      {"label",
       'l',
       "KEY=VALUE",
       "Count only consumers with this label. May be given again: all of them.",
       "",
       {}}};
}

absl::StatusOr<risk::ConsumerSelector> ReadSelector(const Arguments& arguments) {
  risk::ConsumerSelector selector;
  // Other commands have flags of the same names, and mean something else by them.
  if (arguments.command != nullptr && !arguments.command->selects_consumers) return selector;
  for (const std::string& word : arguments.All("tier")) {
    if (absl::Status status = AddTier(word, selector); !status.ok()) return status;
  }
  for (const std::string& word : arguments.All("owner")) selector.add_owners(word);
  for (const std::string& word : arguments.All("unit")) selector.add_business_units(word);
  if (arguments.Has("critical") && arguments.Has("not-critical"))
    return UsageError("--critical and --not-critical exclude each other; give one of them");
  if (arguments.Has("critical") || arguments.Has("not-critical"))
    selector.set_critical_function(arguments.Has("critical"));
  for (const std::string& word : arguments.All("label")) {
    if (absl::Status status = AddLabel(word, selector); !status.ok()) return status;
  }
  return selector;
}

std::string SelectionText(const risk::ConsumerSelection& selection) {
  std::string text = Cat(
      {selection.description(), ": ", Counted(selection.application_count(), "application", "applications"),
       " and ", Counted(selection.business_service_count(), "business service", "business services")});
  if (selection.undecided_count() == 0) return text;
  const std::vector<std::string> names(selection.undecided_consumers().begin(),
                                       selection.undecided_consumers().end());
  return Cat({text, "; of ", Grouped(selection.undecided_count()), " more (",
              base::JoinNames(names, kUndecidedShown),
              ") an absent field leaves it open, and they are not counted"});
}

absl::Status SelectingClient::Call(const std::string& service, const std::string& method,
                                   const Message& request, Message& response) {
  const std::unique_ptr<Message> selecting(request.New());
  selecting->CopyFrom(request);
  Message* selector = SelectorOf(*selecting);
  if (selector == nullptr) return client_.Call(service, method, request, response);
  selector->CopyFrom(selector_);
  absl::Status status = client_.Call(service, method, *selecting, response);
  if (const auto* selection = SelectionIn(response); status.ok() && selection != nullptr) told_(*selection);
  return status;
}

absl::Status SelectingClient::Stream(const std::string& service, const std::string& method,
                                     const Message& request, Message& part,
                                     const std::function<void()>& on_part) {
  const std::unique_ptr<Message> selecting(request.New());
  selecting->CopyFrom(request);
  Message* selector = SelectorOf(*selecting);
  if (selector == nullptr) return client_.Stream(service, method, request, part, on_part);
  selector->CopyFrom(selector_);
  return client_.Stream(service, method, *selecting, part, [&] {
    if (const auto* selection = SelectionIn(part)) told_(*selection);
    on_part();
  });
}

}  // namespace linchpin::cli
