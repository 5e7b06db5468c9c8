// Values that must not be printed.
#ifndef LINCHPIN_SERVICES_KIT_CONFIG_SECRET_H_
#define LINCHPIN_SERVICES_KIT_CONFIG_SECRET_H_

#include <ostream>
#include <string>
#include <utility>

namespace linchpin::kit {

// A string that no stream, no log field and no formatter takes. The one way to read it says what it does.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  const std::string& Reveal() const { return value_; }
  bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_CONFIG_SECRET_H_
