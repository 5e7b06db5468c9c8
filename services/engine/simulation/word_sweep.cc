#include "services/engine/simulation/word_sweep.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

#include "services/engine/levels/ready.h"

namespace linchpin::engine {
namespace {

constexpr uint32_t kCheckEvery = 4096;  // Consumers between looks at the limits.

// One bit for each of 64 * kWords atoms.
template <int kWords>
struct Bits {
  std::array<uint64_t, kWords> word;

  static Bits All(uint64_t value) {
    Bits bits;
    bits.word.fill(value);
    return bits;
  }
  static Bits Load(const uint64_t* from) {
    Bits bits;
    for (int w = 0; w < kWords; ++w) bits.word[w] = from[w];
    return bits;
  }
  void Store(uint64_t* to) const {
    for (int w = 0; w < kWords; ++w) to[w] = word[w];
  }
  void And(const uint64_t* other) {
    for (int w = 0; w < kWords; ++w) word[w] &= other[w];
  }
  void Or(const uint64_t* other) {
    for (int w = 0; w < kWords; ++w) word[w] |= other[w];
  }
  void Or(const Bits& other) { Or(other.word.data()); }
  void Without(const Bits& other) {
    for (int w = 0; w < kWords; ++w) word[w] &= ~other.word[w];
  }
  bool Any() const {
    uint64_t any = 0;
    for (int w = 0; w < kWords; ++w) any |= word[w];
    return any != 0;
  }
};

// Counts for each atom how often its bit was set. Eight blocks at a time are added up digit by digit, one
// word operation for 64 atoms, and only their eights are carried on (Harley and Seal's population count,
// turned by ninety degrees).
template <int kWords>
class Tally {
 public:
  void Add(const Bits<kWords>& block) {
    waiting_[waiting_count_++] = block;
    if (waiting_count_ == waiting_.size()) Flush();
  }

  // Adds the counts to those of the atoms.
  void AddTo(std::vector<uint32_t>& counts) {
    std::fill(waiting_.begin() + waiting_count_, waiting_.end(), Bits<kWords>::All(0));
    Flush();
    for (size_t digit = 0; digit < digits_.size(); ++digit) {
      for (int w = 0; w < kWords; ++w) {
        for (uint64_t left = digits_[digit].word[w]; left != 0; left &= left - 1)
          counts[static_cast<size_t>(w * 64 + std::countr_zero(left))] += uint32_t{1} << digit;
      }
    }
  }

 private:
  using Block = Bits<kWords>;

  // a + b + sum, as a digit that stays in `sum` and one that is carried.
  static Block Carry(Block& sum, const Block& a, const Block& b) {
    Block carried;
    for (int w = 0; w < kWords; ++w) {
      const uint64_t differ = sum.word[w] ^ a.word[w];
      carried.word[w] = (sum.word[w] & a.word[w]) | (differ & b.word[w]);
      sum.word[w] = differ ^ b.word[w];
    }
    return carried;
  }

  void Flush() {
    waiting_count_ = 0;
    const auto& x = waiting_;
    Block fours[2];
    for (int half = 0; half < 2; ++half) {
      const Block first = Carry(digits_[0], x[4 * half], x[4 * half + 1]);
      const Block second = Carry(digits_[0], x[4 * half + 2], x[4 * half + 3]);
      fours[half] = Carry(digits_[1], first, second);
    }
    Block eights = Carry(digits_[2], fours[0], fours[1]);
    for (size_t digit = 3; eights.Any(); ++digit) {
      for (int w = 0; w < kWords; ++w) {
        const uint64_t both = digits_[digit].word[w] & eights.word[w];
        digits_[digit].word[w] ^= eights.word[w];
        eights.word[w] = both;
      }
    }
  }

  std::array<Block, 8> waiting_;
  size_t waiting_count_ = 0;
  std::array<Block, 32> digits_{};
};

}  // namespace

// One pass over the plan for up to 64 * kWords atoms.
template <int kWords>
class WordPass {
 public:
  using Block = Bits<kWords>;

