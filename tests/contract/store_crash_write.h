// The write that crash tests make, the same in the process that is killed and in the one that checks.
#ifndef LINCHPIN_TESTS_CONTRACT_STORE_CRASH_WRITE_H_
#define LINCHPIN_TESTS_CONTRACT_STORE_CRASH_WRITE_H_

#include <string>

#include "services/store/port/write.h"

namespace linchpin::store {

// Creates `name`; its request id is the name.
inline Write CrashWrite(const std::string& name) {
  Write write;
  write.principal = "crash";
  write.method = "Create";
  write.target = name;
  write.request_id = name;
  write.decide = [name](const StateReader& state) -> absl::StatusOr<Decision> {
    if (state.Contains(name)) return absl::AlreadyExistsError("applied twice");
    Decision decision;
    decision.upserts.push_back({name, "Thing", name + " body", {}, ""});
    return decision;
  };
  return write;
}

}  // namespace linchpin::store

#endif  // LINCHPIN_TESTS_CONTRACT_STORE_CRASH_WRITE_H_
