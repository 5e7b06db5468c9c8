#include "services/inventory/importers/address.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace linchpin::importers {
namespace {

constexpr size_t kMaxHost = 253;
constexpr size_t kMaxPathParts = 32;
constexpr std::string_view kVariable = "variable";

using Ipv4 = std::array<int, 4>;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool StartsWith(std::string_view text, std::string_view begin) {
  return text.substr(0, begin.size()) == begin;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

template <size_t n>
bool EndsWithAny(std::string_view text, const std::string_view (&ends)[n]) {
  return std::any_of(std::begin(ends), std::end(ends),
                     [text](std::string_view end) { return EndsWith(text, end); });
}

// The four numbers of an IPv4 address, also of one written as IPv6 (`::ffff:10.0.0.1`); nullopt if it is
// none.
std::optional<Ipv4> ReadIpv4(std::string_view host) {
  if (StartsWith(host, "::ffff:")) host.remove_prefix(7);
  Ipv4 out{};
  for (size_t part = 0; part < 4; ++part) {
    const size_t dot = host.find('.');
    const std::string_view digits = host.substr(0, dot);
    if (digits.empty() || digits.size() > 3 || (dot == std::string_view::npos) != (part == 3))
      return std::nullopt;
    for (const char c : digits) {
      if (c < '0' || c > '9') return std::nullopt;
      out[part] = out[part] * 10 + (c - '0');
    }
    host.remove_prefix(std::min(host.size(), digits.size() + 1));
  }
  return out;
}

bool IsLoopback(const Ipv4& ip) { return ip[0] == 127 || ip == Ipv4{0, 0, 0, 0}; }

bool IsShared(const Ipv4& ip) { return ip[0] == 100 && ip[1] >= 64 && ip[1] < 128; }

// Private, loopback, link-local, unspecified and shared addresses.
bool IsInside(const Ipv4& ip) {
  return ip[0] == 10 || ip[0] == 127 || ip[0] == 0 || (ip[0] == 192 && ip[1] == 168) ||
         (ip[0] == 172 && ip[1] >= 16 && ip[1] < 32) || (ip[0] == 169 && ip[1] == 254) || IsShared(ip);
}

// No name of the public DNS ends in digits only, so `qwen3.6` is a service of a compose file.
bool EndsInDigits(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return !last.empty() && last.find_first_not_of("0123456789") == std::string_view::npos;
}

bool IsInside(std::string_view host) {
  if (const auto ip = ReadIpv4(host)) return IsInside(*ip);
  if (host.find(':') != std::string_view::npos) {
    return host == "::1" || host == "::" || StartsWith(host, "fc") || StartsWith(host, "fd") ||
           StartsWith(host, "fe80");
  }
  if (host.find('.') == std::string_view::npos || EndsInDigits(host)) return true;
  constexpr std::string_view kInsideZones[] = {
      ".local",    ".internal", ".lan",  ".localhost", ".localdomain",   ".svc",    ".home.arpa", ".corp",
      ".intranet", ".home",     ".test", ".private",   ".cluster.local", ".ts.net", ".consul",    ".docker"};
  return EndsWithAny(host, kInsideZones);
}

// "host" of "host:port", "[::1]:port"; empty if there is none or it is too long.
std::string HostOf(std::string_view authority) {
  std::string_view host = authority;
  if (!host.empty() && host[0] == '[') {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.find(':'));
  }
  while (!host.empty() && host.back() == '.') host.remove_suffix(1);
  if (host.size() > kMaxHost) return {};
  std::string out(host);
  std::transform(out.begin(), out.end(), out.begin(), Lower);
  return out;
}

// The variables of a text: what opens one and what closes it.
struct Brackets {
  std::string_view open, close;
};
constexpr Brackets kBrackets[] = {{"${", "}"}, {"{{", "}}"}, {"$(", ")"}};

// Where the first variable in brackets begins; npos if there is none. `brackets` gets its kind.
size_t FindVariable(std::string_view text, const Brackets** brackets) {
  size_t first = std::string_view::npos;
  for (const Brackets& kind : kBrackets) {
    const size_t at = text.find(kind.open);
    if (at >= first) continue;
    first = at;
    *brackets = &kind;
  }
  return first;
}

// The text with each variable as the word `variable`.
std::string WithVariables(std::string_view text) {
  std::string out;
  const Brackets* kind = nullptr;
  for (size_t at; (at = FindVariable(text, &kind)) != std::string_view::npos;) {
    out += std::string(text.substr(0, at)) + std::string(kVariable);
    const size_t close = text.find(kind->close, at);
    text.remove_prefix(close == std::string_view::npos ? text.size() : close + kind->close.size());
  }
  return out + std::string(text);
}

std::vector<std::string> PartsOf(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty() && parts.size() < kMaxPathParts) {
    const size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(std::min(path.size(), slash + 1));
  }
  return parts;
}

