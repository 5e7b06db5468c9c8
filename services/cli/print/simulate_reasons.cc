#include "services/cli/print/simulate_reasons.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "services/base/text.h"
#include "services/cli/commands/risk/scenario_flags.h"
#include "services/cli/print/hit_reason_text.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using risk::Cause;
using risk::ConsumerImpact;
using risk::DeploymentHit;
using risk::Impact;
using risk::SimulateCutoffResponse;

constexpr size_t kCausesShown = 3;
constexpr size_t kReasonsShown = 10;

bool Stops(const Impact& impact) { return IsImpaired(impact) && impact.min_level_ppm() == 0; }

// Cutoffs by the id that causes use: the given one, else the place in the list from 1.
std::map<std::string, const risk::Cutoff*> ById(const risk::Scenario& scenario) {
  std::map<std::string, const risk::Cutoff*> by_id;
  for (int i = 0; i < scenario.cutoffs_size(); ++i) {
    const risk::Cutoff& cutoff = scenario.cutoffs(i);
    by_id[cutoff.id().empty() ? std::to_string(i + 1) : cutoff.id()] = &cutoff;
  }
  return by_id;
}

// The hits of an answer, by cutoff and deployment.
class Hits {
 public:
  explicit Hits(const SimulateCutoffResponse& response) {
    for (const DeploymentHit& hit : response.hits()) by_key_[{hit.cutoff(), hit.deployment()}] = &hit;
  }
  // The one at which the cause begins; null if the answer had no room for it.
  const DeploymentHit* Of(const Cause& cause) const {
    if (cause.path_size() == 0) return nullptr;
    const auto found = by_key_.find({cause.cutoff(), cause.path(0)});
    return found == by_key_.end() ? nullptr : found->second;
  }
  // Whether known facts alone make it.
  bool IsCertain(const Cause& cause) const {
    const DeploymentHit* hit = Of(cause);
    return hit == nullptr || hit->proven();
  }

 private:
  std::map<std::pair<std::string, std::string>, const DeploymentHit*> by_key_;
};

// The causes of a consumer, each path once: those of the proven reading before those that the likely one
// adds, and these before the rest. Where no proven fact impairs it, what is open decides: of one reading,
// hits that are not certain come first, since behind a certain one there is a fallback in the good world.
std::vector<const Cause*> CausesOf(const ConsumerImpact& c, const Hits& hits) {
  std::vector<const Cause*> causes;
  std::set<std::string> seen;
  for (const Impact* impact : {&c.proven(), &c.likely(), &c.not_excluded()}) {
    const auto added = static_cast<std::ptrdiff_t>(causes.size());
    for (const risk::Segment& segment : impact->segments()) {
      for (const Cause& cause : segment.causes()) {
        if (seen.insert(Cat({cause.cutoff(), "\n",
                             base::JoinNames({cause.path().begin(), cause.path().end()}, 1000)}))
                .second) {
          causes.push_back(&cause);
        }
      }
    }
    if (IsImpaired(c.proven())) continue;
    std::stable_partition(causes.begin() + added, causes.end(),
                          [&](const Cause* cause) { return !hits.IsCertain(*cause); });
  }
  return causes;
}

void PrintCause(Context& context, const Cause& cause, const risk::Cutoff* cutoff, const Hits& hits) {
  if (cause.path_size() == 0) return;
  const DeploymentHit* hit = hits.Of(cause);
  const bool prohibited = cause.loss_class() == risk::LOSS_CLASS_PROHIBITED;
  const bool probably = hit != nullptr && !hit->proven() && hit->likely();
  context.out << "    " << cause.path(0)
              << (hits.IsCertain(cause) ? ""
                  : probably            ? " probably"
                                        : " perhaps")
              << (prohibited ? " may not be used" : " does not answer");
  if (cutoff != nullptr) context.out << ": " << CutoffText(*cutoff);
  context.out << "\n";
  if (probably) {
    for (const std::string& text : LikelyTexts(*hit))
      context.out << "      " << Painted(text, Paint::kYellow, context.colour) << "\n";
  } else if (hit != nullptr && !hit->proven()) {
    context.out << "      " << Painted(OpenText(hit->open()), Paint::kYellow, context.colour) << "\n";
  } else if (hit != nullptr && hit->because_size() > 0) {
    context.out << "      it " << BecauseText(*hit) << "\n";
    for (const std::string& text : SourceTexts(*hit))
      context.out << "        " << Painted(text, Paint::kDim, context.colour) << "\n";
  }
  std::string path;
  for (int i = 1; i < cause.path_size(); ++i) path += Cat({path.empty() ? "" : " -> ", cause.path(i)});
  context.out << "      takes with it " << path << "\n";
}

