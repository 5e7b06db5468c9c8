#include "services/cli/commands/first_look.h"

#include <algorithm>
#include <string>
#include <vector>

#include "linchpin/risk/v1/remedy.pb.h"
#include "linchpin/risk/v1/score.pb.h"
#include "linchpin/risk/v1/score_history.pb.h"
#include "linchpin/risk/v1/sweep.pb.h"
#include "services/base/text.h"
#include "services/cli/commands/risk/kept_policies.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/remedy_text.h"
#include "services/cli/print/score_text.h"
#include "services/cli/print/stand_in_text.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;

constexpr int kRiskiestShown = 3;
constexpr int64_t kApplicationsMax = 2000;

// What happens when the atom is lost for which a key stands: in words, and as a flag of `risk simulate`.
struct Event {
  std::string words;
  std::string flag;
};
Event EventOf(const std::string& key) {
  const size_t colon = key.find(':');
  const std::string kind = key.substr(0, colon), id = key.substr(colon + 1);
  if (kind == "vendor") return {Cat({"the exit of vendors/", id}), Cat({"--exit vendors/", id})};
  if (kind == "host") return {Cat({"the failure of hosts/", id}), Cat({"--host-failure hosts/", id})};
  if (kind == "weights") return {Cat({"a ban on weights from ", id}), Cat({"--weights-ban ", id})};
  return {Cat({"the end of services from ", id}), Cat({"--services-cutoff ", id})};
}

// An older server, or one that computes as many long answers as it may.
bool CannotTell(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnimplemented ||
         status.code() == absl::StatusCode::kResourceExhausted;
}

absl::Status PrintScore(Context& context, Client& client, const risk::ListScoresResponse& response) {
  risk::ListScoreHistoryResponse history;  // Of all: it says nothing of those selected.
  absl::Status status = absl::OkStatus();
  if (!response.basis().has_selection())
    status = client.Call(kRisk, "ListScoreHistory", risk::ListScoreHistoryRequest(), history);
  if (!status.ok() && status.code() != absl::StatusCode::kUnimplemented) return status;
  context.out << Painted(Cat({"Risk score ", ScoreText(response.portfolio()), " of 100"}), Paint::kBold,
                         context.colour)
              << TrendText(response.portfolio(), history) << ": over "
              << Counted(response.basis().application_count(), "application", "applications")
              << " by criticality, the chance in percent that within a year a supply cutoff keeps one down "
                 "for longer than it tolerates\n";
  return absl::OkStatus();
}

// The worst that is no ban of its own weights or services by a country at home: nobody fears that one.
const risk::AtomImpact* WorstOf(const risk::SweepResult& result, const std::vector<std::string>& home) {
  const auto feared = [&home](const risk::AtomImpact& atom) {
    return std::none_of(home.begin(), home.end(), [&atom](const std::string& country) {
      return atom.key() == Cat({"weights:", country}) || atom.key() == Cat({"services:", country});
    });
  };
  const auto found = std::find_if(result.atoms().begin(), result.atoms().end(), feared);
  return found == result.atoms().end() || found->immediate().likely().down() == 0 ? nullptr : &*found;
}

// "6 of 16 applications", "6 of 20 applications and business services", "6 of 14 routes". An older server may
// not say of how many: `down` alone.
std::string OfWhom(int64_t down, int64_t applications, int64_t services, int64_t stand_in_routes) {
  const int64_t all = applications + services + stand_in_routes;
  const Nouns nouns = services == 0
                          ? CountedNouns(stand_in_routes)
                          : Nouns{"application or business service", "applications and business services"};
  return Cat(
      {down > all ? "" : Cat({Grouped(down), " of "}), Counted(std::max(down, all), nouns.one, nouns.many)});
}

