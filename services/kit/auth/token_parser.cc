#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/kit/auth/tokens.h"

namespace linchpin::kit {

// Fills a table from the YAML of the file.
class TokenParser {
 public:
  absl::StatusOr<TokenTable> Parse(const YAML::Node& root) {
    if (root.IsNull()) return std::move(table_);
    if (!root.IsMap()) return Error(root, "expected `tokens:` and `certificates:`");
    for (const auto& section : root) {
      const std::string name = section.first.Scalar();
      if (name != "tokens" && name != "certificates") return Error(section.first, "unknown key " + name);
      if (!section.second.IsSequence()) return Error(section.second, name + " must be a list");
      for (const YAML::Node& entry : section.second) {
        absl::Status status = name == "tokens" ? AddToken(entry) : AddCertificate(entry);
        if (!status.ok()) return status;
      }
    }
    return std::move(table_);
  }

 private:
  static absl::Status Error(const YAML::Node& node, const std::string& what) {
    return absl::InvalidArgumentError(absl::StrCat("line ", node.Mark().line + 1, ": ", what));
  }

  absl::Status CheckEntry(const YAML::Node& entry, const std::set<std::string>& keys) const {
    if (table_.size() >= TokenTable::kEntriesMax) {
      return Error(entry, absl::StrCat("more than ", TokenTable::kEntriesMax, " entries"));
    }
    if (!entry.IsMap()) return Error(entry, "an entry must have keys and values");
    for (const auto& pair : entry) {
      if (!keys.contains(pair.first.Scalar())) return Error(pair.first, "unknown key " + pair.first.Scalar());
      if (!pair.second.IsScalar()) return Error(pair.second, pair.first.Scalar() + " needs a plain value");
    }
    return absl::OkStatus();
  }

  static std::string Field(const YAML::Node& entry, const char* key) {
    const YAML::Node node = entry[key];
    return node ? node.Scalar() : "";
  }

  absl::Status ParsePrincipal(const YAML::Node& entry, Principal& principal) const {
    principal.name = Field(entry, "name");
    if (principal.name.empty() || principal.name.size() > 128)
      return Error(entry, "name must have 1 to 128 bytes");
    const auto role = ParseRole(Field(entry, "role"));
    if (!role || *role == Role::kNone) {
      return Error(entry, principal.name + ": role must be viewer, editor, approver or admin");
    }
    principal.role = *role;
    return absl::OkStatus();
  }

  absl::Status AddToken(const YAML::Node& entry) {
    absl::Status status = CheckEntry(entry, {"name", "role", "sha256", "expires"});
    if (!status.ok()) return status;
    TokenTable::Token token;
    if (status = ParsePrincipal(entry, token.principal); !status.ok()) return status;
    const std::string hex = absl::AsciiStrToLower(Field(entry, "sha256"));
    if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
      return Error(entry, token.principal.name +
                              ": sha256 must be 64 hexadecimal digits; `linchpind token` makes one");
    }
    const std::string bytes = absl::HexStringToBytes(hex);
    std::copy(bytes.begin(), bytes.end(), token.hash.begin());
    for (const TokenTable::Token& other : table_.tokens_) {
      if (other.hash == token.hash) return Error(entry, token.principal.name + ": duplicate sha256");
    }
    token.expires = absl::InfiniteFuture();
    const std::string expires = Field(entry, "expires");
    std::string error;
    if (!expires.empty() && !absl::ParseTime(absl::RFC3339_full, expires, &token.expires, &error)) {
      return Error(entry, token.principal.name + ": expires must be a time such as 2027-01-01T00:00:00Z");
    }
    table_.tokens_.push_back(std::move(token));
    return absl::OkStatus();
  }

  absl::Status AddCertificate(const YAML::Node& entry) {
    absl::Status status = CheckEntry(entry, {"name", "role", "subject"});
    if (!status.ok()) return status;
    TokenTable::Certificate certificate;
    if (status = ParsePrincipal(entry, certificate.principal); !status.ok()) return status;
    certificate.subject = Field(entry, "subject");
    if (certificate.subject.empty()) return Error(entry, certificate.principal.name + ": subject is missing");
    for (const TokenTable::Certificate& other : table_.certificates_) {
      if (other.subject == certificate.subject) {
        return Error(entry, certificate.principal.name + ": duplicate subject");
      }
    }
    table_.certificates_.push_back(std::move(certificate));
    return absl::OkStatus();
  }

  TokenTable table_;
};

absl::StatusOr<TokenTable> TokenTable::Parse(const std::string& yaml) {
  try {
    return TokenParser().Parse(YAML::Load(yaml));
  } catch (const YAML::Exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("line ", error.mark.line + 1, ": ", error.msg));
  }
}

}  // namespace linchpin::kit
