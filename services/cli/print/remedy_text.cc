#include "services/cli/print/remedy_text.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/score_text.h"
#include "services/resource/kinds.h"
#include "services/resource/merge.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using base::Cat;
using google::protobuf::Message;

constexpr int kConsumersShown = 3;
constexpr int kAtomsShown = 3;

std::string MoneyOf(double minor, const std::string& currency) {
  return Money(static_cast<int64_t>(minor + 0.5), currency);
}

// "12.3 -> 9.8", with what is not excluded where that moves otherwise.
std::string Fall(const risk::ScorePoints& before, const risk::ScorePoints& after) {
  std::string text = Cat({Points(before.likely()), " -> ", Points(after.likely())});
  const auto same = [](double a, double b) { return Points(a) == Points(b); };
  if (same(before.likely(), before.not_excluded()) && same(after.likely(), after.not_excluded())) return text;
  return Cat(
      {text, " (not excluded ", Points(before.not_excluded()), " -> ", Points(after.not_excluded()), ")"});
}

int64_t Days(const risk::RemedyResult& result) {
  int64_t days = 0;
  for (const risk::Remedy& remedy : result.remedies()) days += remedy.cost_days();
  return days;
}

std::string LossText(const risk::Remedy& remedy, const std::string& currency) {
  if (!remedy.has_loss_before()) return "";
  return Cat({"; expected loss of a year ", MoneyOf(remedy.loss_before().likely_minor(), currency), " -> ",
              MoneyOf(remedy.loss_after().likely_minor(), currency)});
}

std::string HelpsText(const risk::Remedy& remedy) {
  std::vector<std::string> whom;
  for (int i = 0; i < std::min(remedy.consumers_size(), kConsumersShown); ++i) {
    const risk::RemediedConsumer& one = remedy.consumers(i);
    whom.push_back(Cat({one.consumer(), " (", Fall(one.before(), one.after()), ")"}));
  }
  if (whom.empty()) return "";
  std::string text = Cat({"Moves ", base::JoinNames(whom, whom.size())});
  const int64_t more = remedy.consumer_count() - static_cast<int64_t>(whom.size());
  return more > 0 ? Cat({text, " and ", Grouped(more), " more"}) : text;
}

std::string AgainstText(const risk::Remedy& remedy) {
  std::vector<std::string> atoms;
  for (int i = 0; i < std::min(remedy.atoms_size(), kAtomsShown); ++i) {
    const double points = remedy.atoms(i).fall().likely();
    const double open = remedy.atoms(i).fall().not_excluded();
    atoms.push_back(Cat({remedy.atoms(i).atom(), " (", Points(points > 0 ? points : open), " less",
                         points > 0 ? "" : ", not excluded", ")"}));
  }
  return atoms.empty() ? "" : Cat({"Against the loss of ", base::JoinNames(atoms, atoms.size())});
}

// The parts of documents that remedies state, each resource once, as it is after the last of them.
class Stated {
 public:
  void Add(const risk::RemedyDocument& document) {
    const auto& resource = document.resource();
    const auto* field =
        resource.GetReflection()->GetOneofFieldDescriptor(resource, resource.GetDescriptor()->oneof_decl(0));
    if (field == nullptr) return;
    const Message& message = resource.GetReflection()->GetMessage(resource, field);
    One& one = by_name_[resource::NameOf(message)];
    one.message.reset(message.New());
    one.message->CopyFrom(message);
    if (document.changed().paths().empty()) one.whole = true;
    one.paths.insert(document.changed().paths().begin(), document.changed().paths().end());
  }

  std::string Write() const {
    std::vector<const One*> order;
    for (const auto& [name, one] : by_name_) order.push_back(&one);
    std::stable_sort(order.begin(), order.end(), [](const One* a, const One* b) {
      const auto position = [](const One* one) {
        return resource::FindKindOf(one->message->GetDescriptor())->position;
      };
      return position(a) < position(b);
    });
    std::string text;
    for (const One* one : order) text += Cat({"---\n", resource::WriteYamlDocument(*PartOf(*one))});
    return text;
  }

 private:
  struct One {
    std::unique_ptr<Message> message;
    bool whole = false;  // It is new.
    std::set<std::string> paths;
  };

  static std::unique_ptr<Message> PartOf(const One& one) {
    std::unique_ptr<Message> part(one.message->New());
    if (one.whole) {
      part->CopyFrom(*one.message);
      resource::ClearOutputOnly(*part);
      return part;
    }
    google::protobuf::FieldMask mask;
    for (const std::string& path : one.paths) mask.add_paths(path);
    const auto* name = part->GetDescriptor()->FindFieldByName("name");
    part->GetReflection()->SetString(part.get(), name, resource::NameOf(*one.message));
    // The mask names fields of the kind, since the service made it.
    (void)resource::Merge(*one.message, true, mask, *part);
    return part;
  }

