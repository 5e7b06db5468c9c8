#include "services/inventory/importers/litellm/cycles.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linchpin::importers {
namespace {

using Kind = ImportNote::Kind;

constexpr size_t kMaxCycles = 20;
constexpr size_t kMaxShown = 12;  // groups of one

// Finds chains of fallbacks that come back to where they start.
class Cycles {
 public:
  Cycles(CallNumbers& numbers, std::vector<ImportNote>& notes) : numbers_(numbers), notes_(notes) {}

  // Each name is entered once.
  void Visit(size_t root) {
    if (IsDone(root)) return;
    Enter(root);
    while (!open_.empty() && found_.size() < kMaxCycles) {
      Step& top = open_.back();
      const std::vector<size_t>& next = numbers_.Next(top.number);
      if (top.next == next.size()) {
        state_[top.number] = kDone;
        open_.pop_back();
        continue;
      }
      const size_t at = top.next++;
      const size_t target = next[at];
      if (state_.size() <= target) state_.resize(numbers_.size(), kFresh);
      if (state_[target] == kOpen && target != top.number) {
        Found(target, (*numbers_[top.number].targets)[at].at);
      } else if (state_[target] == kFresh) {
        Enter(target);
      }
    }
    open_.clear();
  }

 private:
  enum State : char { kFresh, kOpen, kDone };
  struct Step {
    size_t number;
    size_t next = 0;
  };

  bool IsDone(size_t number) const { return number < state_.size() && state_[number] != kFresh; }

  void Enter(size_t number) {
    if (state_.size() <= number) state_.resize(numbers_.size(), kFresh);
    state_[number] = numbers_[number].group == CallNames::kNone ? kDone : kOpen;
    if (state_[number] == kOpen) open_.push_back({number});
  }

  void Found(size_t back_to, const FileLine& at) {
    std::vector<std::string> names;
    std::set<size_t> members;
    auto step =
        std::find_if(open_.begin(), open_.end(), [&](const Step& one) { return one.number == back_to; });
    for (; step != open_.end(); ++step) {
      members.insert(step->number);
      if (names.size() == kMaxShown) names.push_back("...");
      if (names.size() < kMaxShown) names.push_back(numbers_[step->number].name);
    }
    if (!found_.insert(std::move(members)).second) return;
    AddNote(Kind::kInfo, at,
            absl::StrCat("fallbacks come back to where they start: ", absl::StrJoin(names, " -> "), " -> ",
                         numbers_[back_to].name, "; each group is tried once"),
            notes_);
  }

  CallNumbers& numbers_;
  std::vector<ImportNote>& notes_;
  std::vector<State> state_;
  std::vector<Step> open_;
  std::set<std::set<size_t>> found_;
};

}  // namespace

void NoteCycles(const std::vector<size_t>& roots, CallNumbers& numbers, std::vector<ImportNote>& notes) {
  Cycles cycles(numbers, notes);
  for (const size_t root : roots) cycles.Visit(root);
}

}  // namespace linchpin::importers
