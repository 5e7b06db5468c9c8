#include "services/policy/domain/rules/stated_alternatives.h"

#include "services/resource/kinds.h"

namespace linchpin::policy {

using inventory::v1::Dependency;

const Dependency* StatedAlternatives::Of(DependencyPlace place) {
  if (!consumer_ || consumer_->value != place.consumer.value) {
    consumer_ = place.consumer;
    for (Stated& stated : groups_) stated.state = State::kNew;
  }
  if (groups_.size() <= place.group) groups_.resize(place.group + 1);
  Stated& stated = groups_[place.group];
  if (stated.state == State::kNew) {
    const bool read = Read(DependencyName(view_.graph(), place), stated.document);
    stated.state = read ? State::kRead : State::kNone;
  }
  return stated.state == State::kRead ? &stated.document : nullptr;
}

bool StatedAlternatives::Read(const std::string& name, Dependency& document) {
  // A few steps are cheaper than a search among a million.
  constexpr int kSteps = 8;
  for (int i = 0; i < kSteps && cursor_ && cursor_->valid() && cursor_->name() < name; ++i) cursor_->Next();
  if (!cursor_ || !cursor_->valid() || cursor_->name() != name)
    cursor_ = view_.Seek(*resource::FindKindOf(Dependency::descriptor()), name);
  if (!cursor_->valid() || cursor_->name() != name) return false;
  const std::string_view body = cursor_->document().body;
  return document.ParseFromArray(body.data(), static_cast<int>(body.size()));
}

}  // namespace linchpin::policy
