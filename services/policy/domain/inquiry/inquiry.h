// Asks all questions of all subjects of one revision, by several threads.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_INQUIRY_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_INQUIRY_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "services/policy/domain/inquiry/questions.h"
#include "services/policy/domain/inquiry/scope_outcome.h"
#include "services/policy/domain/rules/resource_use.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

struct InquiryOptions {
  OutcomeLimits limits;
  // Threads, the caller's among them.
  int threads = 1;
  // By scope: subjects whose outcomes are noted, ascending. Empty: none of any scope.
  std::vector<std::vector<std::string_view>> watched;
  // By scope: how many outcomes are listed at most. Empty: none.
  std::vector<int64_t> listed_max;
  // Asked now and then, by the caller's thread; true ends the inquiry. May be null.
  std::function<bool()> cancelled;
  // Told now and then, by the caller's thread, what part of the subjects has been asked. May be null.
  std::function<void(double part)> progress;
};

// How each scope comes out for all subjects of its kind. Nothing: cancelled. Equal input gives equal output,
// whatever the number of threads: subjects are asked in pieces of one size, and what the pieces come to is
// put together in order of names. From the piece after that in which a scope has led past
// SubjectWalk::kVisitsMax alternatives, it is an error.
//
// `judges` keeps what the caller's thread has found; other threads have some of their own meanwhile. `use` as
// of Workspace.
std::optional<std::vector<ScopeOutcome>> Inquire(const World& world, const Questions& questions,
                                                 Judges& judges,
                                                 const std::shared_ptr<const ResourceUse>& use,
                                                 const InquiryOptions& options);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_INQUIRY_H_
