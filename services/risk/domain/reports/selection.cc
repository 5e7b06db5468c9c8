#include "services/risk/domain/reports/selection.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/business_service.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/resource/stable_bytes.h"
#include "services/risk/domain/reports/undecided.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
using engine::And;
using engine::ConsumerIndex;
using engine::Truth;

constexpr int kUndecidedNamed = 10;
constexpr size_t kValuesSuggested = 5;

// What a document states of a consumer; empty or absent: nothing.
struct Facts {
  int tier = 0;
  std::string owner;
  std::string business_unit;
  const google::protobuf::Map<std::string, std::string>* labels = nullptr;
  bool knows_no_owner = false;
  bool knows_no_unit = false;
};

// Which consumers a critical function rests on, or is one.
class CriticalFunctions {
 public:
  CriticalFunctions(const engine::Graph& graph, const std::vector<std::optional<bool>>& own)
      : graph_(graph), critical_(own.size(), false), open_(own.size(), false) {
    for (ConsumerIndex consumer : graph.consumers()) {
      if (graph.consumers()[consumer].record().kind != engine::ConsumerKind::kBusinessService) continue;
      const std::optional<bool>& stated = own[consumer.value];
      if (!stated.has_value()) Spread(consumer, open_);
      if (stated.value_or(false)) Spread(consumer, critical_);
    }
  }

  Truth Of(ConsumerIndex consumer) const {
    if (critical_[consumer.value]) return Truth::kTrue;
    return open_[consumer.value] ? Truth::kUnknown : Truth::kFalse;
  }

 private:
  void Spread(ConsumerIndex from, std::vector<bool>& reached) const {
    std::vector<ConsumerIndex> left = {from};
    while (!left.empty()) {
      const ConsumerIndex consumer = left.back();
      left.pop_back();
      if (reached[consumer.value]) continue;
      reached[consumer.value] = true;
      const engine::ConsumerView view = graph_.consumers()[consumer];
      for (uint32_t ordinal = 0; ordinal < view.group_count(); ++ordinal) {
        for (engine::Target target : view.group(ordinal).targets()) {
          if (target.is_consumer()) left.push_back(target.consumer());
        }
      }
    }
  }

  const engine::Graph& graph_;
  std::vector<bool> critical_, open_;  // By slot.
};