  WordPass(WordSweep& sweep, size_t atoms)
      : sweep_(sweep), plan_(sweep.plan_), atoms_(atoms), tallies_(plan_.alike().size()), sums_(atoms) {
    sweep_.words_ = kWords;
    sweep_.down_.resize(size_t{plan_.place_count()} * kWords);
    if (!plan_.all_plain()) sweep_.changed_.resize(sweep_.down_.size());
  }

  absl::StatusOr<std::vector<std::optional<AtomImpact>>> Run(
      const std::vector<std::vector<DeploymentIndex>>& hits) {
    Hit(hits);
    for (uint32_t i = 0; i < plan_.consumer_count();) {
      if (absl::Status status = Check(i); !status.ok()) return status;
      const uint32_t stop = std::min(plan_.consumer_count(), i + kCheckEvery);
      if (plan_.all_plain()) {
        SettlePlain(i, stop);
        i = stop;
      }
      for (; i < stop; i = plan_.ComponentEnd(i)) SettleComponent(i, plan_.ComponentEnd(i));
    }
    if (absl::Status status = FindNumbers(); !status.ok()) return status;
    return Conclude();
  }

 private:
  struct Sum {
    AtomImpact impact;
    __int128 missing = 0;
  };

  uint64_t* Down(uint32_t place) { return &sweep_.down_[size_t{place} * kWords]; }
  uint64_t* Changed(uint32_t place) { return &sweep_.changed_[size_t{place} * kWords]; }
  uint32_t PlaceOf(uint32_t i) const { return plan_.consumer_begin() + i; }
  static bool Has(const uint64_t* words, size_t atom) { return (words[atom / 64] >> atom % 64 & 1) != 0; }

  void Hit(const std::vector<std::vector<DeploymentIndex>>& hits) {
    const size_t words = size_t{plan_.consumer_begin()} * kWords;
    std::fill_n(sweep_.down_.begin(), words, 0);
    for (size_t atom = 0; atom < hits.size(); ++atom) {
      for (DeploymentIndex hit : hits[atom]) Down(hit.value)[atom / 64] |= uint64_t{1} << atom % 64;
    }
    if (!plan_.all_plain()) std::copy_n(sweep_.down_.begin(), words, sweep_.changed_.begin());
  }

  absl::Status Check(uint32_t i) {
    const uint32_t stop = std::min(plan_.consumer_count(), i + kCheckEvery);
    sweep_.evaluations_ += plan_.begin()[stop] - plan_.begin()[i];
    return CheckLimits();
  }
  absl::Status CheckLimits() const {
    const Limits& limits = sweep_.options_.limits;
    if (sweep_.evaluations_ > limits.evaluations_max)
      return absl::ResourceExhaustedError("the evaluation takes more steps than its limit allows");
    if (limits.cancelled && limits.cancelled()) return absl::CancelledError("the evaluation was cancelled");
    return absl::OkStatus();
  }

  // Some group of which all alternatives are down.
  Block DownOf(uint32_t i) {
    const uint32_t* code = plan_.codes() + plan_.begin()[i];
    const uint32_t* const end = plan_.codes() + plan_.begin()[i + 1];
    Block any = Block::All(0);
    while (code != end) {
      Block all = Block::Load(Down(*code & WordPlan::kPlaceMask));
      while ((*code++ & WordPlan::kLastBit) == 0) all.And(Down(*code & WordPlan::kPlaceMask));
      any.Or(all);
    }
    return any;
  }

  // The hot loop: consumers [i, stop), each plain and behind all that it needs.
  void SettlePlain(uint32_t i, uint32_t stop) {
    uint64_t* const down = sweep_.down_.data();
    const uint32_t* code = plan_.codes() + plan_.begin()[i];
    for (; i < stop; ++i) {
      const uint32_t* const end = plan_.codes() + plan_.begin()[i + 1];
      Block any = Block::All(0);
      while (code != end) {
        Block all = Block::Load(down + size_t{*code & WordPlan::kPlaceMask} * kWords);
        while ((*code++ & WordPlan::kLastBit) == 0)
          all.And(down + size_t{*code & WordPlan::kPlaceMask} * kWords);
        any.Or(all);
      }
      any.Store(down + size_t{PlaceOf(i)} * kWords);
      if (any.Any()) Count(i, any);
    }
  }

