#include "services/server/housekeeping.h"

#include <chrono>
#include <utility>

namespace linchpin::linchpind {
namespace {

constexpr auto kLook = std::chrono::seconds(5);
constexpr auto kTidy = std::chrono::minutes(10);

}  // namespace

Housekeeping::Housekeeping(std::string_view schema, store::ResourceStore& store, StoreCareOptions options,
                           kit::Log& log, kit::Metrics& metrics)
    : care_(schema, store, std::move(options), log) {
  collector_ = metrics.AddCollector([this](kit::GaugeSink& sink) { care_.Export(sink); });
  thread_ = std::thread([this] { Run(); });
}

Housekeeping::~Housekeeping() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Housekeeping::Run() {
  auto tidied = std::chrono::steady_clock::now();
  std::unique_lock<std::mutex> lock(mutex_);
  while (!wake_.wait_for(lock, kLook, [this] { return stopping_; })) {
    lock.unlock();
    care_.Look();
    if (std::chrono::steady_clock::now() - tidied >= kTidy) {
      care_.Tidy();
      tidied = std::chrono::steady_clock::now();
    }
    lock.lock();
  }
}

}  // namespace linchpin::linchpind