template <typename Values>
bool Contains(const Values& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

template <typename Values>
Truth IsAmong(const Values& values, const std::string& value, bool knows_none) {
  if (values.empty()) return Truth::kTrue;
  if (value.empty()) return knows_none ? Truth::kFalse : Truth::kUnknown;
  return engine::Known(Contains(values, value));
}

Truth TierHolds(const v1::ConsumerSelector& selector, int tier) {
  const auto& tiers = selector.tiers();
  if (tiers.empty() || std::find(tiers.begin(), tiers.end(), tier) != tiers.end()) return Truth::kTrue;
  return tier == 0 ? Truth::kUnknown : Truth::kFalse;
}

Truth LabelsHold(const v1::ConsumerSelector& selector, const Facts& facts) {
  for (const auto& [key, value] : selector.labels()) {
    const auto found = facts.labels->find(key);
    if (found == facts.labels->end() || found->second != value) return Truth::kFalse;
  }
  return Truth::kTrue;
}

template <typename Document>
Facts FactsOf(const Document& document) {
  Facts facts;
  facts.tier = document.tier();
  facts.owner = document.owner();
  facts.business_unit = document.business_unit();
  facts.labels = &document.labels();
  facts.knows_no_owner = Contains(document.known_none(), "owner");
  facts.knows_no_unit = Contains(document.known_none(), "business_unit");
  return facts;
}

Facts FactsOf(const inventory::Route& route) {
  Facts facts;
  facts.labels = &route.labels();
  return facts;
}

// Calls `visit` for the document of every consumer of the graph.
template <typename Document, typename Visit>
void ForEachOf(const replica::View& view, const Visit& visit) {
  Document document;
  view.ForEach(*resource::FindKindOf(Document::descriptor()), [&](const replica::DocumentRef& ref) {
    const auto consumer = view.graph().consumers().Find(ref.name);
    if (consumer.has_value() && replica::ParseInto(ref, document)) visit(*consumer, document);
  });
}

// Evaluates one selector over one view.
class Selecting {
 public:
  Selecting(const replica::View& view, const v1::ConsumerSelector& selector)
      : view_(view), graph_(view.graph()), selector_(selector), who_(graph_) {
    if (selector.has_critical_function()) critical_.emplace(graph_, StatedFunctions());
  }

  Selection Run() {
    Selection selection;
    selection.selected.assign(graph_.consumers().slots(), false);
    open_.assign(graph_.consumers().slots(), false);
    const auto take = [&](ConsumerIndex consumer, const auto& document) {
      Take(consumer, FactsOf(document), selection);
    };
    ForEachOf<inventory::Application>(view_, take);
    ForEachOf<inventory::BusinessService>(view_, take);
    if (who_.stand_ins() > 0) ForEachOf<inventory::Route>(view_, take);
    std::sort(undecided_.begin(), undecided_.end());
    selection.described.set_undecided_count(static_cast<int64_t>(undecided_.size()));
    for (const std::string& name : undecided_) {
      if (selection.described.undecided_consumers_size() < kUndecidedNamed)
        selection.described.add_undecided_consumers(name);
    }
    return selection;
  }
  // Of whom it is open, once Run has run.
  std::vector<bool> TakeOpen() { return std::move(open_); }

 private:
  std::vector<std::optional<bool>> StatedFunctions() const {
    std::vector<std::optional<bool>> own(graph_.consumers().slots());
    ForEachOf<inventory::BusinessService>(view_, [&](ConsumerIndex consumer, const auto& service) {
      if (service.has_critical_function()) own[consumer.value] = service.critical_function();
    });
    return own;
  }

  Truth FunctionHolds(ConsumerIndex consumer) const {
    if (!critical_.has_value()) return Truth::kTrue;
    const Truth is_critical = critical_->Of(consumer);
    if (is_critical == Truth::kUnknown) return Truth::kUnknown;
    return engine::Known((is_critical == Truth::kTrue) == selector_.critical_function());
  }

  void Take(ConsumerIndex consumer, const Facts& facts, Selection& selection) {
    if (!who_.IsCounted(consumer)) return;
    Truth holds = And(TierHolds(selector_, facts.tier), LabelsHold(selector_, facts));
    holds = And(holds, IsAmong(selector_.owners(), facts.owner, facts.knows_no_owner));
    holds = And(holds, IsAmong(selector_.business_units(), facts.business_unit, facts.knows_no_unit));
    holds = And(holds, FunctionHolds(consumer));
    if (holds == Truth::kUnknown) {
      undecided_.emplace_back(graph_.consumers().NameOf(consumer));
      open_[consumer.value] = true;
    }
    if (holds != Truth::kTrue) return;
    selection.selected[consumer.value] = true;
    v1::ConsumerSelection& described = selection.described;
    if (who_.IsApplication(consumer)) {
      described.set_application_count(described.application_count() + 1);
    } else {
      described.set_business_service_count(described.business_service_count() + 1);
    }
  }

  const replica::View& view_;
  const engine::Graph& graph_;
  const v1::ConsumerSelector& selector_;
  const engine::Counted who_;
  std::optional<CriticalFunctions> critical_;
  std::vector<std::string> undecided_;
  std::vector<bool> open_;  // By slot.
};

// The values of a field that occur, the first by name.
std::string ValuesOf(const replica::View& view, const std::function<std::string(const Facts&)>& value) {
  std::set<std::string> values;
  const auto add = [&](ConsumerIndex, const auto& document) {
    std::string text = value(FactsOf(document));
    if (!text.empty()) values.insert(std::move(text));
  };
  ForEachOf<inventory::Application>(view, add);
  ForEachOf<inventory::BusinessService>(view, add);
  return values.empty() ? "none is stated"
                        : base::JoinNames({values.begin(), values.end()}, kValuesSuggested);
}

// What would have been found, of the fields asked about.
std::string Advice(const replica::View& view, const v1::ConsumerSelector& selector) {
  std::string advice;
  if (!selector.tiers().empty()) {
    absl::StrAppend(&advice, "; tiers stated: ", ValuesOf(view, [](const Facts& facts) {
      return facts.tier == 0 ? "" : absl::StrCat(facts.tier);
    }));
  }
  if (!selector.owners().empty())
    absl::StrAppend(&advice, "; owners stated: ", ValuesOf(view, [](const Facts& f) { return f.owner; }));
  if (!selector.business_units().empty()) {
    absl::StrAppend(&advice, "; business units stated: ", ValuesOf(view, [](const Facts& facts) {
      return facts.business_unit;
    }));
  }
  return advice;
}

absl::Status NothingSelected(const replica::View& view, const v1::ConsumerSelector& selector,
                             int64_t undecided) {
  const std::string open =
      undecided == 0 ? "" : absl::StrCat("; of ", undecided, " an absent field leaves it open");
  return base::Error(base::reason::NothingSelected{.selector = TextOf(selector), .undecided = undecided},
                     absl::StrCat("no application or business service has ", TextOf(selector), open,
                                  Advice(view, selector)));
}

absl::Status CheckValues(const v1::ConsumerSelector& selector) {
  if (Contains(selector.owners(), "")) return base::FieldError("selector.owners", "name an owner");
  if (Contains(selector.business_units(), ""))
    return base::FieldError("selector.business_units", "name a business unit");
  if (selector.labels().contains("")) return base::FieldError("selector.labels", "name the key of a label");
  return absl::OkStatus();
}

}  // namespace

