// Messages of findings: text with `{key}` for pieces of evidence.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_MESSAGE_TEMPLATE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_MESSAGE_TEMPLATE_H_

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/policy/domain/binding/binder.h"

namespace linchpin::policy {

// Longest message of a finding, and longest text of a parameter in it, in bytes.
inline constexpr size_t kMessageBytesMax = 4096;
inline constexpr size_t kParameterBytesMax = 256;

// What a message may speak of, by key. `numbers` can also be shown as percentages, `{value:%}`.
struct MessageEvidence {
  std::map<std::string, std::string, std::less<>> texts;
  std::map<std::string, double, std::less<>> numbers;
  friend bool operator==(const MessageEvidence&, const MessageEvidence&) = default;
};

// A message, checked once. `{{` stands for a brace.
class MessageTemplate {
 public:
  MessageTemplate() = default;
  // Complains about unknown keys, braces that do not match, and `:%` after a key that is not a number.
  // `{params.NAME}` is the value of a parameter.
  static MessageTemplate Bind(std::string_view text, const std::vector<std::string_view>& text_keys,
                              const std::vector<std::string_view>& number_keys, const std::string& field,
                              Binder& binder);

  // `parameters` are the texts of `{params.NAME}` by name. At most kMessageBytesMax, cut with an ellipsis.
  std::string Render(const MessageEvidence& evidence,
                     const std::map<std::string, std::string>& parameters) const;

 private:
  struct Part {
    std::string literal;  // Comes first.
    std::string key;      // Empty: none.
    bool percent = false;
  };
  std::vector<Part> parts_;
};

// The text, or as much of it as fits `bytes_max` with an ellipsis; characters in UTF-8 stay whole.
std::string CutText(std::string text, size_t bytes_max);

// "41.7%", with one decimal where there is one.
std::string PercentText(double ratio);
// At most four decimals, none that are zero at the end.
std::string NumberText(double number);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_MESSAGE_TEMPLATE_H_
