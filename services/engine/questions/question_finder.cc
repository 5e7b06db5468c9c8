#include "services/engine/questions/question_finder.h"

#include <algorithm>
#include <bit>
#include <memory>
#include <tuple>
#include <utility>

#include "services/engine/cutoff/reach_sets.h"
#include "services/engine/questions/loss_block.h"
#include "services/engine/questions/open_items.h"

namespace linchpin::engine {
namespace {

constexpr AtomClass kAskedClasses[] = {AtomClass::kVendor, AtomClass::kHost, AtomClass::kWeights,
                                       AtomClass::kServices};
constexpr uint32_t kCancelEvery = 1024;  // Consumers between looks at the hook.

AtomBits Both(const AtomBits& a, const AtomBits& b) {
  AtomBits both;
  for (size_t w = 0; w < kBlockWords; ++w) both[w] = a[w] & b[w];
  return both;
}
AtomBits Without(const AtomBits& a, const AtomBits& b) {
  AtomBits rest;
  for (size_t w = 0; w < kBlockWords; ++w) rest[w] = a[w] & ~b[w];
  return rest;
}
bool Any(const AtomBits& bits) {
  uint64_t any = 0;
  for (uint64_t word : bits) any |= word;
  return any != 0;
}
int Count(const AtomBits& bits) {
  int count = 0;
  for (uint64_t word : bits) count += std::popcount(word);
  return count;
}
bool Has(const AtomBits& bits, uint32_t atom) { return (bits[atom / 64] >> atom % 64 & 1) != 0; }
void Set(AtomBits& bits, uint32_t atom) { bits[atom / 64] |= uint64_t{1} << atom % 64; }

// Atoms of a block that give one consumer the same gap.
struct GapAtoms {
  AtomBits atoms;
  int64_t gap = 0;  // Before the weight; above 0.
};

// The gaps of one consumer: what it loses in the worse reading, less what it loses in the better one.
class GapReader {
 public:
  GapReader(const LossBlock& proven, const std::vector<int32_t>& proven_base, const LossBlock& open,
            const std::vector<int32_t>& open_base)
      : proven_(proven), proven_base_(proven_base), open_(open), open_base_(open_base) {}

  // Valid until the next call.
  const std::vector<GapAtoms>& Of(ConsumerIndex consumer) {
    gaps_.clear();
    const uint32_t at = consumer.value;
    apart_ = {};
    Collect(proven_, at);
    Collect(open_, at);
    const int64_t down_proven = std::max(0, proven_base_[at]), down_open = std::max(0, open_base_[at]);
    const AtomBits open = Without(open_.down[at], apart_), proven = Without(proven_.down[at], apart_);
    Add(Without(open, proven), down_open);
    Add(Both(open, proven), down_open - down_proven);
    for (uint32_t atom = 0; Any(apart_) && atom < kBlockAtoms; ++atom) {
      if (!Has(apart_, atom)) continue;
      AtomBits one{};
      Set(one, atom);
      Add(one, LossOf(open_, open_base_, at, atom) - LossOf(proven_, proven_base_, at, atom));
    }
    return gaps_;
  }

 private:
  void Collect(const LossBlock& block, uint32_t at) {
    const auto found = block.levels.find(at);
    if (found == block.levels.end()) return;
    for (const auto& [atom, level] : found->second) Set(apart_, atom);
  }
  static int64_t LossOf(const LossBlock& block, const std::vector<int32_t>& base, uint32_t at,
                        uint32_t atom) {
    if (Has(block.down[at], atom)) return std::max(0, base[at]);
    const auto found = block.levels.find(at);
    if (found == block.levels.end()) return 0;
    for (const auto& [of, level] : found->second) {
      if (of == atom) return std::max(0, base[at] - level);
    }
    return 0;
  }
  void Add(const AtomBits& atoms, int64_t gap) {
    if (gap > 0 && Any(atoms)) gaps_.push_back({atoms, gap});
  }

  const LossBlock& proven_;
  const std::vector<int32_t>& proven_base_;
  const LossBlock& open_;
  const std::vector<int32_t>& open_base_;
  AtomBits apart_{};  // Atoms with levels of their own.
  std::vector<GapAtoms> gaps_;
};

// What is added up of one thing.
struct Thing {
  std::vector<uint32_t> facts;
  ExactSum carried;
  std::vector<uint32_t> consumers, decided;  // Ascending within a block.
  std::vector<uint32_t> atoms;
  AtomBits atoms_of_block{};
};

class Finder {
 public:
  Finder(const EvaluationPlan& plan, const AtomCache& atoms, const QuestionOptions& options)
      : plan_(plan), graph_(plan.graph()), atoms_(atoms), options_(options) {}