  std::map<std::string, One> by_name_;
};

std::string Comment(const std::string& line) { return Cat({"# ", line, "\n"}); }

}  // namespace

std::string RemedyHeadline(const risk::RemedyResult& result, const std::vector<std::string>& consumers,
                           bool candidates) {
  std::string text = Cat({"Risk score ", Points(result.score_before().likely()), " of 100"});
  if (consumers.empty()) {
    text += Cat({", over ", Counted(result.basis().application_count(), "application", "applications"),
                 " by criticality"});
  } else {
    text += Cat({" of ", base::JoinNames(consumers, kConsumersShown)});
  }
  if (result.basis().application_count() == 0 && consumers.empty())
    return "No application is declared yet, so there is no score to lower: `linchpin risk score` says what "
           "to do.";
  if (candidates)
    return Cat({text, "; ",
                Counted(result.remedies_size(), "change that was tried", "changes that were tried"),
                ", each as if it were the only one"});
  if (result.remedies_size() == 0) {
    return result.end() == risk::REMEDY_END_BUDGET
               ? Cat({text, "; everything that would lower it costs more than the budget"})
               : Cat({text, "; nothing that the inventory holds would lower it"});
  }
  return Cat({text, ": ", Fall(result.score_before(), result.score_after()), " with ",
              result.remedies_size() == 1
                  ? "this change"
                  : Cat({"these ", std::to_string(result.remedies_size()), " changes"}),
              ", ", Counted(Days(result), "day", "days"), " of work"});
}

std::string RemedyLossLine(const risk::RemedyResult& result, bool candidates) {
  if (!result.has_loss_before()) {
    return "No loss has a price: set `continuity.lossPerHourMinor` of applications or business services to "
           "see what they buy in money.";
  }
  std::string text =
      Cat({"Expected loss of a year ", MoneyOf(result.loss_before().likely_minor(), result.currency())});
  if (!candidates && result.remedies_size() > 0)
    text += Cat({" -> ", MoneyOf(result.loss_after().likely_minor(), result.currency())});
  return Cat({text, ", as far as it is priced (", Grouped(result.priced_consumers()), " priced; ",
              Counted(result.trials(), "year", "years"), " drawn)"});
}

std::vector<std::string> RemedyLines(const risk::Remedy& remedy, const std::string& currency) {
  std::vector<std::string> lines;
  lines.push_back(Cat({"Score ", Fall(remedy.score_before(), remedy.score_after()), ", ",
                       Counted(remedy.cost_days(), "day", "days"), " of work", LossText(remedy, currency)}));
  for (const std::string& line : {HelpsText(remedy), AgainstText(remedy)}) {
    if (!line.empty()) lines.push_back(line);
  }
  if (remedy.still_shared_size() > 0) {
    const std::vector<std::string> keys(remedy.still_shared().begin(), remedy.still_shared().end());
    lines.push_back(Cat({"Does not help against the loss of ", base::JoinNames(keys, keys.size())}));
  }
  for (const std::string& assumption : remedy.assumptions()) lines.push_back(Cat({"If ", assumption}));
  return lines;
}

std::string RemedyBasisLine(const risk::RemedyResult& result) {
  std::string text = Cat({Counted(result.candidate_count(), "change", "changes"), " tried on ",
                          Counted(result.dependency_count(), "dependency", "dependencies")});
  if (result.skipped_dependency_count() > 0)
    text += Cat({"; ", Grouped(result.skipped_dependency_count()), " of smaller stake were not looked at"});
  if (result.end() == risk::REMEDY_END_LIMIT) text += "; stopped at the most changes that are tried";
  return Cat({text, "; ", BasisText(result.basis()), "; ", SnapshotText(result.basis().inventory())});
}

std::string RemedyDocuments(const risk::RemedyResult& result) {
  std::string text;
  Stated stated;
  for (int i = 0; i < result.remedies_size(); ++i) {
    const risk::Remedy& remedy = result.remedies(i);
    text += Comment(Cat({std::to_string(i + 1), ". ", remedy.title()}));
    for (const std::string& line : RemedyLines(remedy, result.currency()))
      text += Comment(Cat({"   ", line}));
    for (const risk::RemedyDocument& document : remedy.documents()) stated.Add(document);
  }
  return text + stated.Write();
}

}  // namespace linchpin::cli