  // Upwards from "nothing is down" until it stands: the least fix-point of being down is the greatest of
  // levels.
  void SettleComponent(uint32_t first, uint32_t end) {
    if ((plan_.TraitsOf(first) & WordPlan::kCycle) != 0) {
      for (uint32_t i = first; i < end; ++i) {
        Block::All(0).Store(Down(PlaceOf(i)));
        Block::All(0).Store(Changed(PlaceOf(i)));
      }
      while (Refine(first, end)) {
      }
    } else {
      Refine(first, end);
    }
    for (uint32_t i = first; i < end; ++i) Classify(i);
  }

  bool Refine(uint32_t first, uint32_t end) {
    bool is_new = false;
    for (uint32_t i = first; i < end; ++i) {
      const bool plain = (plan_.TraitsOf(i) & WordPlan::kNumbers) == 0;
      const auto [down, changed] = plain ? OfPlain(i) : OfOther(i);
      Block before = Block::Load(Down(PlaceOf(i))), more = down;
      more.Without(before);
      before = Block::Load(Changed(PlaceOf(i)));
      Block other = changed;
      other.Without(before);
      is_new |= more.Any() || other.Any();
      down.Store(Down(PlaceOf(i)));
      changed.Store(Changed(PlaceOf(i)));
    }
    return is_new;
  }

  std::pair<Block, Block> OfPlain(uint32_t i) {
    const Block down = DownOf(i);
    std::swap(sweep_.down_, sweep_.changed_);
    const Block changed = DownOf(i);
    std::swap(sweep_.down_, sweep_.changed_);
    return {down, changed};
  }

  std::pair<Block, Block> OfOther(uint32_t i) {
    Block down = Block::All(0), changed = Block::All(0);
    const std::span<const uint32_t> codes = plan_.CodesOf(i);
    size_t at = 0;
    for (const WordPlan::GroupTraits& group : plan_.GroupsOf(i)) {
      Block all = Block::All(~uint64_t{0});
      for (bool first = true, last = false; !last; first = false) {
        const uint32_t place = codes[at] & WordPlan::kPlaceMask;
        last = (codes[at++] & WordPlan::kLastBit) != 0;
        all.And(Down(place));
        if (first || !group.first_carries) changed.Or(Changed(place));
      }
      if (group.essential) down.Or(all);
    }
    changed.Or(down);
    return {down, changed};
  }

  // What is down is counted, what has otherwise changed is put aside.
  void Classify(uint32_t i) {
    const Block down = Block::Load(Down(PlaceOf(i)));
    Block rest = Block::Load(Changed(PlaceOf(i)));
    if ((plan_.TraitsOf(i) & WordPlan::kPool) != 0) hard_.Or(rest);
    rest.Without(down);
    if (down.Any()) Count(i, down);
    if (!rest.Any()) return;
    if ((plan_.TraitsOf(i) & WordPlan::kCycle) != 0) hard_.Or(rest);
    open_.push_back(i);
  }

  void Count(uint32_t i, const Block& down) {
    const uint32_t kind = plan_.AlikeOf(i);
    if (kind == WordPlan::kNotCounted) return;
    const bool is_told = sweep_.options_.failed && Base(i) > sweep_.options_.threshold_ppm;
    if (is_told) failed_.push_back({i, down});
    if (kind < tallies_.size() && !sweep_.options_.list_failed) return tallies_[kind].Add(down);
    for (int w = 0; w < kWords; ++w) {
      for (uint64_t left = down.word[w]; left != 0; left &= left - 1)
        Add(i, static_cast<size_t>(w * 64 + std::countr_zero(left)), 0);
    }
  }