bool IsEmpty(const v1::ConsumerSelector& selector) { return selector.ByteSizeLong() == 0; }

std::string TextOf(const v1::ConsumerSelector& selector) {
  std::vector<std::string> parts;
  const auto or_tier = [](std::string* out, int tier) {
    absl::StrAppend(out, tier == 0 ? "not stated" : absl::StrCat(tier));
  };
  if (!selector.tiers().empty())
    parts.push_back(absl::StrCat("tier ", absl::StrJoin(selector.tiers(), " or ", or_tier)));
  if (!selector.owners().empty())
    parts.push_back(absl::StrCat("owner ", absl::StrJoin(selector.owners(), " or ")));
  if (!selector.business_units().empty())
    parts.push_back(absl::StrCat("business unit ", absl::StrJoin(selector.business_units(), " or ")));
  if (selector.has_critical_function())
    parts.emplace_back(selector.critical_function() ? "critical function" : "no critical function");
  std::vector<std::string> labels;
  for (const auto& [key, value] : selector.labels())
    labels.push_back(absl::StrCat("label ", key, "=", value));
  std::sort(labels.begin(), labels.end());
  parts.insert(parts.end(), labels.begin(), labels.end());
  return absl::StrJoin(parts, ", ");
}

absl::StatusOr<std::shared_ptr<const Selection>> Select(const replica::View& view,
                                                        const v1::ConsumerSelector& selector) {
  if (absl::Status status = CheckValues(selector); !status.ok()) return status;
  Selection selection = Selecting(view, selector).Run();
  v1::ConsumerSelection& described = selection.described;
  if (described.application_count() + described.business_service_count() == 0)
    return NothingSelected(view, selector, described.undecided_count());
  described.set_description(TextOf(selector));
  selection.key = resource::StableBytes(selector);
  return std::make_shared<const Selection>(std::move(selection));
}

std::vector<bool> UndecidedOf(const replica::View& view, const v1::ConsumerSelector& selector) {
  Selecting selecting(view, selector);
  selecting.Run();
  return selecting.TakeOpen();
}

}  // namespace linchpin::risk
