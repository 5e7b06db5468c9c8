// Which resources have the labels that a person asks for.
#ifndef LINCHPIN_SERVICES_CLI_LISTING_LABEL_FILTER_H_
#define LINCHPIN_SERVICES_CLI_LISTING_LABEL_FILTER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

// Tests joined by `,` or given one after the other: `team=payments`, `team!=payments` (which holds without
// the label, too), `team` (there, whatever its value), `!team` (absent). All must hold.
class LabelFilter {
 public:
  // Errors: usage for a test that is none, and where resources of `kind` have no labels.
  static absl::StatusOr<LabelFilter> Read(const std::vector<std::string>& words,
                                          const resource::KindInfo& kind);

  bool empty() const { return tests_.empty(); }
  bool Takes(const google::protobuf::Message& resource) const;

 private:
  struct Test {
    std::string key;
    std::string value;
    bool compares = false;  // Whether `value` counts.
    bool wanted = true;
  };

  absl::Status Add(std::string_view word);

  std::vector<Test> tests_;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_LISTING_LABEL_FILTER_H_
