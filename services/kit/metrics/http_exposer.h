// A small HTTP server for the metrics and nothing else.
#ifndef LINCHPIN_SERVICES_KIT_METRICS_HTTP_EXPOSER_H_
#define LINCHPIN_SERVICES_KIT_METRICS_HTTP_EXPOSER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linchpin::kit {

// Answers GET /metrics on a thread of its own; one scrape at a time. A request is at most 8 KiB and five
// seconds long; at most 32 connections are open. A further one takes the place of the one that has gone
// longest without a whole request, so that idle connections keep no scraper out. A connection is closed after
// its answer.
//
// Ownership: the destructor stops the thread.
class HttpExposer {
 public:
  // `address` is host:port, port 0 for any free one. `scrape` is called on the exposer's thread.
  // Errors: UNAVAILABLE if the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<HttpExposer>> Start(std::string_view address,
                                                            std::function<std::string()> scrape);

  virtual ~HttpExposer() = default;
  virtual int port() const = 0;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_METRICS_HTTP_EXPOSER_H_
