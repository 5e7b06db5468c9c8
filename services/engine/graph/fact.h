// Facts that may be unknown, and the logic of three values in which cutoffs are decided (S7, unknown facts).
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace linchpin::engine {

// False AND unknown = false, true OR unknown = true: conjunction is the minimum, disjunction the maximum.
enum class Truth : uint8_t { kFalse = 0, kUnknown = 1, kTrue = 2 };

inline Truth And(Truth a, Truth b) { return std::min(a, b); }
inline Truth Or(Truth a, Truth b) { return std::max(a, b); }
inline Truth Known(bool value) { return value ? Truth::kTrue : Truth::kFalse; }

// A fact of three states: unknown, known to be none, or a value. Unknown is the default and is never read as
// safe. A fact that cannot be none is a std::optional instead, and absent there means unknown.
template <typename T>
class Fact {
 public:
  Fact() = default;
  template <typename U>
  requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, Fact>) Fact(U&& value)
      : state_(State::kValue), value_(std::forward<U>(value)) {}  // NOLINT: a value is a fact.
  static Fact Unknown() { return Fact(); }
  static Fact None() {
    Fact fact;
    fact.state_ = State::kNone;
    return fact;
  }

  bool is_unknown() const { return state_ == State::kUnknown; }
  bool is_none() const { return state_ == State::kNone; }
  bool has_value() const { return state_ == State::kValue; }
  // T{} unless has_value().
  const T& value() const { return value_; }

  friend bool operator==(const Fact&, const Fact&) = default;

 private:
  enum class State : uint8_t { kUnknown, kNone, kValue };
  State state_ = State::kUnknown;
  T value_{};
};

// An ISO 3166-1 alpha-2 code. The engine attaches no meaning to it and does not check the list.
struct Country {
  char code[2] = {0, 0};

  // Nothing unless `text` is two bytes from A to Z.
  static std::optional<Country> Parse(std::string_view text) {
    if (text.size() != 2) return std::nullopt;
    for (char c : text) {
      if (c < 'A' || c > 'Z') return std::nullopt;
    }
    return Country{{text[0], text[1]}};
  }
  std::string ToString() const { return std::string(code, 2); }

  friend auto operator<=>(const Country&, const Country&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Country& country) {
    return H::combine(std::move(h), country.code[0], country.code[1]);
  }
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_H_
