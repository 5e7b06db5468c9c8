#include "services/cli/import/fact_questions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <tuple>
#include <utility>

#include "linchpin/common/v1/knowledge.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/base/text.h"
#include "services/cli/import/fact_question_reach.h"
#include "services/cli/print/current_resources.h"
#include "services/cli/print/fact_words.h"
#include "services/cli/print/output.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::Message;
using inventory::v1::Deployment;
using inventory::v1::Model;
using inventory::v1::Vendor;

bool IsUnknown(const Message& resource, const char* name) {
  const auto* field = resource.GetDescriptor()->FindFieldByName(name);
  const auto& reflection = *resource.GetReflection();
  const bool stated =
      field->is_repeated() ? reflection.FieldSize(resource, field) > 0 : reflection.HasField(resource, field);
  return !stated && !IsKnownNone(resource, name);
}

// What is probably so, as the resource says; empty: it does not.
std::string LikelyOf(const Message& resource, const std::string& name) {
  const auto* const field = resource.GetDescriptor()->FindFieldByName("likely");
  if (field == nullptr) return {};
  for (int i = 0; i < resource.GetReflection()->FieldSize(resource, field); ++i) {
    const auto& likely = dynamic_cast<const common::v1::Likely&>(
        resource.GetReflection()->GetRepeatedMessage(resource, field, i));
    if (likely.field() == name) return base::JoinNames({likely.one_of().begin(), likely.one_of().end()});
  }
  return {};
}

// Something that lacks a fact, and of which one answer holds for all that it is about.
struct Candidate {
  const FactWords* question;
  const Message* resource;        // whose document states it
  std::vector<std::string> also;  // others with the same answer
  std::string where;              // what they have in common
  uint32_t number;                // in the graph
};

// "api.example.com" of an address.
std::string AuthorityOf(const std::string& address) {
  const size_t scheme = address.find("://");
  const size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  if (address.compare(0, 11, "os.environ/") == 0) return address;
  return address.substr(begin, address.find_first_of("/?#", begin) - begin);
}

// Finds the facts that are not stated, one for each thing.
class Finder {
 public:
  explicit Finder(Reach& reach) : reach_(reach) {
    for (uint32_t i = 0; i < reach.resources().size(); ++i)
      numbers_.emplace(resource::NameOf(*reach.resources()[i]), i);
  }

  std::vector<Candidate> Run() {
    for (uint32_t i = 0; i < reach_.resources().size(); ++i) {
      const Message& resource = *reach_.resources()[i];
      for (const FactWords& question : AllFactWords()) {
        const bool asked = question.of_import && resource.GetDescriptor()->name() == question.kind;
        if (asked && IsUnknown(resource, question.field)) Add(question, i);
      }
    }
    return std::move(candidates_);
  }

 private:
  void Add(const FactWords& question, uint32_t i) {
    const Message& resource = *reach_.resources()[i];
    const auto* const deployment = dynamic_cast<const Deployment*>(&resource);
    const auto* const model = dynamic_cast<const Model*>(&resource);
    if (model != nullptr && !model->version_of().empty()) return;  // its line has them
    if (deployment == nullptr || std::string(question.field) == "model") {
      candidates_.push_back({&question, &resource, {}, "", i});
    } else if (std::string(question.field) == "host" && !deployment->operator_().empty()) {
      AddOfOperator(*deployment, i);
    } else if (!deployment->api_base().empty()) {
      const auto gateway = deployment->labels().find("linchpin.dev/gateway");
      const std::string of = gateway == deployment->labels().end() ? "" : gateway->second;
      const std::string where = AuthorityOf(deployment->api_base());
      AddShared(question, i, Cat({of, " ", where}), where);
    } else {
      candidates_.push_back({&question, &resource, {}, "", i});
    }
  }

  // Where an operator's interface runs, only it can tell; of a cloud that is its own.
  void AddOfOperator(const Deployment& deployment, uint32_t i) {
    const auto found = numbers_.find(deployment.operator_());
    const auto* const vendor =
        found == numbers_.end() ? nullptr : dynamic_cast<const Vendor*>(reach_.resources()[found->second]);
    const bool bounded = std::any_of(deployment.bounds().begin(), deployment.bounds().end(),
                                     [](const auto& bound) { return bound.field() == "host.provider"; });
    if (vendor == nullptr || vendor->has_serves_from() || bounded) return;
    const auto& roles = vendor->roles();
    if (std::find(roles.begin(), roles.end(), Vendor::ROLE_HOST_PROVIDER) != roles.end()) return;
    const auto [at, fresh] = shared_.try_emplace("serves_from " + vendor->name(), candidates_.size());
    if (fresh)
      candidates_.push_back({FindFactWords("Vendor", "serves_from"), vendor, {}, "", reach_.AddThing()});
    reach_.Support(i, candidates_[at->second].number);
  }

