#include "services/inventory/catalogue/names.h"

#include <cstddef>
#include <cstdint>
#include <map>

namespace linchpin::catalogue {
namespace {

constexpr size_t kMaxId = 63;
constexpr size_t kCut = 54;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool IsLetter(char c) { return c >= 'a' && c <= 'z'; }

bool IsPlain(char c) { return IsLetter(c) || (c >= '0' && c <= '9'); }

std::string Dashed(std::string_view name) {
  std::string out;
  for (const char raw : name) {
    const char c = Lower(raw);
    if (IsPlain(c)) {
      out += c;
    } else if (c == '*') {
      out += out.empty() || out.back() == '-' ? "any" : "-any";
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string Joined(const std::string& id, const std::string& suffix) { return Slug(id + "-" + suffix); }

// Groups of places that hold the same id.
std::map<std::string, std::vector<size_t>> ById(const std::vector<std::string>& ids) {
  std::map<std::string, std::vector<size_t>> groups;
  for (size_t i = 0; i < ids.size(); ++i) groups[ids[i]].push_back(i);
  return groups;
}

}  // namespace

std::string ShortHash(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string out;
  for (int shift = 60; shift >= 32; shift -= 4) out += "0123456789abcdef"[(hash >> shift) & 15];
  return out;
}

std::string Slug(std::string_view name) {
  std::string out = Dashed(name);
  if (out.empty()) return "x-" + ShortHash(name);
  if (!IsLetter(out[0])) out = "x-" + out;
  if (out.size() <= kMaxId) return out;
  out.resize(kCut);
  while (out.back() == '-') out.pop_back();
  return out + "-" + ShortHash(name);
}

std::string Squash(std::string_view name) {
  std::string out;
  for (const char raw : name) {
    if (IsPlain(Lower(raw))) out += Lower(raw);
  }
  return out;
}

std::vector<std::string> UniqueIds(const std::vector<Wanted>& wanted) {
  std::vector<std::string> ids;
  for (const Wanted& w : wanted) ids.push_back(Slug(w.name));
  for (const auto& [id, places] : ById(ids)) {
    if (places.size() == 1) continue;
    for (const size_t i : places) {
      if (!wanted[i].qualifier.empty()) ids[i] = Joined(id, wanted[i].qualifier);
    }
  }
  for (const auto& [id, places] : ById(ids)) {
    size_t least = places[0];
    for (const size_t i : places) {
      if (wanted[i].identity < wanted[least].identity) least = i;
    }
    for (const size_t i : places) {
      if (i != least) ids[i] = Joined(id, ShortHash(wanted[i].identity));
    }
  }
  return ids;
}

}  // namespace linchpin::catalogue
