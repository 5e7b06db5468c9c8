// What a write changes, as a digest.
#ifndef LINCHPIN_SERVICES_WRITING_CHANGE_DIGEST_H_
#define LINCHPIN_SERVICES_WRITING_CHANGE_DIGEST_H_

#include <string>

#include "services/store/port/write.h"

namespace linchpin::writing {

// SHA-256, 32 bytes, of the effect: the names, kinds and bodies of the documents that the write puts, and the
// names of those that it deletes. It is the same whichever way the write came about: in one batch or singly,
// whole or by a mask, in whatever order, with or without operations that change nothing. The revision is not
// part of it. Cost: that of SHA-256 over the bodies: 10,000 documents of 300 bytes take about 10 ms.
std::string ChangeDigest(const store::PendingChange& change);

}  // namespace linchpin::writing

#endif  // LINCHPIN_SERVICES_WRITING_CHANGE_DIGEST_H_