  void AddShared(const FactWords& question, uint32_t i, const std::string& key, const std::string& where) {
    const auto [at, fresh] = shared_.try_emplace(Cat({question.field, " ", key}), candidates_.size());
    const Message& resource = *reach_.resources()[i];
    if (fresh) {
      candidates_.push_back({&question, &resource, {}, where, reach_.AddThing()});
    } else {
      candidates_[at->second].also.push_back(resource::NameOf(resource));
    }
    reach_.Support(i, candidates_[at->second].number);
  }

  Reach& reach_;
  std::map<std::string, uint32_t> numbers_;
  std::map<std::string, size_t> shared_;
  std::vector<Candidate> candidates_;
};

// What is asked after all that people can find out by themselves.
constexpr int kOfVendor = 2;
constexpr int kOfTier = 3;

// Which of the facts of one count to ask later.
int Lateness(const Candidate& candidate, const std::string& likely) {
  const std::string field = candidate.question->field;
  if (field == "tier") return kOfTier;
  const bool of_vendor =
      field == "serves_from" ||
      (field == "derivations" && FieldText(*candidate.resource, "weights") == "PROPRIETARY");
  if (of_vendor) return kOfVendor;
  return likely.empty() ? 0 : 1;
}

FactQuestion FactQuestionOf(const Candidate& candidate, size_t count, const char* of) {
  const FactWords& question = *candidate.question;
  FactQuestion ask;
  ask.name = resource::NameOf(*candidate.resource);
  ask.field = base::CamelCase(question.field);
  ask.what = question.what;
  ask.answer = question.answer;
  if (question.when_none != nullptr) ask.when_none = question.when_none;
  ask.likely = LikelyOf(*candidate.resource, question.field);
  ask.also = candidate.also;
  ask.where = candidate.where;
  ask.count = count;
  ask.of = of;
  ask.late = Lateness(candidate, ask.likely);
  return ask;
}

// All that is unknown and that something rests on, in the order of names and questions.
std::vector<FactQuestion> AllFactQuestions(const Standing& standing) {
  Reach reach(standing);
  const std::vector<Candidate> candidates = Finder(reach).Run();
  const char* of = "application";
  std::vector<size_t> counts = reach.CountFrom("Application");
  if (counts.empty()) {
    of = "route";
    counts = reach.CountFrom("Route");
  }
  if (counts.empty()) {
    of = "deployment";
    counts = reach.CountFrom("Deployment");
  }
  std::vector<FactQuestion> asks;
  for (const Candidate& candidate : candidates) {
    const size_t count = counts.empty() ? 0 : counts[candidate.number];
    if (count > 0) asks.push_back(FactQuestionOf(candidate, count, of));
  }
  return asks;
}

}  // namespace

void Standing::Add(const Message& resource) {
  by_name_.insert_or_assign(resource::NameOf(resource), &resource);
}

absl::Status Standing::ReadReferred(Client& client) {
  std::set<std::string> asked;
  std::vector<const Message*> fresh;
  for (const auto& [name, resource] : by_name_) fresh.push_back(resource);
  // Ends: each name is asked once.
  while (!fresh.empty()) {
    std::set<std::string> missing;
    for (const Message* resource : fresh) {
      for (std::string& name : SupportsOf(*resource)) {
        if (by_name_.count(name) == 0 && asked.insert(name).second) missing.insert(std::move(name));
      }
    }
    auto present = CurrentResources(client, {missing.begin(), missing.end()});
    if (!present.ok()) return present.status();
    fresh.clear();
    for (auto& [name, resource] : *present) {
      Add(*resource);
      fresh.push_back(resource.get());
      read_.push_back(std::move(resource));
    }
  }
  return absl::OkStatus();
}

void GroupByResource(FactQuestions& asks) {
  std::map<std::string, size_t> place;
  for (const FactQuestion& ask : asks.first) place.emplace(ask.name, place.size());
  std::stable_sort(asks.first.begin(), asks.first.end(), [&](const FactQuestion& a, const FactQuestion& b) {
    return place.at(a.name) < place.at(b.name);
  });
}

FactQuestions FindFactQuestions(const Standing& standing, size_t max) {
  FactQuestions asks;
  asks.first = AllFactQuestions(standing);
  asks.unknown = asks.first.size();
  std::stable_sort(asks.first.begin(), asks.first.end(), [](const FactQuestion& a, const FactQuestion& b) {
    const bool a_last = a.late >= kOfVendor, b_last = b.late >= kOfVendor;
    return std::make_tuple(a_last, b.count, a.late) < std::make_tuple(b_last, a.count, b.late);
  });
  if (asks.first.size() > max) asks.first.resize(max);
  GroupByResource(asks);
  return asks;
}

}  // namespace linchpin::cli
