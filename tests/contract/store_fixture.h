// Small verbs for tests of a store: documents are `text|target,target`.
#ifndef LINCHPIN_TESTS_CONTRACT_STORE_FIXTURE_H_
#define LINCHPIN_TESTS_CONTRACT_STORE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/store/commit/committer.h"
#include "services/store/commit/map_head.h"
#include "services/store/port/resource_store.h"
#include "services/store/port/write.h"
#include "tests/contract/store_engine.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::store {

std::string Body(std::string_view text, const std::vector<std::string>& targets);
std::vector<std::string> TargetsOf(const StoredResource& resource);

Upsert MakeUpsert(std::string_view name, std::string_view text, const std::vector<std::string>& targets = {});
// A write with a fixed decision; its reply tells the revision.
Write MakeWrite(std::vector<Upsert> upserts, std::vector<std::string> deletes = {});

// Name to body.
using Contents = std::map<std::string, std::string>;
Contents ContentsOf(ResourceStore& store, const ScanOptions& options = {});

class StoreContract : public testing::TestWithParam<StoreEngine> {
 protected:
  void SetUp() override;
  void TearDown() override;

  void Start(CommitterOptions options = {});
  void Stop();
  void Restart();

  absl::StatusOr<WriteResult> Put(std::string_view name, std::string_view text,
                                  const std::vector<std::string>& targets = {});
  absl::StatusOr<WriteResult> Delete(std::string_view name);
  absl::StatusOr<WriteResult> Commit(Write write) { return committer_->Commit(std::move(write)); }

  ResourceStore& store() { return *store_; }
  MapHead& head() { return *head_; }
  Committer& committer() { return *committer_; }

  std::unique_ptr<StorePlace> place_;
  std::unique_ptr<ResourceStore> store_;
  std::unique_ptr<MapHead> head_;
  std::unique_ptr<Committer> committer_;
  absl::Time now_ = absl::FromUnixMicros(1'700'000'000'123'456);
};

}  // namespace linchpin::store

#endif  // LINCHPIN_TESTS_CONTRACT_STORE_FIXTURE_H_
