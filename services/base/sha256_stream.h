// SHA-256 of what is too long to hold at once.
#ifndef LINCHPIN_SERVICES_BASE_SHA256_STREAM_H_
#define LINCHPIN_SERVICES_BASE_SHA256_STREAM_H_

#include <memory>
#include <string>
#include <string_view>

namespace linchpin::base {

// Thread safety: for one thread at a time.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Add(std::string_view bytes);
  // The digest as 32 bytes. Once, at the end.
  std::string Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_SHA256_STREAM_H_
