#include "tests/contract/store_fixture.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/base/error.h"

namespace linchpin::store {

std::string Body(std::string_view text, const std::vector<std::string>& targets) {
  return absl::StrCat(std::string(text), "|", absl::StrJoin(targets, ","));
}

std::vector<std::string> TargetsOf(const StoredResource& resource) {
  size_t bar = resource.body.rfind('|');
  if (bar == std::string::npos || bar + 1 == resource.body.size()) return {};
  return absl::StrSplit(resource.body.substr(bar + 1), ',');
}

Upsert MakeUpsert(std::string_view name, std::string_view text, const std::vector<std::string>& targets) {
  Upsert upsert;
  upsert.name = std::string(name);
  upsert.kind = "Thing";
  upsert.body = Body(text, targets);
  upsert.references = targets;
  return upsert;
}

Write MakeWrite(std::vector<Upsert> upserts, std::vector<std::string> deletes) {
  Write write;
  write.principal = "tester";
  write.method = "Write";
  write.target = upserts.empty() ? (deletes.empty() ? "" : deletes[0]) : upserts[0].name;
  write.decide = [upserts = std::move(upserts), deletes = std::move(deletes)](const StateReader&) {
    Decision decision;
    decision.upserts = upserts;
    decision.deletes = deletes;
    decision.reply = [](const Applied& applied) { return absl::StrCat("revision ", applied.revision); };
    return decision;
  };
  return write;
}

Contents ContentsOf(ResourceStore& store, const ScanOptions& options) {
  Contents contents;
  absl::StatusOr<int64_t> revision = store.Scan(options, [&](StoredResource resource) {
    contents[resource.name] = resource.body;
    return absl::OkStatus();
  });
  EXPECT_THAT(revision, IsOk());
  return contents;
}

void StoreContract::SetUp() {
  place_ = GetParam().make_place();
  ASSERT_NE(place_, nullptr);
  Start();
}

void StoreContract::TearDown() { Stop(); }

void StoreContract::Start(CommitterOptions options) {
  OpenOptions open;
  open.migrate = true;
  absl::StatusOr<std::unique_ptr<ResourceStore>> opened = place_->Open(open);
  ASSERT_THAT(opened, IsOk());
  store_ = *std::move(opened);
  head_ = std::make_unique<MapHead>(TargetsOf);
  options.now = [this] { return now_; };
  absl::StatusOr<std::unique_ptr<Committer>> created = Committer::Create(*store_, *head_, options);
  ASSERT_THAT(created, IsOk());
  committer_ = *std::move(created);
}

void StoreContract::Stop() {
  committer_.reset();
  head_.reset();
  store_.reset();
}

void StoreContract::Restart() {
  Stop();
  Start();
}

absl::StatusOr<WriteResult> StoreContract::Put(std::string_view name, std::string_view text,
                                               const std::vector<std::string>& targets) {
  return Commit(MakeWrite({MakeUpsert(name, text, targets)}));
}

absl::StatusOr<WriteResult> StoreContract::Delete(std::string_view name) {
  return Commit(MakeWrite({}, {std::string(name)}));
}

}  // namespace linchpin::store
