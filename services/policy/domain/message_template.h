// Messages of findings: text with `{key}` for pieces of evidence.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_MESSAGE_TEMPLATE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_MESSAGE_TEMPLATE_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/policy/domain/binder.h"

namespace linchpin::policy {

// What a message may speak of, by key. `numbers` can also be shown as percentages, `{value:%}`.
struct MessageEvidence {
  std::map<std::string, std::string, std::less<>> texts;
  std::map<std::string, double, std::less<>> numbers;
};

// A message, checked once. `{{` stands for a brace.
class MessageTemplate {
 public:
  MessageTemplate() = default;
  // Complains about unknown keys, braces that do not match, and `:%` after a key that is no number.
  // `{params.NAME}` is the value of a parameter.
  static MessageTemplate Bind(std::string_view text, const std::vector<std::string_view>& text_keys,
                              const std::vector<std::string_view>& number_keys, const std::string& field,
                              Binder& binder);

  std::string Render(const MessageEvidence& evidence) const;

 private:
  struct Part {
    std::string literal;  // Comes first.
    std::string key;      // Empty: none.
    bool percent = false;
  };
  std::vector<Part> parts_;
};

// "41.7%", with one decimal where there is one.
std::string PercentText(double ratio);
// At most four decimals, none that are zero at the end.
std::string NumberText(double number);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_MESSAGE_TEMPLATE_H_
