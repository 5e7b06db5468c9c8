// The walls between folders (docs/architecture.md).
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tidy/checkout.h"

namespace linchpin {
namespace {

using ::testing::IsEmpty;

// A folder of services/ and the folders of services/ that it may include, itself aside. The first prefix that
// fits a file decides, so narrower ones come first.
struct Room {
  std::string prefix;
  std::set<std::string> may_include;
};

const std::vector<Room>& Rooms() {
  static const auto* const rooms = new std::vector<Room>{
      {"services/base/", {}},
      {"services/resource/", {"services/base/"}},
      // Storeys: graph <- knowledge <- levels <- cutoff, concentration <- simulation <- score, loss,
      // questions; loss <- structure, whose samples are the draws of losses.
      {"services/engine/graph/graph_builder", {"services/resource/", "services/engine/graph/"}},
      {"services/engine/graph/", {}},
      {"services/engine/knowledge/", {"services/engine/graph/"}},
      {"services/engine/levels/", {"services/base/", "services/engine/graph/", "services/engine/knowledge/"}},
      {"services/engine/cutoff/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/"}},
      {"services/engine/concentration/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/"}},
      {"services/engine/trace/", {"services/engine/graph/"}},
      {"services/engine/simulation/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/"}},
      {"services/engine/structure/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/", "services/engine/simulation/", "services/engine/loss/"}},
      {"services/engine/questions/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/", "services/engine/simulation/"}},
      {"services/engine/score/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/", "services/engine/simulation/"}},
      {"services/engine/loss/",
       {"services/engine/graph/", "services/engine/knowledge/", "services/engine/levels/",
        "services/engine/cutoff/", "services/engine/simulation/"}},
      // The port and the commit of writes know no engine; the two engines know neither each other nor who
      // opens them.
      {"services/store/port/", {"services/base/", "services/resource/"}},
      {"services/store/commit/", {"services/base/", "services/resource/", "services/store/port/"}},
      {"services/store/postgres/",
       {"services/base/", "services/resource/", "services/store/port/", "services/store/commit/",
        "services/store/open.h", "services/store/pool.h", "services/store/sql.h"}},
      {"services/store/sqlite/",
       {"services/base/", "services/resource/", "services/store/port/", "services/store/commit/",
        "services/store/open.h", "services/store/pool.h", "services/store/sql.h"}},
      {"services/store/", {"services/base/", "services/resource/"}},
      {"services/kit/", {"services/base/", "services/resource/"}},
      {"services/replica/",
       {"services/base/", "services/resource/", "services/engine/", "services/store/", "services/kit/"}},
      {"services/writing/", {"services/base/", "services/resource/", "services/replica/", "services/store/"}},
      {"services/serving/",
       {"services/base/", "services/resource/", "services/replica/", "services/store/", "services/kit/",
        "services/writing/"}},
      {"services/inventory/domain/",
       {"services/base/", "services/resource/", "services/writing/", "services/engine/", "services/replica/",
        "services/store/"}},
      {"services/inventory/catalogue/", {"services/base/", "services/resource/"}},
      {"services/inventory/importers/",
       {"services/base/", "services/resource/", "services/inventory/catalogue/"}},
      {"services/inventory/rpc/",
       {"services/base/", "services/resource/", "services/writing/", "services/serving/", "services/engine/",
        "services/replica/", "services/store/", "services/kit/", "services/inventory/domain/"}},
      {"services/policy/domain/",
       {"services/base/", "services/resource/", "services/writing/", "services/engine/", "services/replica/",
        "services/store/"}},
      {"services/policy/packs/", {}},
      {"services/policy/rpc/",
       {"services/base/", "services/resource/", "services/writing/", "services/serving/", "services/engine/",
        "services/replica/", "services/store/", "services/kit/", "services/policy/domain/"}},
      {"services/risk/domain/",
       {"services/base/", "services/resource/", "services/writing/", "services/engine/", "services/replica/",
        "services/store/"}},
      {"services/risk/rpc/",
       {"services/base/", "services/resource/", "services/writing/", "services/serving/", "services/engine/",
        "services/replica/", "services/store/", "services/kit/", "services/risk/domain/"}},
      {"services/cli/",
       {"services/base/", "services/resource/", "services/inventory/importers/",
        "services/inventory/catalogue/", "services/kit/", "services/policy/domain/",
        "services/policy/packs/"}},
      {"services/server/", {"services/"}},
  };
  return *rooms;
}