  void Add(uint32_t i, size_t atom, int32_t level) {
    const ConsumerIndex consumer = plan_.Consumer(i);
    const int32_t base = sweep_.baseline_.level[consumer.value], threshold = sweep_.options_.threshold_ppm;
    if (level >= base || plan_.AlikeOf(i) == WordPlan::kNotCounted) return;
    Sum& sum = sums_[atom];
    sum.missing += __int128{sweep_.evaluation_.counted().WeightOf(consumer)} * (base - level);
    ++sum.impact.impacted;
    if (base <= threshold || level > threshold) return;
    ++sum.impact.failed;
    if (sweep_.options_.list_failed) sum.impact.failures.push_back(consumer);
  }

  // --- Numbers --------------------------------------------------------------------------------------------
  absl::Status FindNumbers() {
    if (open_.empty()) return absl::OkStatus();
    sweep_.number_.resize(plan_.consumer_count());
    for (size_t atom = 0; atom < atoms_; ++atom) {
      if (Has(hard_.word.data(), atom)) continue;
      for (uint32_t i : open_) {
        if (!IsOpen(i, atom)) continue;
        ++sweep_.evaluations_;
        const int32_t level = sweep_.number_[i] = Solve(i, atom);
        Add(i, atom, level);
        if (sweep_.visitor_) sweep_.visitor_(atom, plan_.Consumer(i), level);
        const int32_t threshold = sweep_.options_.threshold_ppm;
        const bool fails =
            level <= threshold && Base(i) > threshold && plan_.AlikeOf(i) != WordPlan::kNotCounted;
        if (fails && sweep_.options_.failed) sweep_.options_.failed(sweep_.reading_, plan_.Consumer(i));
      }
      if (absl::Status status = CheckLimits(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  int32_t Base(uint32_t i) const { return sweep_.baseline_.level[plan_.Consumer(i).value]; }
  bool IsOpen(uint32_t i, size_t atom) {
    return Has(Changed(PlaceOf(i)), atom) && !Has(Down(PlaceOf(i)), atom);
  }
  int32_t LevelAt(uint32_t place, size_t atom) {
    if (Has(Down(place), atom)) return 0;
    if (place < plan_.consumer_begin()) return static_cast<int32_t>(kOne);
    const uint32_t i = place - plan_.consumer_begin();
    return Has(Changed(place), atom) ? sweep_.number_[i] : Base(i);
  }

  // Steps 2 and 3 of S5 for one consumer, none of whose groups with a change draws on a pool.
  int32_t Solve(uint32_t i, size_t atom) {
    const ConsumerTable& table = sweep_.evaluation_.graph().consumers();
    const ConsumerIndex consumer = plan_.Consumer(i);
    const ConsumerView view = table[consumer];
    const uint32_t* code = plan_.codes() + plan_.begin()[i];
    int64_t essential = kOne, shortfall = 0;
    for (uint32_t g = 0; g < view.group_count(); ++g) {
      const GroupView group = view.group(g);
      const int64_t delivery =
          Deliver(group, code, atom, sweep_.baseline_.delivery[table.GroupNumber(consumer, g)]);
      if (group.terms().essential) {
        essential = std::min(essential, delivery);
      } else {
        shortfall += int64_t{group.terms().weight_ppm} * (kOne - delivery);
      }
    }
    const int64_t raw = std::max<int64_t>(0, std::min(essential, kOne - shortfall / kOne));
    return raw >= view.record().min_viable_ppm ? static_cast<int32_t>(raw) : 0;
  }

  // Moves `code` behind the group.
  int64_t Deliver(const GroupView& group, const uint32_t*& code, size_t atom, int32_t before) {
    const int64_t demand = group.terms().units * kOne;
    int64_t filled = 0;
    unsigned __int128 delivered = 0;
    bool is_changed = false;
    for (uint32_t k = 0; k < group.size(); ++k) {
      const AlternativeTerms& terms = group.alternative(k);
      if (!IsReadyIn(sweep_.evaluation_, sweep_.reading_, sweep_.options_.readiness, group, k)) continue;
      const uint32_t place = *code++ & WordPlan::kPlaceMask;
      is_changed |= Has(Changed(place), atom);
      const int64_t cap =
          static_cast<int64_t>(static_cast<unsigned __int128>(group.terms().units * terms.share_ppm) *
                               static_cast<uint32_t>(LevelAt(place, atom)) / kOne);
      const int64_t flow = std::min(cap, demand - filled);
      filled += flow;
      delivered += static_cast<unsigned __int128>(flow) * static_cast<uint32_t>(terms.quality_ppm);
    }
    return is_changed ? static_cast<int64_t>(delivered / static_cast<uint64_t>(demand)) : before;
  }

  // --- Results --------------------------------------------------------------------------------------------
  std::vector<std::optional<AtomImpact>> Conclude() {
    for (const auto& [i, down] : failed_) {
      Block told = down;
      told.Without(hard_);
      if (told.Any()) sweep_.options_.failed(sweep_.reading_, plan_.Consumer(i));
    }
    AddTallies();
    std::vector<std::optional<AtomImpact>> impacts(atoms_);
    for (size_t atom = 0; atom < atoms_; ++atom) {
      if (!Has(hard_.word.data(), atom)) impacts[atom] = OfAtom(atom);
    }
    return impacts;
  }

  // What the tallies hold of every atom.
  void AddTallies() {
    std::vector<uint32_t> counts(size_t{64} * kWords);
    for (size_t kind = 0; kind < plan_.alike().size(); ++kind) {
      const auto& [weight, base] = plan_.alike()[kind];
      if (base == 0) continue;
      std::fill(counts.begin(), counts.end(), 0);
      tallies_[kind].AddTo(counts);
      for (size_t atom = 0; atom < atoms_; ++atom) {
        sums_[atom].missing += __int128{weight} * base * counts[atom];
        sums_[atom].impact.impacted += counts[atom];
        if (base > sweep_.options_.threshold_ppm) sums_[atom].impact.failed += counts[atom];
      }
    }
  }

  AtomImpact OfAtom(size_t atom) {
    Sum& sum = sums_[atom];
    sum.impact.impact_index_ppm = IndexPpm(sum.missing, sweep_.whole_);
    std::sort(sum.impact.failures.begin(), sum.impact.failures.end());
    return std::move(sum.impact);
  }

  WordSweep& sweep_;
  const WordPlan& plan_;
  const size_t atoms_;
  std::vector<Tally<kWords>> tallies_;  // By kind of consumers that are alike.
  std::vector<Sum> sums_;               // By atom: what is not in the tallies.
  Block hard_ = Block::All(0);          // Atoms that need the solver.
  std::vector<uint32_t> open_;          // Consumers that need numbers for some atom, in the order of solving.
  std::vector<std::pair<uint32_t, Block>> failed_;
};

WordSweep::WordSweep(const EvaluationPlan& evaluation, const WordPlan& plan, Reading reading,
                     const State& baseline, const SweepOptions& options)
    : evaluation_(evaluation),
      plan_(plan),
      reading_(reading),
      baseline_(baseline),
      options_(options),
      whole_(evaluation.Sums(reading, options.readiness).weight_times_base) {}

absl::StatusOr<std::vector<std::optional<AtomImpact>>> WordSweep::Lose(
    const std::vector<std::vector<DeploymentIndex>>& hits) {
  if (hits.size() <= 64) return WordPass<1>(*this, hits.size()).Run(hits);
  if (hits.size() <= 128) return WordPass<2>(*this, hits.size()).Run(hits);
  if (hits.size() <= 256) return WordPass<4>(*this, hits.size()).Run(hits);
  return WordPass<8>(*this, hits.size()).Run(hits);
}

}  // namespace linchpin::engine
