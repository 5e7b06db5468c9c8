#include "services/policy/rpc/policy_backend.h"

#include <grpcpp/impl/service_type.h>

#include <optional>
#include <utility>

#include "services/kit/auth/denials.h"
#include "services/policy/domain/binding/policy_rules.h"
#include "services/policy/rpc/change_answers.h"
#include "services/policy/rpc/evaluator.h"
#include "services/policy/rpc/policy_answers.h"
#include "services/policy/rpc/policy_gauges.h"
#include "services/policy/rpc/policy_service.h"
#include "services/replica/past_views.h"
#include "services/replica/view_holder.h"
#include "services/serving/reader.h"
#include "services/serving/writer.h"

namespace linchpin::policy {
namespace {

class PolicyImpl : public PolicyBackend {
 public:
  PolicyImpl(store::ResourceStore& store, replica::ViewSource& inventory, PolicyOptions options)
      : store_(store),
        inventory_(inventory),
        options_(std::move(options)),
        past_(store),
        past_views_(holder_, past_, options_.past) {
    holder_.SetPast(&past_views_);
  }

  ~PolicyImpl() override {
    if (gauges_) gauges_->StopWaivers();
    evaluator_.reset();
  }

  absl::Status Start(kit::Pipeline& pipeline, kit::Metrics* metrics) {
    absl::StatusOr<std::unique_ptr<store::Committer>> committer =
        store::Committer::Create(store_, holder_, options_.committer);
    if (!committer.ok()) return committer.status();
    committer_ = *std::move(committer);
    monitor_.emplace(store_, holder_, options_.freshness_interval);
    if (metrics != nullptr) gauges_.emplace(inventory_, board_, *metrics);
    EvaluatorOptions options;
    options.now = options_.now;
    options.findings.with_json = options_.with_json;
    options.disabled_rules = options_.disabled_rules;
    options.renew_every = options_.renew_every;
    options.findings.lease = 3 * options_.renew_every;
    options.log = options_.log;
    options.evaluated = [this](std::string_view result, std::string_view mode, absl::Duration took) {
      if (gauges_) gauges_->Evaluated(result, mode, took);
    };
    options.compare_every = options_.compare_every;
    options.compared = [this](std::string_view result) {
      if (gauges_) gauges_->Compared(result);
    };
    options.lease_changed = [this](bool holds) {
      if (gauges_) gauges_->SetLeaseHeld(holds);
    };
    options.moved = [this](v1::Finding::State from, v1::Finding::State to) {
      if (gauges_) gauges_->Moved(from, to);
    };
    evaluator_.emplace(inventory_, holder_, store_, *committer_, board_, std::move(options));
    reader_.emplace(holder_, options_.page_token_secret);
    writer_.emplace(*committer_, reader_->snapshots(),
                    writing::WriteSettings{options_.with_json, PolicyRules()});
    PolicyFeed& feed = evaluator_->feed();
    answers_.emplace(inventory_, reader_->snapshots(), feed, board_, options_.page_token_secret, options_.now,
                     base::SteadyNow, options_.disabled_rules);
    waivers_.emplace(reader_->snapshots(), feed, board_, options_.page_token_secret, options_.now);
    decisions_.emplace(*writer_, feed, board_, *waivers_, options_.now);
    watch_.emplace(holder_, store_);
    if (gauges_) gauges_->CountWaivers(feed, options_.now);
    ChangeOptions changes{options_.now, options_.disabled_rules, nullptr, options_.check_keys,
                          options_.check_token_lifetime};
    changes.board = &board_;
    if (gauges_) changes.checked = [this](v1::Verdict verdict) { gauges_->Checked(verdict); };
    changes_.emplace(serving::Snapshots(inventory_, options_.inventory_rules), holder_, feed,
                     std::move(changes));
    pipeline.TellDenials([this](const kit::Denial& denial) {
      committer_->RecordRefusal(denial.principal, denial.method, denial.refusal);
    });
    service_ = MakePolicyService(pipeline,
                                 {*reader_, *writer_, *answers_, *changes_, *waivers_, *decisions_, *watch_});
    return absl::OkStatus();
  }

  grpc::Service* service() override { return service_.get(); }
  store::CommitterStats CommitterStats() const override { return committer_->Stats(); }
  const replica::PastViews& past_views() const override { return past_views_; }
  bool Ready() const override { return board_.Current() != nullptr; }
  void Poke() override { evaluator_->Poke(); }
  void Drain(absl::Time deadline) override {
    evaluator_->Stop();
    committer_->Drain(deadline);
  }

 private:
  store::ResourceStore& store_;
  replica::ViewSource& inventory_;
  const PolicyOptions options_;
  FindingBoard board_;
  replica::ViewHolder holder_;
  replica::StorePast past_;
  replica::PastViews past_views_;
  std::optional<replica::FreshnessMonitor> monitor_;
  std::optional<PolicyGauges> gauges_;
  std::optional<serving::Reader> reader_;
  // The committer goes first: whatever it completes still finds the writer.
  std::optional<serving::Writer> writer_;
  std::unique_ptr<store::Committer> committer_;
  std::optional<Evaluator> evaluator_;
  std::optional<PolicyAnswers> answers_;
  std::optional<ChangeAnswers> changes_;
  std::optional<WaiverAnswers> waivers_;
  std::optional<DecisionWrites> decisions_;
  std::optional<FindingWatch> watch_;
  std::unique_ptr<grpc::Service> service_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<PolicyBackend>> PolicyBackend::Create(store::ResourceStore& store,
                                                                     replica::ViewSource& inventory,
                                                                     kit::Pipeline& pipeline,
                                                                     kit::Metrics* metrics,
                                                                     PolicyOptions options) {
  auto policy = std::make_unique<PolicyImpl>(store, inventory, std::move(options));
  if (absl::Status status = policy->Start(pipeline, metrics); !status.ok()) return status;
  return policy;
}

}  // namespace linchpin::policy
