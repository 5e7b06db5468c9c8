#include "services/policy/domain/binding/message_template.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace linchpin::policy {
namespace {

constexpr absl::string_view kParameterPrefix = "params.";

bool Holds(const std::vector<std::string_view>& keys, std::string_view key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

std::string WithoutZeros(std::string text) {
  if (text.find('.') == std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string KnownKeys(const std::vector<std::string_view>& texts,
                      const std::vector<std::string_view>& numbers) {
  std::vector<std::string> all(texts.begin(), texts.end());
  all.insert(all.end(), numbers.begin(), numbers.end());
  return absl::StrJoin(all, ", ") + ", params.NAME";
}

std::string FigureText(double number, bool percent, int more_decimals) {
  const int decimals = (percent ? 1 : 4) + more_decimals;
  const std::string text = WithoutZeros(absl::StrFormat("%.*f", decimals, percent ? number * 100 : number));
  return percent ? text + "%" : text;
}

// With as many decimals as tell it from the limit: 40% of a limit of 40% would be no violation.
std::string ApartFromLimit(double number, bool percent, const MessageEvidence& evidence) {
  constexpr int kMoreDecimalsMax = 10;
  const auto limit = evidence.numbers.find("limit");
  std::string text = FigureText(number, percent, 0);
  if (limit == evidence.numbers.end() || number == limit->second) return text;
  for (int more = 1; more <= kMoreDecimalsMax && text == FigureText(limit->second, percent, more - 1);
       ++more) {
    text = FigureText(number, percent, more);
  }
  return text;
}

}  // namespace

std::string PercentText(double ratio) { return FigureText(ratio, true, 0); }
std::string NumberText(double number) { return FigureText(number, false, 0); }

MessageTemplate MessageTemplate::Bind(std::string_view text, const std::vector<std::string_view>& text_keys,
                                      const std::vector<std::string_view>& number_keys,
                                      const std::string& field, Binder& binder) {
  MessageTemplate bound;
  Part part;
  for (size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) == "{{" || text.substr(at, 2) == "}}") {
      part.literal.push_back(text[at++]);
      continue;
    }
    if (text[at] == '}')
      binder.Complain(field, "a closing brace without an opening one: write }} for a brace");
    if (text[at] != '{') {
      part.literal.push_back(text[at]);
      continue;
    }
    const size_t end = text.find('}', at);
    if (end == std::string_view::npos) {
      binder.Complain(field, "an opening brace without a closing one: write {{ for a brace");
      break;
    }
    part.key = std::string(text.substr(at + 1, end - at - 1));
    part.percent = absl::EndsWith(part.key, ":%");
    if (part.percent) part.key.resize(part.key.size() - 2);
    const bool is_number = Holds(number_keys, part.key);
    const bool is_parameter = absl::StartsWith(part.key, kParameterPrefix) &&
                              binder.HasParameter(std::string_view(part.key).substr(7));
    if (!is_number && !is_parameter && !Holds(text_keys, part.key)) {
      binder.Complain(field, "`{" + part.key + "}` is none of " + KnownKeys(text_keys, number_keys));
    } else if (part.percent && !is_number) {
      binder.Complain(field, "`" + part.key + "` is not a number: leave out `:%`");
    }
    bound.parts_.push_back(std::move(part));
    part = Part();
    at = end;
  }
  bound.parts_.push_back(std::move(part));
  return bound;
}

std::string MessageTemplate::Render(const MessageEvidence& evidence,
                                    const std::map<std::string, std::string>& parameters) const {
  std::string message;
  for (const Part& part : parts_) {
    if (message.size() > kMessageBytesMax) break;
    message += part.literal;
    if (part.key.empty()) continue;
    const auto number = evidence.numbers.find(part.key);
    const auto text = evidence.texts.find(part.key);
    if (number != evidence.numbers.end()) {
      message += ApartFromLimit(number->second, part.percent, evidence);
    } else if (text != evidence.texts.end()) {
      message += text->second;
    } else if (absl::StartsWith(part.key, kParameterPrefix)) {
      const auto parameter = parameters.find(part.key.substr(kParameterPrefix.size()));
      if (parameter != parameters.end()) message += CutText(parameter->second, kParameterBytesMax);
    }
  }
  return CutText(std::move(message), kMessageBytesMax);
}

std::string CutText(std::string text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  constexpr std::string_view kEllipsis = "\u2026";
  size_t end = bytes_max - kEllipsis.size();
  const auto continues = [&](size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
  while (end > 0 && continues(end)) --end;
  text.resize(end);
  text += kEllipsis;
  return text;
}

}  // namespace linchpin::policy
