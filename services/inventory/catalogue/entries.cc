#include "services/inventory/catalogue/entries.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

using google::protobuf::Message;
using inventory::v1::Vendor;

constexpr std::string_view kHosted = "hosted_developers";

bool Lists(const Vendor& vendor, std::string_view developer) {
  return std::any_of(vendor.hosted_developers().begin(), vendor.hosted_developers().end(),
                     [&](const auto& hosted) { return hosted.developer() == developer; });
}

// What is needed, by name.
std::map<std::string, const Message*> Needed(const Catalogue& catalogue, std::vector<std::string> open) {
  std::map<std::string, const Message*> needed;
  while (!open.empty()) {
    const std::string next = std::move(open.back());
    open.pop_back();
    const Message* const entry = catalogue.Find(next);
    if (entry == nullptr || !needed.emplace(next, entry).second) continue;
    for (const resource::Reference& reference : resource::References(*entry)) {
      if (reference.field.compare(0, kHosted.size(), kHosted) != 0) open.push_back(reference.target);
    }
  }
  return needed;
}

}  // namespace

std::vector<std::unique_ptr<Message>> EntriesFor(const Catalogue& catalogue,
                                                 const std::vector<std::string>& names) {
  const std::map<std::string, const Message*> needed = Needed(catalogue, names);
  std::vector<std::unique_ptr<Message>> copies;
  for (const auto& [name, entry] : needed) {
    copies.emplace_back(entry->New());
    copies.back()->CopyFrom(*entry);
    auto* const vendor = dynamic_cast<Vendor*>(copies.back().get());
    if (vendor == nullptr) continue;
    auto* const hosted = vendor->mutable_hosted_developers();
    hosted->erase(std::remove_if(hosted->begin(), hosted->end(),
                                 [&](const auto& one) { return needed.count(one.developer()) == 0; }),
                  hosted->end());
  }
  return copies;
}

bool AddHostedDevelopers(const Message& entry, Message& present) {
  const auto* const from = dynamic_cast<const Vendor*>(&entry);
  auto* const to = dynamic_cast<Vendor*>(&present);
  if (from == nullptr || to == nullptr) return false;
  bool added = false;
  for (const Vendor::HostedDeveloper& hosted : from->hosted_developers()) {
    if (Lists(*to, hosted.developer())) continue;
    *to->add_hosted_developers() = hosted;
    added = true;
  }
  return added;
}

}  // namespace linchpin::catalogue
