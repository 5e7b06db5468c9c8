#include "services/inventory/rpc/inventory_backend.h"

#include <grpcpp/impl/service_type.h>

#include <utility>

#include "services/inventory/domain/inventory_rules.h"
#include "services/inventory/rpc/inventory_service.h"
#include "services/kit/auth/denials.h"
#include "services/replica/past_views.h"
#include "services/replica/view_holder.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace linchpin::inventory {
namespace {

class InventoryImpl : public InventoryBackend {
 public:
  InventoryImpl(store::ResourceStore& store, InventoryOptions options)
      : store_(store),
        options_(std::move(options)),
        ring_(options_.ring_bytes_max),
        past_(store),
        past_views_(holder_, past_, options_.past) {
    holder_.SetPast(&past_views_);
    holder_.SetListener({[this](absl::Span<const store::Change> changes) { ring_.Add(changes); },
                         [this](int64_t revision) { ring_.Reset(revision); },
                         [this](std::string_view name) { LogQuarantined(name); }});
  }

  absl::Status Start(kit::Pipeline& pipeline) {
    absl::StatusOr<std::unique_ptr<store::Committer>> committer =
        store::Committer::Create(store_, holder_, options_.committer);
    if (!committer.ok()) return committer.status();
    committer_ = *std::move(committer);
    monitor_.emplace(store_, holder_, options_.freshness_interval);
    reader_.emplace(holder_, options_.page_token_secret);
    serving::AdmissionOptions admission = options_.admission;
    admission.log = options_.committer.log;
    admission_.emplace(std::move(admission), holder_);
    writer_.emplace(*committer_, reader_->snapshots(),
                    writing::WriteSettings{options_.with_json, InventoryRules()}, &*admission_);
    watcher_.emplace(holder_, ring_, store_, options_.watch);
    traces_.emplace(reader_->snapshots());
    history_.emplace(reader_->snapshots(), store_, options_.page_token_secret);
    pipeline.TellDenials([this](const kit::Denial& denial) {
      committer_->RecordRefusal(denial.principal, denial.method, denial.refusal);
    });
    service_ = MakeInventoryService(pipeline, *reader_, *writer_, *watcher_, *traces_, *history_);
    return absl::OkStatus();
  }

  grpc::Service* service() override { return service_.get(); }
  replica::ViewSource& source() override { return holder_; }
  store::CommitterStats CommitterStats() const override { return committer_->Stats(); }
  int64_t Quarantined() const override { return holder_.quarantined(); }
  const replica::PastViews& past_views() const override { return past_views_; }
  const serving::Admission& admission() const override { return *admission_; }
  int Watchers() const override { return watcher_->streams(); }
  void Drain(absl::Time deadline) override { committer_->Drain(deadline); }

 private:
  void LogQuarantined(std::string_view name) const {
    if (!options_.committer.log) return;
    options_.committer.log(store::LogLevel::kError, "a stored document cannot be read and is left out", name);
  }

  store::ResourceStore& store_;
  const InventoryOptions options_;
  ChangeRing ring_;
  replica::ViewHolder holder_;
  replica::StorePast past_;
  replica::PastViews past_views_;
  std::optional<replica::FreshnessMonitor> monitor_;
  std::optional<serving::Reader> reader_;
  std::optional<serving::Admission> admission_;
  // The committer goes first: whatever it completes still finds the writer.
  std::optional<serving::Writer> writer_;
  std::optional<Watcher> watcher_;
  std::optional<TraceAnswers> traces_;
  std::optional<HistoryAnswers> history_;
  std::unique_ptr<store::Committer> committer_;
  std::unique_ptr<grpc::Service> service_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<InventoryBackend>> InventoryBackend::Create(store::ResourceStore& store,
                                                                           kit::Pipeline& pipeline,
                                                                           InventoryOptions options) {
  auto inventory = std::make_unique<InventoryImpl>(store, std::move(options));
  if (absl::Status status = inventory->Start(pipeline); !status.ok()) return status;
  return inventory;
}

}  // namespace linchpin::inventory
