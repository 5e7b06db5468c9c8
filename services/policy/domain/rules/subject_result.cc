#include "services/policy/domain/rules/subject_result.h"

#include "services/resource/stable_bytes.h"

namespace linchpin::policy {

bool SayTheSame(const Violation& a, const Violation& b) {
  return a.discriminators == b.discriminators && a.likely == b.likely && a.related == b.related &&
         a.evidence == b.evidence &&
         resource::StableBytes(a.explanation) == resource::StableBytes(b.explanation);
}

}  // namespace linchpin::policy
