#include "services/base/redact.h"

#include <algorithm>
#include <array>

#include "services/base/text.h"

namespace linchpin::base {
namespace {

constexpr std::string_view kHidden = "***";
constexpr std::string_view kSpace = " \t\n\r";

// Parameters of libpq that hold no secret.
constexpr std::array<std::string_view, 18> kShown = {
    "application_name", "channel_binding", "connect_timeout",      "dbname",  "gssencmode",  "host",
    "hostaddr",         "keepalives",      "keepalives_idle",      "options", "passfile",    "port",
    "service",          "sslmode",         "target_session_attrs", "sslcert", "sslrootcert", "user"};

std::string_view Shown(std::string_view key, std::string_view value) {
  return std::find(kShown.begin(), kShown.end(), key) == kShown.end() ? kHidden : value;
}

// `u:p`: what stands before the last @ of a URI.
std::string RedactUser(std::string_view user_info) {
  const size_t colon = user_info.find(':');
  const std::string_view user = user_info.substr(0, colon);
  // A password with a / or ? in it, or a parameter with an @: nobody can tell where it begins.
  if (user.find_first_of("/?#&=@ ") != std::string_view::npos) return std::string(kHidden);
  return colon == std::string_view::npos ? std::string(user) : Cat({user, ":", kHidden});
}

std::string RedactQuery(std::string_view query) {
  std::string shown;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const size_t equals = pair.find('=');
    const std::string_view key = pair.substr(0, equals);
    shown += equals == std::string_view::npos ? std::string(kHidden)
                                              : Cat({key, "=", Shown(key, pair.substr(equals + 1))});
    query.remove_prefix(pair.size());
    if (!query.empty()) {
      shown += '&';
      query.remove_prefix(1);
    }
  }
  return shown;
}

// What follows the `//` of a URI.
std::string RedactUri(std::string_view rest) {
  std::string shown;
  const size_t at = rest.rfind('@');
  if (at != std::string_view::npos) {
    // The @ may belong to the value of a parameter: then what follows it may be a piece of a password.
    if (rest.substr(0, at).find('=') != std::string_view::npos) return std::string(kHidden);
    shown = Cat({RedactUser(rest.substr(0, at)), "@"});
    rest.remove_prefix(at + 1);
  }
  const size_t query = rest.find('?');
  shown += rest.substr(0, query);
  if (query != std::string_view::npos) shown += Cat({"?", RedactQuery(rest.substr(query + 1))});
  return shown;
}

// Takes what stands before the first of `ends` outside a backslash.
std::string_view TakeUntil(std::string_view ends, std::string_view* text) {
  size_t size = 0;
  while (size < text->size() && ends.find((*text)[size]) == std::string_view::npos) {
    size += (*text)[size] == '\\' ? 2 : 1;
  }
  const std::string_view taken = text->substr(0, size);
  text->remove_prefix(taken.size());
  return taken;
}

std::string_view TakeSpace(std::string_view* text) {
  const size_t size = std::min(text->find_first_not_of(kSpace), text->size());
  const std::string_view taken = text->substr(0, size);
  text->remove_prefix(size);
  return taken;
}

std::string_view TakeValue(std::string_view* text) {
  if (!text->starts_with('\'')) return TakeUntil(kSpace, text);
  const std::string_view whole = *text;
  text->remove_prefix(1);
  TakeUntil("'", text);
  if (!text->empty()) text->remove_prefix(1);
  return whole.substr(0, whole.size() - text->size());
}

// `key = value` and so on. A word without a value may be a piece of a password that was not quoted.
std::string RedactPairs(std::string_view text) {
  std::string shown(TakeSpace(&text));
  while (!text.empty()) {
    const std::string_view key = TakeUntil(" \t\n\r=", &text);
    const std::string_view before = TakeSpace(&text);
    if (!text.starts_with('=')) {
      shown += Cat({kHidden, before});
      continue;
    }
    text.remove_prefix(1);
    const std::string_view after = TakeSpace(&text);
    const std::string_view value = TakeValue(&text);
    shown += Cat({key, before, "=", after, Shown(key, value), TakeSpace(&text)});
  }
  return shown;
}

}  // namespace

std::string RedactAddress(std::string_view address) {
  const size_t colon = address.find(':');
  const std::string_view scheme = address.substr(0, colon);
  if (colon == std::string_view::npos || scheme.find_first_of("=/@ ") != std::string_view::npos) {
    return address.find_first_of("=@") == std::string_view::npos ? std::string(address)
                                                                 : std::string(kHidden);
  }
  if (scheme == "sqlite") return std::string(address);
  std::string_view rest = address.substr(colon + 1);
  if (!rest.starts_with("//")) return Cat({scheme, ":", RedactPairs(rest)});
  return Cat({scheme, "://", RedactUri(rest.substr(2))});
}

}  // namespace linchpin::base
