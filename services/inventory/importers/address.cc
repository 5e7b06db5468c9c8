#include "services/inventory/importers/address.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace linchpin::importers {
namespace {

constexpr size_t kMaxHost = 253;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// The four numbers of an IPv4 address; nullopt if it is none.
std::optional<std::array<int, 4>> Ipv4(std::string_view host) {
  std::array<int, 4> out{};
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

// Private, loopback, link-local, unspecified and shared (100.64.0.0/10) addresses.
bool IsInsideV4(const std::array<int, 4>& ip) {
  return ip[0] == 10 || ip[0] == 127 || ip[0] == 0 || (ip[0] == 192 && ip[1] == 168) ||
         (ip[0] == 172 && ip[1] >= 16 && ip[1] < 32) || (ip[0] == 169 && ip[1] == 254) ||
         (ip[0] == 100 && ip[1] >= 64 && ip[1] < 128);
}

bool IsInside(std::string_view host) {
  if (const auto ip = Ipv4(host)) return IsInsideV4(*ip);
  if (host.find(':') != std::string_view::npos) {
    return host == "::1" || host == "::" || host.substr(0, 2) == "fc" || host.substr(0, 2) == "fd" ||
           host.substr(0, 4) == "fe80";
  }
  if (host.find('.') == std::string_view::npos) return true;
  constexpr std::string_view kInsideZones[] = {".local",       ".internal", ".lan",       ".localhost",
                                               ".localdomain", ".svc",      ".home.arpa", ".corp",
                                               ".intranet",    ".home",     ".test",      ".cluster.local"};
  return std::any_of(std::begin(kInsideZones), std::end(kInsideZones),
                     [host](std::string_view zone) { return EndsWith(host, zone); });
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

}  // namespace

bool IsReference(std::string_view text) {
  return text.substr(0, 11) == "os.environ/" || text.find("${") != std::string_view::npos ||
         text.find("{{") != std::string_view::npos;
}

Address ReadAddress(std::string_view text) {
  Address address;
  if (text.empty()) return address;
  const size_t scheme_end = text.find("://");
  const size_t begin = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const size_t path = std::min(text.find_first_of("/?#", begin), text.size());
  std::string_view authority = text.substr(begin, path - begin);
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) authority.remove_prefix(at + 1);
  const std::string_view rest = text.substr(path);
  const std::string_view kept_rest = rest.substr(0, rest.find_first_of("?#"));
  address.had_secrets = at != std::string_view::npos || kept_rest.size() != rest.size();
  address.kept = std::string(text.substr(0, begin)) + std::string(authority) + std::string(kept_rest);
  if (IsReference(text)) {
    address.kind = Address::Kind::kReference;
    return address;
  }
  address.host = HostOf(authority);
  if (address.host.empty()) {
    address.kind = Address::Kind::kReference;
  } else {
    address.kind = IsInside(address.host) ? Address::Kind::kInside : Address::Kind::kOutside;
  }
  return address;
}

}  // namespace linchpin::importers
