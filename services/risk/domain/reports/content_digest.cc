#include "services/risk/domain/reports/content_digest.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "services/base/sha256.h"
#include "services/base/sha256_stream.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/kinds.h"

namespace linchpin::risk {
namespace {

constexpr int64_t kDocumentsBetween = 4096;  // Between two looks at whether to go on.

}  // namespace

absl::StatusOr<ContentDigest> DigestOf(const replica::View& view, const std::function<bool()>& cancelled) {
  ContentDigest digest;
  base::Sha256Stream stream;
  for (const resource::KindInfo* kind : resource::Kinds()) {
    if (kind->area != resource::Area::kInventory) continue;
    const std::unique_ptr<google::protobuf::Message> document = kind->New();
    for (replica::Cursor at = view.Seek(*kind); at.valid(); at.Next()) {
      if (cancelled && digest.documents % kDocumentsBetween == 0 && cancelled())
        return absl::CancelledError("the digest was cancelled");
      if (!replica::ParseInto(at.document(), *document))
        return absl::InternalError(absl::StrCat(std::string(at.document().name), " cannot be parsed"));
      resource::ClearOutputOnly(*document);
      const std::string line = resource::WriteJsonDocument(*document, 0) + "\n";
      stream.Add(line);
      ++digest.documents;
      digest.bytes += static_cast<int64_t>(line.size());
    }
  }
  digest.sha256 = base::Hex(stream.Finish());
  return digest;
}

}  // namespace linchpin::risk
