#include "services/engine/concentration/outside.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "services/engine/concentration/value_domain.h"

namespace linchpin::engine {
namespace {

// Answers for the items of one figure.
class Judge {
 public:
  Judge(const Knowledge& knowledge, Dimension dimension, const std::vector<Country>& home, FactsRead read)
      : domains_(knowledge, dimension), home_(home), read_(read) {}

  bool IsOutside(std::string_view key) const {
    const std::optional<Country> country = Country::Parse(key);
    return country.has_value() && std::find(home_.begin(), home_.end(), *country) == home_.end();
  }

  Truth Outside(const UnknownItem& item) const {
    const UnknownValue value{item.resource, item.field, item.fact, item.subject};
    std::optional<GroupDomain> likely;
    if (read_ == FactsRead::kLikely) likely = domains_.Likely(value);
    const GroupDomain domain = likely.has_value() ? *likely : domains_.Proven(value);
    if (!domain.listed) return MayBeHome(value) ? Truth::kUnknown : Truth::kTrue;
    const auto outside = static_cast<size_t>(
        std::count_if(domain.keys.begin(), domain.keys.end(), [this](auto key) { return IsOutside(key); }));
    if (outside == 0) return Truth::kFalse;
    return outside == domain.keys.size() ? Truth::kTrue : Truth::kUnknown;
  }

 private:
  bool MayBeHome(const UnknownValue& value) const {
    return domains_.MayBe(value, kNoneKey) || std::any_of(home_.begin(), home_.end(), [&](Country country) {
             return domains_.MayBe(value, country.ToString());
           });
  }

  const ValueDomains domains_;
  const std::vector<Country>& home_;
  const FactsRead read_;
};

}  // namespace

OutsideWeight WeighOutside(const Knowledge& knowledge, const Concentration& figure,
                           const std::vector<Country>& home, FactsRead read) {
  const Judge judge(knowledge, figure.dimension, home, read);
  OutsideWeight weight;
  for (const WeightedGroup& group : figure.groups) {
    if (judge.IsOutside(group.key)) weight.certain += group.weight;
  }
  for (const UnknownItem& item : figure.unknown) {
    const Truth outside = judge.Outside(item);
    if (outside == Truth::kTrue) weight.certain += item.weight;
    if (outside == Truth::kUnknown) weight.open += item.weight;
  }
  return weight;
}

std::vector<Truth> WhichLieOutside(const Knowledge& knowledge, const Concentration& figure,
                                   const std::vector<Country>& home, FactsRead read) {
  const Judge judge(knowledge, figure.dimension, home, read);
  std::vector<Truth> outside;
  for (const UnknownItem& item : figure.unknown) outside.push_back(judge.Outside(item));
  return outside;
}

}  // namespace linchpin::engine
