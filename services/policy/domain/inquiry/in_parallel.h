// One piece of work many times, by several threads.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_IN_PARALLEL_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_IN_PARALLEL_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "absl/functional/function_ref.h"

namespace linchpin::policy {

// Calls `work` with 0 to `count` - 1, in any order, by `threads` threads, the caller's among them.
inline void InParallel(int threads, size_t count, absl::FunctionRef<void(size_t)> work) {
  std::atomic<size_t> next{0};
  const auto run = [&] {
    for (size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> others;
  const size_t wanted = std::min(static_cast<size_t>(std::max(threads, 1)), count);
  for (size_t i = 1; i < wanted; ++i) others.emplace_back(run);
  run();
  for (std::thread& other : others) other.join();
}

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_IN_PARALLEL_H_