// Of all vendors, hosts and countries, what stops most at once.
absl::Status PrintWorstEvent(Context& context, Client& client, const std::vector<std::string>& home,
                             int64_t applications, int64_t services) {
  risk::SweepCutoffsRequest request;
  for (risk::AtomClass atom_class : {risk::ATOM_CLASS_VENDOR, risk::ATOM_CLASS_HOST, risk::ATOM_CLASS_WEIGHTS,
                                     risk::ATOM_CLASS_SERVICES}) {
    request.add_atom_classes(atom_class);
  }
  request.set_readiness(risk::READINESS_IMMEDIATE);
  request.set_max_atoms(static_cast<int32_t>(1 + 2 * home.size()));
  request.set_max_consumers(1);
  risk::SweepCutoffsResponse part;
  risk::SweepResult result;
  const absl::Status status = client.Stream(kRisk, "SweepCutoffs", request, part, [&] {
    if (part.has_result()) result = part.result();
  });
  if (CannotTell(status)) return absl::OkStatus();
  if (!status.ok()) return status;
  const risk::AtomImpact* worst = WorstOf(result, home);
  if (worst == nullptr) return absl::OkStatus();
  const risk::AtomImpact& atom = *worst;
  const Event event = EventOf(atom.key());
  const int64_t down = atom.immediate().likely().down(), stay = atom.sustained().likely().down();
  context.out << Painted("Worst event:", Paint::kBold, context.colour) << " " << event.words << " stops "
              << OfWhom(down, applications, services, result.stand_in_route_count()) << " at once; "
              << (stay == 0      ? std::string("none stays down once every fallback has taken over")
                  : stay == down ? std::string("no fallback brings any of them back")
                                 : Cat({Grouped(stay), stay == 1 ? " stays" : " stay",
                                        " down when every fallback has taken over"}));
  context.out << " (`linchpin risk simulate " << event.flag << "`)\n";
  return absl::OkStatus();
}

// The best one that opens no finding.
absl::Status PrintBestDecision(Context& context, Client& client) {
  risk::SuggestRemediesRequest first;
  first.set_max_remedies(1);
  first.set_trials(1);  // Money is told by `risk remedies`.
  const absl::StatusOr<KeptRemedies> kept = KeepPolicies(
      client, first,
      [&client](const risk::SuggestRemediesRequest& request) { return AskForRemedies(client, request); });
  if (CannotTell(kept.status())) return absl::OkStatus();
  if (!kept.ok()) return kept.status();
  if (kept->result.remedies_size() == 0) return absl::OkStatus();
  const risk::Remedy& remedy = kept->result.remedies(0);
  context.out << Painted("Best decision:", Paint::kBold, context.colour) << " " << remedy.title()
              << ": score " << Points(remedy.score_before().likely()) << " -> "
              << Points(remedy.score_after().likely()) << " for "
              << Counted(remedy.cost_days(), "day", "days") << " of work"
              << (kept->checked ? "" : ", if your policies allow it")
              << " (`linchpin risk remedies` has the next ones)\n";
  return absl::OkStatus();
}

absl::StatusOr<int64_t> BusinessServices(Client& client) {
  risk::ListScoresRequest request;
  request.set_kind(risk::SCORE_KIND_BUSINESS_SERVICE);
  request.set_page_size(1);
  risk::ListScoresResponse response;
  if (absl::Status status = client.Call(kRisk, "ListScores", request, response); !status.ok()) return status;
  return response.total_size();
}

void PrintRiskiest(Context& context, const risk::ListScoresResponse& response) {
  if (response.portfolio().drivers_size() > 0)
    context.out << "Driven by " << DriversText(response.portfolio()) << ". The highest scores:\n";
  for (const risk::Score& score : response.scores()) {
    if (Shown(score) <= 0) break;
    context.out << "  " << Points(Shown(score)) << "  " << score.name() << ": " << DriversText(score) << "\n";
  }
  context.out << "\n";
}

}  // namespace

absl::Status PrintFirstLook(Context& context, Client& client, const std::vector<std::string>& home) {
  risk::ListScoresRequest request;
  request.set_page_size(kRiskiestShown);
  risk::ListScoresResponse response;
  absl::Status status = client.Call(kRisk, "ListScores", request, response);
  if (status.code() == absl::StatusCode::kUnimplemented) return absl::OkStatus();
  if (!status.ok()) return status;
  const int64_t applications = response.basis().application_count();
  if (applications > 0) status = PrintScore(context, client, response);
  const absl::StatusOr<int64_t> services = BusinessServices(client);
  if (status.ok()) status = services.status();
  if (status.ok()) status = PrintWorstEvent(context, client, home, applications, *services);
  if (status.ok() && applications > 0 && applications <= kApplicationsMax)
    status = PrintBestDecision(context, client);
  if (!status.ok()) return status;
  if (applications == 0) {
    context.out << "No score: no application is declared yet; `linchpin risk score` says what to do\n\n";
    return absl::OkStatus();
  }
  PrintRiskiest(context, response);
  return absl::OkStatus();
}

}  // namespace linchpin::cli
