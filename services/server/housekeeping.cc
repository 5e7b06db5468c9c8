#include "services/server/housekeeping.h"

#include <utility>

namespace linchpin::linchpind {
namespace {

constexpr absl::Duration kLook = absl::Seconds(5);
constexpr absl::Duration kTidy = absl::Minutes(10);

}  // namespace

Housekeeping::Housekeeping(std::string_view schema, store::ResourceStore& store, StoreCareOptions options,
                           kit::Log& log, kit::Metrics& metrics)
    : care_(schema, store, std::move(options), log) {
  collector_ = metrics.AddCollector([this](kit::GaugeSink& sink) { care_.Export(sink); });
  thread_ = std::thread([this] { Run(); });
}

Housekeeping::~Housekeeping() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  thread_.join();
}

bool Housekeeping::Stopped(base::SteadyTime until) {
  absl::MutexLock lock(&mutex_);
  return wake_.Await(mutex_, until, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; });
}

void Housekeeping::Run() {
  base::SteadyTime tidied = base::SteadyNow();
  while (!Stopped(base::SteadyNow() + kLook)) {
    care_.Look();
    if (base::SteadyNow() - tidied < kTidy) continue;
    care_.Tidy();
    tidied = base::SteadyNow();
  }
}

}  // namespace linchpin::linchpind
