#include "services/server/housekeeping.h"

#include <utility>

namespace linchpin::linchpind {
namespace {

constexpr absl::Duration kLook = absl::Seconds(5);
constexpr absl::Duration kTidy = absl::Minutes(10);

}  // namespace

Housekeeping::Housekeeping(std::string_view schema, store::ResourceStore& store, StoreCareOptions options,
                           kit::Log& log, kit::Metrics& metrics)
    : care_(schema, store, std::move(options), log),
      collector_(metrics.AddCollector([this](kit::GaugeSink& sink) { care_.Export(sink); })),
      repeater_(base::Repeater::Begin::kWithRest, kLook, [this] { Look(); }) {}

void Housekeeping::Look() {
  care_.Look();
  if (base::SteadyNow() - tidied_ < kTidy) return;
  care_.Tidy();
  tidied_ = base::SteadyNow();
}

}  // namespace linchpin::linchpind
