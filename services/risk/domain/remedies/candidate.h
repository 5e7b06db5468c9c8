// A change of the inventory that may lower a score.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "linchpin/risk/v1/remedy.pb.h"

namespace linchpin::risk {

struct Candidate {
  linchpin::risk::v1::RemedyKind kind = linchpin::risk::v1::REMEDY_KIND_UNSPECIFIED;
  std::string subject = {};  // What it changes.
  std::string title = {};    // Unique among the candidates of one round.
  std::vector<linchpin::risk::v1::RemedyDocument> documents = {};
  std::vector<std::string> assumptions = {};
  int days = 0;
  // Of what adds a deployment: behind which alternatives, by name, and which; else empty.
  std::vector<std::string> present = {};
  std::string added = {};
};

// Days of work for each kind: what is shipped, or what the caller says.
class RemedyCosts {
 public:
  // As shipped.
  RemedyCosts();
  // Errors: INVALID_ARGUMENT, FIELD_INVALID, on `costs[i].kind` for a kind that is unknown or stands twice.
  static absl::StatusOr<RemedyCosts> Read(
      const google::protobuf::RepeatedPtrField<linchpin::risk::v1::RemedyCost>& costs);

  int Of(linchpin::risk::v1::RemedyKind kind) const { return days_[static_cast<size_t>(kind)]; }
  void Describe(google::protobuf::RepeatedPtrField<linchpin::risk::v1::RemedyCost>& costs) const;

 private:
  std::array<int, linchpin::risk::v1::RemedyKind_ARRAYSIZE> days_{};
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_CANDIDATE_H_