  absl::StatusOr<OpenQuestions> Run() {
    auto proven = BlockLoser::Create(plan_, Reading::kProven, options_.limits);
    if (!proven.ok()) return proven.status();
    auto open = BlockLoser::Create(plan_, Reading::kNotExcluded, options_.limits);
    if (!open.ok()) return open.status();
    has_gap_.assign(graph_.consumers().slots(), false);
    for (AtomClass atom_class : kAskedClasses) {
      if (absl::Status status = AddClass(atom_class, **proven, **open); !status.ok()) return status;
    }
    return Conclude();
  }

 private:
  absl::Status AddClass(AtomClass atom_class, BlockLoser& proven, BlockLoser& open) {
    const Knowledge& knowledge = plan_.knowledge();
    if (!AtomsOf(knowledge, atom_class).empty())
      return AddClass(atom_class, atoms_.Of(atom_class), proven, open);
    return AddClass(atom_class, AtomIndex::OfUnlisted(knowledge, atom_class), proven, open);
  }
  absl::Status AddClass(AtomClass atom_class, const AtomIndex& index, BlockLoser& proven, BlockLoser& open) {
    const std::span<const AtomIndex::Entry> all(index.entries());
    for (size_t first = 0; first < all.size(); first += kBlockAtoms) {
      const auto block = all.subspan(first, std::min(kBlockAtoms, all.size() - first));
      if (absl::Status status = AddBlock(atom_class, index, block, proven, open); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // A fact that one consumer reaches, and the atoms under which it is open.
  struct ReachedFact {
    uint32_t fact = 0;
    uint32_t mask = 0;
  };
  // Atoms with the same gap and the same number of open facts.
  struct Cell {
    AtomBits atoms;
    uint32_t facts = 0;
    int64_t gap = 0;
  };

  bool IsAsked(ConsumerIndex consumer) const {
    if (!plan_.counted().IsCounted(consumer)) return false;
    return options_.consumers.empty() || options_.consumers[consumer.value];
  }

  absl::Status AddBlock(AtomClass atom_class, const AtomIndex& index,
                        std::span<const AtomIndex::Entry> entries, BlockLoser& proven, BlockLoser& open) {
    auto lost = proven.Lose(index, entries);
    if (!lost.ok()) return lost.status();
    auto worst = open.Lose(index, entries);
    if (!worst.ok()) return worst.status();
    auto items = OpenItems::Create(plan_, atom_class, index, entries, facts_, options_.limits);
    if (!items.ok()) return items.status();
    NumberThings();
    GapReader gaps(*lost, proven.base(), *worst, open.base());
    if (absl::Status status = AddConsumers(gaps, *items); !status.ok()) return status;
    EndBlock(entries);
    return absl::OkStatus();
  }

  absl::Status AddConsumers(GapReader& gaps, OpenItems& items) {
    ReachSets reach(plan_, {.of_consumer =
                                [&](ConsumerIndex consumer, std::vector<uint32_t>& numbers) {
                                  items.AppendOfConsumer(consumer, numbers);
                                },
                            .of_deployment =
                                [&](DeploymentIndex deployment, std::vector<uint32_t>& numbers) {
                                  items.AppendOfDeployment(deployment, numbers);
                                }});
    uint32_t seen = 0;
    for (ConsumerIndex consumer : graph_.consumers()) {
      const bool look = seen++ % kCancelEvery == 0 && options_.limits.cancelled;
      if (look && options_.limits.cancelled()) return absl::CancelledError("the evaluation was cancelled");
      if (!IsAsked(consumer)) continue;
      const std::vector<GapAtoms>& found = gaps.Of(consumer);
      if (found.empty()) continue;
      Gather(reach.Of(consumer), items);
      if (reach.kept() > kReachedFactsMax)
        return absl::ResourceExhaustedError("consumers reach more unknown facts than can be kept apart");
      AddGaps(consumer, found, items);
    }
    return absl::OkStatus();
  }

  // Finds the facts of one consumer and counts, for each atom, how many of them are open under it.
  void Gather(std::span<const uint32_t> reached, OpenItems& items) {
    mask_of_fact_.clear();
    for (uint32_t number : reached) {
      const OpenItems::Item& item = items.items()[number];
      auto [found, is_new] = mask_of_fact_.try_emplace(item.fact, item.mask);
      if (!is_new) found->second = items.Join(found->second, item.mask);
    }
    reached_.clear();
    counts_.clear();
    for (const auto& [fact, mask] : mask_of_fact_) {
      reached_.push_back({fact, mask});
      CountUp(items.masks()[mask]);
    }
    // Facts of one thing stand together.
    std::sort(reached_.begin(), reached_.end(), [this](const ReachedFact& a, const ReachedFact& b) {
      return std::make_pair(thing_of_[a.fact], a.fact) < std::make_pair(thing_of_[b.fact], b.fact);
    });
  }

  // One more for each atom of the mask: binary counters of which a word holds one digit of 64.
  void CountUp(AtomBits carry) {
    for (size_t digit = 0; Any(carry); ++digit) {
      if (digit == counts_.size()) counts_.push_back(AtomBits{});
      const AtomBits next = Both(counts_[digit], carry);
      for (size_t w = 0; w < kBlockWords; ++w) counts_[digit][w] ^= carry[w];
      carry = next;
    }
  }

  void AddGaps(ConsumerIndex consumer, const std::vector<GapAtoms>& gaps, const OpenItems& items) {
    if (!has_gap_[consumer.value]) ++result_.undecided_consumers;
    has_gap_[consumer.value] = true;
    cells_.clear();
    for (const GapAtoms& gap : gaps) {
      result_.undecided_pairs += Count(gap.atoms);
      Divide(gap);
    }
    const auto weight = static_cast<ExactSum::Uint128>(plan_.counted().WeightOf(consumer));
    for (size_t first = 0; first < reached_.size();) {
      const uint32_t thing = thing_of_[reached_[first].fact];
      size_t end = first;
      while (end < reached_.size() && thing_of_[reached_[end].fact] == thing) ++end;
      AddThing(consumer, thing, {reached_.data() + first, end - first}, weight, items);
      first = end;
    }
  }

  // By the number of facts, digit by digit.
  void Divide(const GapAtoms& gap) {
    const size_t first = cells_.size();
    cells_.push_back({gap.atoms, 0, gap.gap});
    for (size_t digit = 0; digit < counts_.size(); ++digit) {
      const size_t end = cells_.size();
      for (size_t i = first; i < end; ++i) {
        const AtomBits in = Both(cells_[i].atoms, counts_[digit]);
        if (!Any(in)) continue;
        const Cell more{in, cells_[i].facts | uint32_t{1} << digit, gap.gap};
        cells_[i].atoms = Without(cells_[i].atoms, counts_[digit]);
        if (Any(cells_[i].atoms)) {
          cells_.push_back(more);
        } else {
          cells_[i] = more;
        }
      }
    }
  }

  void AddThing(ConsumerIndex consumer, uint32_t number, std::span<const ReachedFact> facts,
                ExactSum::Uint128 weight, const OpenItems& items) {
    Thing& thing = things_[number];
    bool has_part = false, alone = false;
    for (const Cell& cell : cells_) {
      int open = 0;  // Of the facts, over the atoms of the cell.
      for (const ReachedFact& fact : facts) {
        const AtomBits atoms = Both(items.masks()[fact.mask], cell.atoms);
        open += Count(atoms);
        for (size_t w = 0; w < kBlockWords; ++w) thing.atoms_of_block[w] |= atoms[w];
      }
      if (open == 0) continue;
      has_part = true;
      alone = alone || (cell.facts <= facts.size() && IsAlone(cell, facts, items));
      thing.carried.Add(weight * static_cast<ExactSum::Uint128>(cell.gap) * static_cast<uint32_t>(open),
                        cell.facts);
    }
    if (!has_part) return;
    if (thing.consumers.empty() || thing.consumers.back() != consumer.value)
      thing.consumers.push_back(consumer.value);
    if (alone && (thing.decided.empty() || thing.decided.back() != consumer.value))
      thing.decided.push_back(consumer.value);
  }

  // Is there an atom of which all open facts are among these?
  static bool IsAlone(const Cell& cell, std::span<const ReachedFact> facts, const OpenItems& items) {
    for (uint32_t atom = 0; atom < kBlockAtoms; ++atom) {
      if (!Has(cell.atoms, atom)) continue;
      const auto open =
          static_cast<uint32_t>(std::count_if(facts.begin(), facts.end(), [&](const ReachedFact& fact) {
            return Has(items.masks()[fact.mask], atom);
          }));
      if (open == cell.facts) return true;
    }
    return false;
  }

  // Each fact that was met for the first time belongs to a thing, its own or one that it shares.
  void NumberThings() {
    for (uint32_t fact = static_cast<uint32_t>(thing_of_.size()); fact < facts_.facts().size(); ++fact) {
      const std::string text = options_.thing_of ? options_.thing_of(facts_.facts()[fact]) : "";
      uint32_t number = static_cast<uint32_t>(things_.size());
      if (!text.empty()) number = shared_.try_emplace(text, number).first->second;
      if (number == things_.size()) things_.emplace_back();
      things_[number].facts.push_back(fact);
      thing_of_.push_back(number);
    }
  }

  void EndBlock(std::span<const AtomIndex::Entry> entries) {
    const auto first = static_cast<uint32_t>(result_.atoms.size());
    for (const AtomIndex::Entry& entry : entries) result_.atoms.push_back(entry.key);
    for (Thing& thing : things_) {
      for (uint32_t atom = 0; atom < entries.size(); ++atom) {
        if (Has(thing.atoms_of_block, atom)) thing.atoms.push_back(first + atom);
      }
      thing.atoms_of_block = {};
      for (std::vector<uint32_t>* list : {&thing.consumers, &thing.decided}) {
        std::sort(list->begin(), list->end());
        list->erase(std::unique(list->begin(), list->end()), list->end());
      }
    }
  }

  OpenQuestions Conclude() {
    for (ConsumerIndex consumer : graph_.consumers()) result_.consumers += IsAsked(consumer);
    std::vector<std::tuple<std::string, std::string, OpenQuestion>> rows;
    for (Thing& thing : things_) {
      if (thing.consumers.empty()) continue;
      OpenQuestion question = QuestionOf(thing);
      const FactRef& fact = question.facts.front();
      rows.emplace_back(SubjectOf(graph_, fact), FieldOf(graph_, fact), std::move(question));
    }
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      const auto order = std::get<2>(a).carried <=> std::get<2>(b).carried;
      if (order != 0) return order > 0;
      return std::tie(std::get<0>(a), std::get<1>(a)) < std::tie(std::get<0>(b), std::get<1>(b));
    });
    for (auto& row : rows) {
      result_.carried += std::get<2>(row).carried.ToDouble();
      result_.questions.push_back(std::move(std::get<2>(row)));
    }
    return std::move(result_);
  }

  OpenQuestion QuestionOf(Thing& thing) const {
    OpenQuestion question;
    for (uint32_t fact : thing.facts) question.facts.push_back(facts_.facts()[fact]);
    std::sort(question.facts.begin(), question.facts.end(), [this](const FactRef& a, const FactRef& b) {
      return std::make_pair(SubjectOf(graph_, a), FieldOf(graph_, a)) <
             std::make_pair(SubjectOf(graph_, b), FieldOf(graph_, b));
    });
    question.carried = std::move(thing.carried);
    question.consumers = static_cast<int64_t>(thing.consumers.size());
    question.decided = static_cast<int64_t>(thing.decided.size());
    question.atoms = std::move(thing.atoms);
    return question;
  }

  const EvaluationPlan& plan_;
  const Graph& graph_;
  const AtomCache& atoms_;
  const QuestionOptions& options_;
  FactNumbers facts_;
  std::vector<uint32_t> thing_of_;  // By fact.
  std::vector<Thing> things_;
  absl::flat_hash_map<std::string, uint32_t> shared_;
  std::vector<bool> has_gap_;  // By consumer slot.
  OpenQuestions result_;

  // Of the consumer that is looked at.
  absl::flat_hash_map<uint32_t, uint32_t> mask_of_fact_;
  std::vector<ReachedFact> reached_;
  std::vector<AtomBits> counts_;  // How many facts are open, by digit.
  std::vector<Cell> cells_;
};

}  // namespace

absl::StatusOr<OpenQuestions> FindQuestions(const EvaluationPlan& plan, const AtomCache& atoms,
                                            const QuestionOptions& options) {
  return Finder(plan, atoms, options).Run();
}

}  // namespace linchpin::engine
