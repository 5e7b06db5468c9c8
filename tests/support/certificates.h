// Certificates made for a test.
#ifndef LINCHPIN_TESTS_SUPPORT_CERTIFICATES_H_
#define LINCHPIN_TESTS_SUPPORT_CERTIFICATES_H_

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace linchpin::testing_support {

// A certificate with its key, PEM.
struct Certificate {
  std::string chain;
  std::string key;
};

// An authority with a key of its own.
class Authority {
 public:
  Authority();
  ~Authority();

  // Its own certificate, PEM.
  const std::string& root() const;
  // A certificate for `name`, with the alternative names `name`, localhost and 127.0.0.1, valid from
  // yesterday until `end`.
  Certificate Issue(const std::string& name, absl::Time end);
  // One that is valid for a day.
  Certificate Issue(const std::string& name);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace linchpin::testing_support

#endif  // LINCHPIN_TESTS_SUPPORT_CERTIFICATES_H_
