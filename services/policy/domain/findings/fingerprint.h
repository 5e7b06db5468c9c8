// The identity of a finding (docs/concepts/policy.md, Fingerprint).
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINGERPRINT_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINGERPRINT_H_

#include <map>
#include <string>
#include <string_view>

namespace linchpin::policy {

// Identities that tell findings of one rule on one subject apart: the group of a concentration rule, the
// offending model of a lineage rule, the path of an unknown fact. Never values, limits, messages, revisions
// or times.
using Discriminators = std::map<std::string, std::string, std::less<>>;

// 64 lower-case hexadecimal digits: SHA-256 of "lpfp1" and the length-prefixed parts, discriminators in order
// of key.
std::string Fingerprint(std::string_view assignment, std::string_view policy, std::string_view rule,
                        std::string_view subject, const Discriminators& discriminators);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINGERPRINT_H_
