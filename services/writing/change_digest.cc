#include "services/writing/change_digest.h"

#include <cstdint>
#include <string_view>

#include "services/base/sha256_stream.h"

namespace linchpin::writing {
namespace {

// Each text is preceded by its length, so that no two changes have the same bytes.
void Add(std::string_view text, base::Sha256Stream& digest) {
  char length[8];
  for (int i = 0; i < 8; ++i)
    length[i] = static_cast<char>(static_cast<uint64_t>(text.size()) >> (56 - 8 * i));
  digest.Add({length, sizeof(length)});
  digest.Add(text);
}

}  // namespace

std::string ChangeDigest(const store::PendingChange& change) {
  base::Sha256Stream digest;
  Add("linchpin change 1", digest);
  for (const store::PendingChange::Document& document : change.documents) {
    Add(document.name, digest);
    Add(document.put == nullptr ? "delete" : "put", digest);
    if (document.put == nullptr) continue;
    Add(document.put->kind, digest);
    Add(document.put->body, digest);
  }
  return digest.Finish();
}

}  // namespace linchpin::writing
