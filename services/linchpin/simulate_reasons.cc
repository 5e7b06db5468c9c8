#include "services/linchpin/simulate_reasons.h"

#include <algorithm>
#include <map>
#include <set>

#include "services/linchpin/proof.h"
#include "services/linchpin/scenario_flags.h"
#include "services/resource/text.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using resource::Cat;
using risk::Cause;
using risk::ConsumerImpact;
using risk::Impact;
using risk::SimulateCutoffResponse;

constexpr size_t kCausesShown = 3;
constexpr size_t kCertainShown = 50;
constexpr size_t kPerhapsShown = 10;

bool Stops(const Impact& impact) { return IsImpaired(impact) && impact.min_level_ppm() == 0; }

// The causes of a consumer, those that hold in BEST first, each path once.
std::vector<const Cause*> CausesOf(const ConsumerImpact& c) {
  std::vector<const Cause*> causes;
  std::set<std::string> seen;
  for (const Impact* impact : {&c.best(), &c.worst()}) {
    for (const risk::Segment& segment : impact->segments()) {
      for (const Cause& cause : segment.causes()) {
        if (seen.insert(Cat({cause.cutoff(), "\n",
                             resource::JoinNames({cause.path().begin(), cause.path().end()}, 1000)}))
                .second) {
          causes.push_back(&cause);
        }
      }
    }
  }
  return causes;
}

// Cutoffs by the id that causes use: the given one, else the place in the list from 1.
std::map<std::string, const risk::Cutoff*> ById(const risk::Scenario& scenario) {
  std::map<std::string, const risk::Cutoff*> by_id;
  for (int i = 0; i < scenario.cutoffs_size(); ++i) {
    const risk::Cutoff& cutoff = scenario.cutoffs(i);
    by_id[cutoff.id().empty() ? std::to_string(i + 1) : cutoff.id()] = &cutoff;
  }
  return by_id;
}

// Which facts leave it open whether the deployment is hit.
std::string UnknownsOf(const SimulateCutoffResponse& r, const ConsumerImpact& c,
                       const std::set<std::string>& reach) {
  std::vector<std::string> facts;
  for (const auto* list : {&c.unknown_facts(), &r.unknown_facts()}) {
    for (const risk::UnknownFact& fact : *list) {
      const std::string text = Cat({fact.field(), " of ", fact.resource()});
      if (reach.count(fact.resource()) > 0 && std::find(facts.begin(), facts.end(), text) == facts.end())
        facts.push_back(text);
    }
  }
  return facts.empty() ? "facts that would tell are unknown"
                       : Cat({"unknown: ", resource::JoinNames(facts, 3)});
}

// Whether known facts alone make the cutoff hit the deployment at the begin of the path.
bool IsCertain(const Cause& cause, const risk::Cutoff* cutoff, const ProofFinder& proofs) {
  if (cutoff == nullptr || cause.path_size() == 0) return true;
  return cutoff->target() == cause.path(0) || !proofs.Chain(cause.path(0), *cutoff).empty();
}

void PrintCause(Context& context, const SimulateCutoffResponse& r, const ConsumerImpact& c,
                const Cause& cause, const risk::Cutoff* cutoff, const ProofFinder& proofs) {
  if (cause.path_size() == 0) return;
  const std::string& hit = cause.path(0);
  const std::string chain = cutoff == nullptr ? "" : proofs.Chain(hit, *cutoff);
  const bool certain = IsCertain(cause, cutoff, proofs);
  const bool prohibited = cause.loss_class() == risk::LOSS_CLASS_PROHIBITED;
  context.out << "    " << hit << (certain ? "" : " perhaps")
              << (prohibited ? " may not be used" : " does not answer");
  if (cutoff != nullptr) context.out << ": " << CutoffText(*cutoff);
  context.out << "\n";
  if (!chain.empty()) {
    context.out << "      it " << chain << "\n";
  } else if (!certain) {
    context.out << "      "
                << Painted(UnknownsOf(r, c, proofs.Reach(hit, *cutoff)), Paint::kYellow, context.colour)
                << "\n";
  }
  std::string path;
  for (int i = 1; i < cause.path_size(); ++i) path += Cat({path.empty() ? "" : " -> ", cause.path(i)});
  context.out << "      takes with it " << path << "\n";
}