const Room* RoomOf(const std::string& path) {
  for (const Room& room : Rooms()) {
    if (StartsWith(path, room.prefix)) return &room;
  }
  return nullptr;
}

bool MayInclude(const Room& room, const std::string& path, const std::string& include) {
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  if (StartsWith(include, folder) || StartsWith(include, room.prefix)) return true;
  return std::any_of(room.may_include.begin(), room.may_include.end(),
                     [&](const std::string& prefix) { return StartsWith(include, prefix); });
}

TEST(Walls, EveryFolderIncludesOnlyWhatItMay) {
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services", {".h", ".cc"})) {
    const Room* const room = RoomOf(path);
    if (room == nullptr) {
      wrong.push_back(absl::StrCat(path, " lies in no room of tests/tidy/walls_test.cc"));
      continue;
    }
    for (const std::string& include : Includes(path)) {
      if (StartsWith(include, "services/") && !MayInclude(*room, path, include)) {
        wrong.push_back(absl::StrCat(path, " includes ", include));
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

// Names every include of `folder` files that `forbidden` finds, but for files under the `allowed` prefixes.
std::vector<std::string> WrongIncludes(const std::function<bool(const std::string&)>& forbidden,
                                       const std::vector<std::string>& allowed) {
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services", {".h", ".cc"})) {
    const bool exempt = std::any_of(allowed.begin(), allowed.end(),
                                    [&](const std::string& prefix) { return StartsWith(path, prefix); });
    for (const std::string& include : Includes(path)) {
      if (!exempt && forbidden(include)) wrong.push_back(absl::StrCat(path, " includes ", include));
    }
  }
  return wrong;
}

TEST(Walls, SqlStaysInTheStore) {
  const auto sql = [](const std::string& include) {
    return StartsWith(include, "pqxx") || include == "sqlite3.h" || StartsWith(include, "libpq");
  };
  EXPECT_THAT(WrongIncludes(sql, {"services/store/"}), IsEmpty());
  const auto pqxx = [](const std::string& include) { return StartsWith(include, "pqxx"); };
  EXPECT_THAT(WrongIncludes(pqxx, {"services/store/postgres/"}), IsEmpty());
  // Everything that libpqxx can do is done by libpqxx; see docs/adr/0010-libpqxx.md.
  const auto libpq = [](const std::string& include) { return StartsWith(include, "libpq"); };
  EXPECT_THAT(WrongIncludes(libpq, {"services/store/postgres/wire.cc"}), IsEmpty());
}

TEST(Walls, GrpcStaysOutOfPureCode) {
  const auto grpc = [](const std::string& include) {
    return StartsWith(include, "grpcpp/") || StartsWith(include, "grpc/") ||
           include.find(".grpc.pb.h") != std::string::npos;
  };
  EXPECT_THAT(WrongIncludes(
                  grpc, {"services/kit/", "services/replica/", "services/serving/", "services/inventory/rpc/",
                         "services/policy/rpc/", "services/risk/rpc/", "services/cli/", "services/server/"}),
              IsEmpty());
}

TEST(Walls, TheEngineSeesMessagesInTheGraphBuilderOnly) {
  std::vector<std::string> wrong;
  for (const std::string& path : Files("services/engine", {".h", ".cc"})) {
    if (StartsWith(path, "services/engine/graph/graph_builder")) continue;
    for (const std::string& include : Includes(path)) {
      if (include.find(".pb.h") != std::string::npos || StartsWith(include, "google/protobuf")) {
        wrong.push_back(absl::StrCat(path, " includes ", include));
      }
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
}

}  // namespace
}  // namespace linchpin
