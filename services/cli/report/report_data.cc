#include "services/cli/report/report_data.h"

#include <algorithm>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/commands/findings.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
namespace common = linchpin::common::v1;
using base::Cat;

constexpr int64_t kHorizonSeconds = 7 * 86'400;
constexpr int kScoresRead = 100;
constexpr int kApplicationsExplained = 8;
constexpr size_t kDecisionsMax = 3;
constexpr int kFindingsMax = 5;
constexpr int kGroupsMax = 5;

// Whose, made by whom, where, from where, on which base model.
constexpr common::Dimension kDimensions[] = {
    common::DIMENSION_OPERATOR_GROUP, common::DIMENSION_DEVELOPER_GROUP,
    common::DIMENSION_HOST_PROVIDER_GROUP, common::DIMENSION_ROOT_ORIGIN_COUNTRY,
    common::DIMENSION_BASE_MODEL_ROOT};

absl::Status ReadConcentration(Client& client, const std::vector<std::string>& home, ReportData& data) {
  risk::GetConcentrationRequest request;
  for (common::Dimension dimension : kDimensions) request.add_dimensions(dimension);
  request.set_basis(common::BASIS_APPLICATIONS);
  request.set_max_groups(kGroupsMax);
  *request.mutable_home() = {home.begin(), home.end()};
  return client.Call(kRisk, "GetConcentration", request, data.concentration);
}

// Nobody asks a board what happens if the country at home bans its own weights.
void DropHome(ReportData& data) {
  auto& atoms = *data.sweep.mutable_atoms();
  const auto& home = data.concentration.foreign().home();
  atoms.erase(
      std::remove_if(
          atoms.begin(), atoms.end(),
          [&](const risk::AtomImpact& atom) {
            return std::any_of(home.begin(), home.end(), [&](const std::string& country) {
              return atom.key() == Cat({"weights:", country}) || atom.key() == Cat({"services:", country});
            });
          }),
      atoms.end());
}

absl::Status ReadSweep(Client& client, const std::string& revision, ReportData& data) {
  risk::SweepCutoffsRequest request;
  for (auto atom_class :
       {risk::ATOM_CLASS_VENDOR, risk::ATOM_CLASS_HOST, risk::ATOM_CLASS_WEIGHTS, risk::ATOM_CLASS_SERVICES})
    request.add_atom_classes(atom_class);
  request.set_min_revision(revision);
  risk::SweepCutoffsResponse part;
  const absl::Status status = client.Stream(kRisk, "SweepCutoffs", request, part, [&] {
    if (part.has_result()) data.sweep = part.result();
  });
  DropHome(data);
  return status;
}

absl::Status ReadWorst(Client& client, const std::string& revision, ReportData& data) {
  if (data.sweep.atoms().empty() || data.sweep.atoms(0).sustained().best().impacted() == 0)
    return absl::OkStatus();
  const auto cutoff = CutoffOfAtom(data.sweep.atoms(0).key());
  if (!cutoff) return absl::OkStatus();
  risk::SimulateCutoffRequest request;
  *request.mutable_scenario()->add_cutoffs() = *cutoff;
  request.mutable_scenario()->mutable_horizon()->set_seconds(kHorizonSeconds);
  request.set_min_revision(revision);
  return client.Call(kRisk, "SimulateCutoff", request, data.worst.emplace());
}

absl::Status ReadScores(Client& client, const std::string& revision, ReportData& data) {
  risk::ListScoresRequest request;
  request.set_kind(risk::SCORE_KIND_APPLICATION);
  request.set_page_size(kScoresRead);
  request.set_min_revision(revision);
  return client.Call(kRisk, "ListScores", request, data.scores);
}

// What would lower the scores of the most exposed applications.
absl::Status ReadDecisions(Client& client, const std::string& revision, ReportData& data) {
  for (int i = 0; i < std::min(kApplicationsExplained, data.scores.scores_size()); ++i) {
    const risk::Score& score = data.scores.scores(i);
    risk::ExplainScoreRequest request;
    request.set_name(score.name());
    request.set_min_revision(revision);
    risk::ExplainScoreResponse response;
    if (absl::Status status = client.Call(kRisk, "ExplainScore", request, response); !status.ok())
      return status;
    if (response.weaknesses().empty() || response.weaknesses(0).points() <= 0) continue;
    data.decisions.push_back({score.name(), score.likely().score(), response.weaknesses(0)});
  }
  std::stable_sort(data.decisions.begin(), data.decisions.end(), [](const Decision& a, const Decision& b) {
    return a.weakness.points() > b.weakness.points();
  });
  if (data.decisions.size() > kDecisionsMax) data.decisions.resize(kDecisionsMax);
  return absl::OkStatus();
}

absl::Status ReadGravest(Client& client, const std::string& revision, ReportData& data) {
  policy::v1::ListFindingsRequest request;
  request.set_min_revision(revision);
  absl::StatusOr<FindingList> list = ReadFindings(client, request, kFindingsMax);
  if (list.status().code() == absl::StatusCode::kUnimplemented) {
    data.has_policies = false;
    return absl::OkStatus();
  }
  if (!list.ok()) return list.status();
  data.findings = std::move(list->findings);
  data.finding_count = list->total;
  return absl::OkStatus();
}

}  // namespace

std::optional<risk::Cutoff> CutoffOfAtom(const std::string& key) {
  const size_t colon = key.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string kind = key.substr(0, colon), id = key.substr(colon + 1);
  risk::Cutoff cutoff;
  auto target = [&](risk::Cutoff::Type type, const char* collection) {
    cutoff.set_type(type);
    cutoff.set_target(Cat({collection, "/", id}));
  };
  if (kind == "vendor") {
    target(risk::Cutoff::TYPE_VENDOR_EXIT, "vendors");
  } else if (kind == "host") {
    target(risk::Cutoff::TYPE_CLOUD_FAILURE, "hosts");
  } else if (kind == "licence") {
    target(risk::Cutoff::TYPE_LICENCE_REVOCATION, "licences");
  } else if (kind == "model") {
    target(risk::Cutoff::TYPE_MODEL_WITHDRAWAL, "models");
  } else if (kind == "weights" || kind == "services") {
    cutoff.set_type(kind == "weights" ? risk::Cutoff::TYPE_COUNTRY_WEIGHTS_BAN
                                      : risk::Cutoff::TYPE_COUNTRY_SERVICE_CUTOFF);
    cutoff.set_country(id);
  } else {
    return std::nullopt;
  }
  return cutoff;
}

absl::StatusOr<ReportData> ReadReport(Client& client, const std::vector<std::string>& home,
                                      const std::string& date) {
  ReportData data;
  data.date = date;
  if (absl::Status status = ReadConcentration(client, home, data); !status.ok()) return status;
  if (data.concentration.concentrations().empty() || data.concentration.concentrations(0).population() == 0) {
    return base::Error(base::reason::InventoryEmpty{},
                       "the inventory holds no application yet; load one with `linchpin apply -f FILE`");
  }
  const std::string& revision = data.concentration.inventory().revision_token();
  for (auto read : {ReadSweep, ReadWorst, ReadScores, ReadDecisions, ReadGravest}) {
    if (absl::Status status = read(client, revision, data); !status.ok()) return status;
  }
  return data;
}

}  // namespace linchpin::cli