// One consumer: its state and why, in at most `causes_max` ways.
void PrintReason(Context& context, const ConsumerImpact& c, size_t causes_max,
                 const std::map<std::string, const risk::Cutoff*>& by_id, const Hits& hits) {
  const Table::Cell state = StateOf(c);
  context.out << "  " << Painted(c.consumer(), Paint::kBold, context.colour) << " "
              << Painted(state.text, state.paint, context.colour) << "\n";
  const std::vector<const Cause*> causes = CausesOf(c, hits);
  for (size_t i = 0; i < causes.size() && i < causes_max; ++i) {
    const auto cutoff = by_id.find(causes[i]->cutoff());
    PrintCause(context, *causes[i], cutoff == by_id.end() ? nullptr : cutoff->second, hits);
    if (i > 0 || IsImpaired(c.proven()) || !hits.IsCertain(*causes[0])) continue;
    const std::string open = OpenText(c.unknown_facts());
    context.out << "      "
                << Painted(Cat({"whether a fallback takes over is open", open.empty() ? "" : "; ", open}),
                           Paint::kYellow, context.colour)
                << "\n";
  }
  if (causes.size() > causes_max)
    context.out << "    ... and in " << causes.size() - causes_max
                << (causes.size() - causes_max == 1 ? " more way" : " more ways") << "\n";
}

}  // namespace

bool IsImpaired(const Impact& impact) { return impact.has_first_impact(); }

Table::Cell StateOf(const ConsumerImpact& c) {
  if (Stops(c.proven())) return {"stops", Paint::kRed};
  if (IsImpaired(c.proven()))
    return {Stops(c.likely()) ? "degraded, probably stops" : "degraded", Paint::kYellow};
  if (Stops(c.likely())) return {"probably stops", Paint::kYellow};
  if (IsImpaired(c.likely())) return {"probably degraded", Paint::kYellow};
  return {IsImpaired(c.not_excluded()) ? "cannot be excluded" : "not impaired", Paint::kNone};
}

void PrintReasons(Context& context, const risk::Scenario& scenario, const SimulateCutoffResponse& r,
                  bool all) {
  const auto by_id = ById(scenario);
  const Hits hits(r);
  size_t shown = 0, left = 0;
  for (const ConsumerImpact& c : r.consumers()) {
    const bool pointed_to = IsImpaired(c.proven()) || IsImpaired(c.likely());
    if (!all && !pointed_to) continue;
    if (!all && shown == kReasonsShown) {
      ++left;
    } else if (IsImpaired(c.not_excluded()) || pointed_to) {
      if (shown++ == 0) context.out << "\n" << Painted("Why", Paint::kBold, context.colour) << "\n";
      PrintReason(context, c, all ? kCausesShown : 1, by_id, hits);
    }
  }
  if (left > 0) context.out << "  ... " << left << " more; --all shows them, --consumer NAME one\n";
}

void PrintContradictions(Context& context, const SimulateCutoffResponse& r) {
  if (r.contradictions().empty()) return;
  context.out << "\n"
              << Painted(
                     Cat({"Contradictions in the inventory (", std::to_string(r.contradictions_size()), ")"}),
                     Paint::kBold, context.colour)
              << "\n";
  for (const risk::Contradiction& one : r.contradictions()) {
    context.out << "  " << one.field() << " of " << one.resource() << ": "
                << (one.of_likelihood()
                        ? "what is likely is excluded by what is stated; the likelihood is ignored"
                        : "what is stated leaves no value; it is read as unknown");
    if (!one.rule().empty()) context.out << " [rule " << one.rule() << "]";
    context.out << "\n";
  }
}

}  // namespace linchpin::cli
