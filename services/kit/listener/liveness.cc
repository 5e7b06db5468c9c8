#include "services/kit/listener/liveness.h"

#include "prometheus/counter.h"
#include "services/kit/listener/health.h"
#include "services/kit/listener/server.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"

namespace linchpin::kit {
namespace {

constexpr char kCalls[] = "linchpin_self_calls_total";
constexpr char kHelp[] = "Calls of this process to its own listener, by whether they were answered.";
constexpr int kFailuresMax = 2;

}  // namespace

Liveness::Liveness(Server& server, Health& health, Log& log, Metrics& metrics)
    : Liveness(server, health, log, metrics, Options()) {}

Liveness::Liveness(Server& server, Health& health, Log& log, Metrics& metrics, const Options& options)
    : server_(server),
      health_(health),
      log_(log),
      options_(options),
      answered_(metrics.Counter(kCalls, kHelp, {{"result", "answered"}})),
      failed_(metrics.Counter(kCalls, kHelp, {{"result", "failed"}})),
      thread_([this] { Run(); }) {}

Liveness::~Liveness() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  wake_.NotifyAll();
  thread_.join();
}

bool Liveness::Stopped(base::SteadyTime until) {
  absl::MutexLock lock(&mutex_);
  return wake_.Await(mutex_, until, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_; });
}

void Liveness::Run() {
  while (!Stopped(base::SteadyNow() + options_.interval)) Note(server_.AnswersItself(options_.timeout));
}

void Liveness::Note(bool answered) {
  (answered ? answered_ : failed_).Increment();
  const bool was_alive = failures_ < kFailuresMax;
  failures_ = answered ? 0 : failures_ + 1;
  const bool alive = failures_ < kFailuresMax;
  if (alive == was_alive) return;
  health_.SetAlive(alive);
  if (alive) {
    log_.Info("the listener answers again");
  } else {
    log_.Error("the listener does not answer this process itself");
  }
}

}  // namespace linchpin::kit