// One consumer: its state and why, in at most `causes_max` ways.
void PrintReason(Context& context, const SimulateCutoffResponse& r, const ConsumerImpact& c,
                 size_t causes_max, const std::map<std::string, const risk::Cutoff*>& by_id,
                 const ProofFinder& proofs) {
  const Table::Cell state = StateOf(c);
  context.out << "  " << Painted(c.consumer(), Paint::kBold, context.colour) << " "
              << Painted(state.text, state.paint, context.colour) << "\n";
  auto cutoff_of = [&](const Cause& cause) {
    const auto cutoff = by_id.find(cause.cutoff());
    return cutoff == by_id.end() ? nullptr : cutoff->second;
  };
  std::vector<const Cause*> causes = CausesOf(c);
  if (!IsImpaired(c.best())) {
    // What is open decides here: a hit that is certain has a fallback in the good world.
    std::stable_partition(causes.begin(), causes.end(),
                          [&](const Cause* cause) { return !IsCertain(*cause, cutoff_of(*cause), proofs); });
  }
  for (size_t i = 0; i < causes.size() && i < causes_max; ++i)
    PrintCause(context, r, c, *causes[i], cutoff_of(*causes[i]), proofs);
  if (!IsImpaired(c.best()) && !causes.empty() && IsCertain(*causes[0], cutoff_of(*causes[0]), proofs)) {
    context.out << "      "
                << Painted("whether what could stand in for it is hit as well is unknown", Paint::kYellow,
                           context.colour)
                << "\n";
  }
  if (causes.size() > causes_max)
    context.out << "    ... and by " << causes.size() - causes_max << " more ways\n";
}

}  // namespace

bool IsImpaired(const Impact& impact) { return impact.has_first_impact(); }

Table::Cell StateOf(const ConsumerImpact& c) {
  if (Stops(c.best())) return {"stops", Paint::kRed};
  if (IsImpaired(c.best())) return {Stops(c.worst()) ? "degraded, may stop" : "degraded", Paint::kYellow};
  return {Stops(c.worst()) ? "may stop" : "may degrade", Paint::kYellow};
}

void PrintReasons(Context& context, const risk::Scenario& scenario, const SimulateCutoffResponse& r,
                  Client& client) {
  const bool all = context.Output("table") == "wide" || context.arguments.Has("consumer");
  const auto by_id = ById(scenario);
  ProofFinder proofs(client);
  std::set<std::string> hit;
  for (const ConsumerImpact& c : r.consumers()) {
    for (const Cause* cause : CausesOf(c)) {
      if (cause->path_size() > 0) hit.insert(cause->path(0));
    }
  }
  proofs.Prepare({hit.begin(), hit.end()});
  context.out << "\n" << Painted("Why", Paint::kBold, context.colour) << "\n";
  size_t certain = 0, perhaps = 0;
  for (const ConsumerImpact& c : r.consumers()) {
    if (IsImpaired(c.best())) {
      if (++certain <= kCertainShown || all) PrintReason(context, r, c, kCausesShown, by_id, proofs);
    } else if (++perhaps <= kPerhapsShown || all) {
      PrintReason(context, r, c, all ? kCausesShown : 1, by_id, proofs);
    }
  }
  const size_t left =
      all ? 0 : certain - std::min(certain, kCertainShown) + perhaps - std::min(perhaps, kPerhapsShown);
  if (left > 0) context.out << "  ... " << left << " more; -o wide shows all, --consumer NAME one\n";
}

}  // namespace linchpin::cli
