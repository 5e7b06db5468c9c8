// Writes as fast as it can until it is killed, telling on standard output what it has begun (`b NAME`) and
// what was acknowledged (`a NAME REVISION`). Usage: store_crash_writer ADDRESS ROUND
#include <stdio.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/store/commit/committer.h"
#include "services/store/commit/map_head.h"
#include "services/store/open.h"
#include "tests/contract/store_crash_write.h"

namespace linchpin::store {
namespace {

constexpr int kInFlight = 16;

// One line in one call, so that a kill cannot tear it.
void Say(const std::string& line) {
  if (write(STDOUT_FILENO, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
}

class Writer {
 public:
  Writer(Committer& committer, std::string round) : committer_(committer), round_(std::move(round)) {}

  void Next() {
    const std::string name = absl::StrCat("things/", round_, "-", number_++);
    Say(absl::StrCat("b ", name, "\n"));
    committer_.Submit(CrashWrite(name), [this, name](absl::StatusOr<WriteResult> result) {
      if (result.ok()) Say(absl::StrCat("a ", name, " ", result->revision, "\n"));
      Next();
    });
  }

 private:
  Committer& committer_;
  const std::string round_;
  std::atomic<int> number_{0};
};

int Main(const std::string& address, const std::string& round) {
  absl::StatusOr<std::unique_ptr<ResourceStore>> store = OpenStore(address, "inventory", {});
  if (!store.ok()) return 2;
  MapHead head([](const StoredResource&) { return std::vector<std::string>(); });
  absl::StatusOr<std::unique_ptr<Committer>> committer = Committer::Create(**store, head, {});
  if (!committer.ok()) return 3;
  Writer writer(**committer, round);
  for (int i = 0; i < kInFlight; ++i) writer.Next();
  pause();
  return 0;
}

}  // namespace
}  // namespace linchpin::store

int main(int argc, char** argv) { return argc == 3 ? linchpin::store::Main(argv[1], argv[2]) : 1; }