// Of an address with a variable: the whole of it may be one, or a part of its name.
void SetKind(std::string_view authority, Address& address) {
  const bool open = IsReference(authority);
  address.host = HostOf(open ? WithVariables(authority) : std::string(authority));
  if (address.host == kVariable) address.host.clear();
  if (address.host.empty() || open) {
    address.kind = Address::Kind::kReference;
  } else {
    address.kind = IsInside(address.host) ? Address::Kind::kInside : Address::Kind::kOutside;
  }
}

}  // namespace

bool IsReference(std::string_view text) {
  const Brackets* kind = nullptr;
  return StartsWith(text, "os.environ/") || FindVariable(text, &kind) != std::string_view::npos;
}

std::string VariableIn(std::string_view text) {
  constexpr std::string_view kNameBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
  const Brackets* kind = nullptr;
  if (StartsWith(text, "os.environ/")) {
    text.remove_prefix(11);
  } else if (const size_t at = FindVariable(text, &kind); at != std::string_view::npos) {
    text.remove_prefix(at + kind->open.size());
    text.remove_prefix(std::min(text.find_first_of(kNameBytes), text.size()));
  } else {
    return {};
  }
  return std::string(text.substr(0, text.find_first_not_of(kNameBytes)));
}

bool IsOwnMachine(std::string_view host) {
  if (const auto ip = ReadIpv4(host)) return IsLoopback(*ip);
  constexpr std::string_view kNames[] = {"localhost", ".localhost", "host.docker.internal",
                                         "gateway.docker.internal", "host.containers.internal"};
  return host == "::1" || host == "::" || EndsWithAny(host, kNames);
}

bool IsLikelyOwnPremises(std::string_view host) {
  if (IsOwnMachine(host)) return true;
  if (const auto ip = ReadIpv4(host)) return IsShared(*ip) || ((*ip)[0] == 192 && (*ip)[1] == 168);
  constexpr std::string_view kZones[] = {".lan", ".local", ".home.arpa", ".home", ".ts.net"};
  return EndsWithAny(host, kZones) && !EndsWith(host, ".cluster.local");
}

Address ReadAddress(std::string_view text) {
  Address address;
  if (text.empty()) return address;
  const size_t scheme_end = text.find("://");
  const size_t begin = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  // A reference in brackets may hold any byte, so the authority ends after it.
  const Brackets* kind = nullptr;
  size_t authority_end = std::min(text.find_first_of("/?#", begin), text.size());
  const size_t variable = FindVariable(text.substr(begin), &kind);
  if (variable != std::string_view::npos && begin + variable < authority_end) {
    const size_t close = text.find(kind->close, begin + variable);
    authority_end = std::min(text.find_first_of("/?#", std::min(close, text.size())), text.size());
  }
  std::string_view authority = text.substr(begin, authority_end - begin);
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  const std::string_view rest = text.substr(authority_end);
  const std::string_view kept_rest = rest.substr(0, rest.find_first_of("?#"));
  address.had_secrets = at != std::string_view::npos || kept_rest.size() != rest.size();
  address.kept = std::string(text.substr(0, begin)) + std::string(authority) + std::string(kept_rest);
  if (StartsWith(text, "os.environ/")) {
    address.kind = Address::Kind::kReference;
    return address;
  }
  SetKind(authority, address);
  address.path = PartsOf(WithVariables(kept_rest));
  return address;
}

}  // namespace linchpin::importers
