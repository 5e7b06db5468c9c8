// The domains of what models leave open.
#include "services/engine/knowledge/knowledge_reader.h"

namespace linchpin::engine {

void KnowledgeReader::ReadModel(ModelIndex index) {
  const Model& model = graph_.models()[index];
  CheckDerivedValues(index);
  if (!knowledge_.DeveloperOf(index).has_value()) ReadAlone(FactKind::kDeveloper, index.value, model.stated);
  if (!knowledge_.WeightsOf(index).has_value()) ReadAlone(FactKind::kWeights, index.value, model.stated);
  if (knowledge_.LicenceOf(index).is_unknown()) ReadAlone(FactKind::kLicence, index.value, model.stated);
  if (!model.requires_activation.has_value()) ReadAlone(FactKind::kActivation, index.value, model.stated);
  ReadOrigin(index);
}

// What a line states, or what follows from the developer, must lie within what the model's own document says.
void KnowledgeReader::CheckDerivedValues(ModelIndex index) {
  const Model& model = graph_.models()[index];
  if (model.stated == nullptr) return;
  const auto check = [&](FactKind kind, const std::optional<Member>& value, Rule rule) {
    const Bound* bound = model.stated->BoundOf(kind);
    if (bound == nullptr || !value.has_value()) return;
    if (Cut(WholeDomain(kind), *bound).Allows(*value)) return;
    knowledge_.found_->contradictions.push_back({kind, index.value, rule, false});
    knowledge_.found_->unread.insert(Knowledge::KeyOf(kind, index.value));
  };
  const auto of_line = [&](FactKind kind, auto value) {
    if (knowledge_.StatingModel(index, kind) != index) check(kind, value, Rule::kVersionOf);
  };
  if (const auto developer = knowledge_.DeveloperOf(index))
    of_line(FactKind::kDeveloper, std::optional<Member>(developer->value));
  if (const auto weights = knowledge_.WeightsOf(index))
    of_line(FactKind::kWeights, std::optional<Member>(static_cast<Member>(*weights)));
  const Fact<LicenceIndex>& licence = knowledge_.LicenceOf(index);
  if (licence.has_value()) of_line(FactKind::kLicence, std::optional<Member>(licence.value().value));
  const std::optional<Country> origin = knowledge_.OriginOf(index);
  if (origin.has_value() && !model.stated_origin.has_value()) {
    const bool line = knowledge_.StatingModel(index, FactKind::kOrigin) != index;
    check(FactKind::kOrigin, CodeOf(*origin), line ? Rule::kVersionOf : Rule::kStated);
  }
}

std::vector<Member> KnowledgeReader::DevelopersOf(ModelIndex index, Side side) const {
  if (const auto developer = knowledge_.DeveloperOf(index)) return {developer->value};
  const OpenFact& fact = knowledge_.Of(FactKind::kDeveloper, index.value);
  const Domain& domain = side == Side::kLikely ? fact.OnLikely() : fact.proven;
  return domain.listed ? domain.values : std::vector<Member>();
}

Domain KnowledgeReader::WeightsDomain(ModelIndex index, Side side) const {
  if (const auto weights = knowledge_.WeightsOf(index)) return Domain::Of({static_cast<Member>(*weights)});
  const OpenFact& fact = knowledge_.Of(FactKind::kWeights, index.value);
  return side == Side::kLikely ? fact.OnLikely() : fact.proven;
}

Domain KnowledgeReader::OriginsAllowed(ModelIndex index, Side side) const {
  if (const auto developer = knowledge_.DeveloperOf(index)) {
    const OpenFact& country = knowledge_.Of(FactKind::kVendorCountry, developer->value);
    return side == Side::kLikely ? country.OnLikely() : country.proven;
  }
  const std::vector<Member> developers = DevelopersOf(index, side);
  return developers.empty() ? WholeDomain(FactKind::kOrigin) : knowledge_.CountriesOf(developers);
}

void KnowledgeReader::ReadOrigin(ModelIndex index) {
  if (knowledge_.OriginOf(index).has_value() ||
      knowledge_.found_->unread.contains(Knowledge::KeyOf(FactKind::kOrigin, index.value))) {
    return;
  }
  FactInProgress origin(FactKind::kOrigin, index.value, graph_.models()[index].stated,
                        knowledge_.found_->contradictions);
  origin.StartProven();
  origin.CutByStated();
  origin.CutTo(OriginsAllowed(index, Side::kProven), FactKind::kDeveloper);
  origin.EndProven();
  origin.StartLikely();
  origin.CutByStated();
  origin.CutTo(OriginsAllowed(index, Side::kLikely), FactKind::kDeveloper);
  origin.EndLikely();
  Keep(std::move(origin), index.value);
}

void KnowledgeReader::ReadLineage(ModelIndex index) {
  if (!knowledge_.DerivationsOf(index).is_unknown()) return;
  const StatedPtr& stated = graph_.models()[index].stated;
  FactInProgress developer(FactKind::kLineageDeveloper, index.value, stated,
                           knowledge_.found_->contradictions);
  FactInProgress origin(FactKind::kLineageOrigin, index.value, stated, knowledge_.found_->contradictions);
  for (Side side : {Side::kProven, Side::kLikely}) {
    side == Side::kProven ? developer.StartProven() : developer.StartLikely();
    side == Side::kProven ? origin.StartProven() : origin.StartLikely();
    developer.CutByStated();
    developer.CutBy(
        knowledge_.rules().LineageDeveloper(DevelopersOf(index, side), WeightsDomain(index, side)));
    origin.CutByStated();
    if (developer.now().listed && !developer.now().values.empty()) {
      origin.CutTo(knowledge_.OriginsOfModelsBy(developer.now().values), FactKind::kLineageDeveloper);
    }
    side == Side::kProven ? developer.EndProven() : developer.EndLikely();
    side == Side::kProven ? origin.EndProven() : origin.EndLikely();
  }
  Keep(std::move(developer), index.value);
  Keep(std::move(origin), index.value);
}

}  // namespace linchpin::engine
