// Small helpers for messages to people.
#ifndef LINCHPIN_SERVICES_BASE_TEXT_H_
#define LINCHPIN_SERVICES_BASE_TEXT_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace linchpin::base {

// The parts one after the other.
std::string Cat(std::initializer_list<std::string_view> parts);

// "a, b, c": at most `max` of them, then ", ...".
std::string JoinNames(const std::vector<std::string>& names, size_t max = 12);

// The candidate that `word` was most likely meant to be; nullopt if none is near (more than a third of its
// letters differ). Case and `-`, `_` do not count. Bounded: words of more than 64 bytes have none.
std::optional<std::string> Nearest(std::string_view word, const std::vector<std::string>& candidates);

// Byte offset of the first byte that is not UTF-8, or is a control character other than tab, line feed and
// carriage return; npos if there is none.
size_t FirstBadByte(std::string_view text);

// Bytes of the UTF-8 sequence that `text`, not empty, begins with; 0 if it begins with none: overlong, a
// surrogate, too large or cut short.
size_t Utf8SequenceLength(std::string_view text);

// Whether all of it is UTF-8.
bool IsUtf8(std::string_view text);

// "business_unit" of "businessUnit"; other text is returned as it is.
std::string SnakeCase(std::string_view camel);

// "businessUnit" of "business_unit".
std::string CamelCase(std::string_view snake);

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_TEXT_H_
