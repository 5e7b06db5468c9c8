#include "services/inventory/importers/litellm/closed_family.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"

namespace linchpin::importers {
namespace {

// How names of closed families begin. A beginning ends at a letter's end: `o3` is not that of `o365`.
constexpr std::string_view kClosed[] = {"gpt",
                                        "chatgpt",
                                        "o1",
                                        "o3",
                                        "o4",
                                        "codex",
                                        "dall-e",
                                        "sora",
                                        "tts-1",
                                        "claude",
                                        "opus",
                                        "sonnet",
                                        "haiku",
                                        "fable",
                                        "gemini",
                                        "imagen",
                                        "veo",
                                        "palm",
                                        "grok",
                                        "sonar",
                                        "nova-micro",
                                        "nova-lite",
                                        "nova-pro",
                                        "nova-premier",
                                        "titan",
                                        "qwen-max",
                                        "qwen-plus",
                                        "qwen-turbo",
                                        "qwen3-max",
                                        "mistral-medium",
                                        "text-embedding-3",
                                        "text-embedding-ada",
                                        "computer-use",
                                        "doubao",
                                        "kimi-latest",
                                        "moonshot-v1",
                                        "hunyuan-turbo"};

// Open models of these families.
constexpr std::string_view kOpen[] = {"gpt-oss", "gpt-2",   "gpt2",   "gpt-j", "gpt-neo",
                                      "gpt-sw3", "gpt4all", "grok-1", "grok-2"};

bool Begins(std::string_view name, std::string_view with) {
  if (name.substr(0, with.size()) != with) return false;
  if (name.size() == with.size()) return true;
  const char next = name[with.size()];
  const bool joins_letters = absl::ascii_isalpha(static_cast<unsigned char>(with.back())) != 0 &&
                             absl::ascii_isalpha(static_cast<unsigned char>(next)) != 0;
  const bool joins_digits = absl::ascii_isdigit(static_cast<unsigned char>(with.back())) != 0 &&
                            absl::ascii_isdigit(static_cast<unsigned char>(next)) != 0;
  return !joins_letters && !joins_digits;
}

template <size_t n>
bool BeginsAny(std::string_view name, const std::string_view (&with)[n]) {
  return std::any_of(std::begin(with), std::end(with),
                     [name](std::string_view one) { return Begins(name, one); });
}

}  // namespace

bool IsClosedFamilyName(std::string_view name) {
  const std::string last = absl::AsciiStrToLower(std::string(name.substr(name.rfind('/') + 1)));
  return BeginsAny(last, kClosed) && !BeginsAny(last, kOpen);
}

}  // namespace linchpin::importers
