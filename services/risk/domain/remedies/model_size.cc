#include "services/risk/domain/remedies/model_size.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/resource/kinds.h"

namespace linchpin::risk {
namespace {

constexpr size_t kDigitsMax = 7;  // "1234.56": no model has more.

// The number that `text` begins with, digits and at most one point; it is cut off. Nothing where there is
// none.
std::optional<double> TakeNumber(std::string_view& text) {
  size_t end = 0;
  bool point = false;
  while (end < text.size() && (absl::ascii_isdigit(text[end]) || (text[end] == '.' && !point && end > 0))) {
    point |= text[end] == '.';
    ++end;
  }
  double number = 0;
  if (end == 0 || end > kDigitsMax || !absl::SimpleAtod({text.data(), end}, &number)) return std::nullopt;
  text.remove_prefix(end);
  return number;
}

// A word such as "70b", "3.8B" or "8x7b", at the beginning of `text`.
std::optional<double> TakeSize(std::string_view text) {
  std::optional<double> number = TakeNumber(text);
  if (!number.has_value()) return std::nullopt;
  if (!text.empty() && absl::ascii_tolower(text[0]) == 'x') {  // So many experts of that size each.
    text.remove_prefix(1);
    const std::optional<double> each = TakeNumber(text);
    if (!each.has_value()) return std::nullopt;
    *number *= *each;
  }
  if (text.empty() || absl::ascii_tolower(text[0]) != 'b') return std::nullopt;
  if (text.size() > 1 && absl::ascii_isalnum(text[1])) return std::nullopt;
  return *number > 0 ? number : std::nullopt;
}

bool BeginsWord(std::string_view name, size_t at) {
  return at == 0 || (!absl::ascii_isalnum(name[at - 1]) && name[at - 1] != '.');
}

// Whether a number stands right before, as in "qwen2-0-5b": then where the decimal point was is not known.
bool FollowsNumber(std::string_view id, size_t at) {
  return at >= 2 && id[at - 1] == '-' && absl::ascii_isdigit(id[at - 2]);
}

}  // namespace

std::optional<double> ParametersNamed(std::string_view name) {
  for (size_t at = 0; at < name.size(); ++at) {
    if (!BeginsWord(name, at)) continue;
    if (const std::optional<double> size = TakeSize(name.substr(at))) return size;
  }
  return std::nullopt;
}

std::optional<double> ParametersOf(const linchpin::inventory::v1::Model& model) {
  if (const auto size = ParametersNamed(model.display_name())) return size;
  for (const auto& upstream : model.upstream_ids()) {
    if (const auto size = ParametersNamed(upstream.id())) return size;
  }
  const std::string_view id = resource::IdOf(model.name());
  for (size_t at = 0; at < id.size(); ++at) {
    if (!BeginsWord(id, at) || FollowsNumber(id, at)) continue;
    if (const std::optional<double> size = TakeSize(id.substr(at))) return size;
  }
  return std::nullopt;
}

std::string ParametersText(double billions) { return absl::StrCat(billions, "B"); }

}  // namespace linchpin::risk
