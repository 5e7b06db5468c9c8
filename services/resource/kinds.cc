#include "services/resource/kinds.h"

#include <algorithm>
#include <charconv>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/resource.pb.h"
#include "linchpin/common/v1/annotations.pb.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/risk_service.pb.h"
#include "services/base/error.h"
#include "services/base/text.h"

namespace linchpin::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using Segments = std::vector<std::string_view>;

constexpr size_t kFingerprintLength = 64;

Segments Split(std::string_view path) {
  Segments segments;
  for (absl::string_view part : absl::StrSplit(absl::string_view(path.data(), path.size()), '/')) {
    segments.emplace_back(part.data(), part.size());
  }
  return segments;
}

KindInfo Describe(Area area, const Message& prototype) {
  KindInfo info;
  info.descriptor = prototype.GetDescriptor();
  info.prototype = &prototype;
  info.area = area;
  info.kind = info.descriptor->name();
  info.singular = base::SnakeCase(info.kind);
  const auto& annotation = info.descriptor->options().GetExtension(google::api::resource);
  info.patterns.assign(annotation.pattern().begin(), annotation.pattern().end());
  const Segments segments = Split(info.patterns.front());
  info.collection = std::string(segments[segments.size() - 2]);
  info.nested = segments.size() > 2;
  const auto& options = info.descriptor->options();
  for (int i = 0; i < options.ExtensionSize(linchpin::common::v1::knowable_none); ++i) {
    info.knowable_none.push_back(options.GetExtension(linchpin::common::v1::knowable_none, i));
  }
  return info;
}

template <typename T>
const Message& Prototype() {
  return T::default_instance();
}

std::vector<KindInfo>* Number(std::vector<KindInfo>* table) {
  for (size_t i = 0; i < table->size(); ++i) (*table)[i].position = i;
  return table;
}

const std::vector<KindInfo>& Table() {
  namespace inventory = linchpin::inventory::v1;
  namespace policy = linchpin::policy::v1;
  namespace risk = linchpin::risk::v1;
  static const auto* const table = Number(new std::vector<KindInfo>{
      Describe(Area::kInventory, Prototype<inventory::Vendor>()),
      Describe(Area::kInventory, Prototype<inventory::Host>()),
      Describe(Area::kInventory, Prototype<inventory::Licence>()),
      Describe(Area::kInventory, Prototype<inventory::Model>()),
      Describe(Area::kInventory, Prototype<inventory::Deployment>()),
      Describe(Area::kInventory, Prototype<inventory::Route>()),
      Describe(Area::kInventory, Prototype<inventory::Application>()),
      Describe(Area::kInventory, Prototype<inventory::LegalEntity>()),
      Describe(Area::kInventory, Prototype<inventory::BusinessService>()),
      Describe(Area::kInventory, Prototype<inventory::Dependency>()),
      Describe(Area::kInventory, Prototype<inventory::Contract>()),
      Describe(Area::kPolicy, Prototype<policy::JurisdictionSet>()),
      Describe(Area::kPolicy, Prototype<policy::Policy>()),
      Describe(Area::kPolicy, Prototype<policy::Assignment>()),
      Describe(Area::kPolicy, Prototype<policy::Waiver>()),
      Describe(Area::kPolicy, Prototype<policy::Acknowledgement>()),
      Describe(Area::kPolicy, Prototype<policy::Finding>()),
      Describe(Area::kRisk, Prototype<risk::HazardTable>()),
      Describe(Area::kRisk, Prototype<risk::Scenario>()),
      Describe(Area::kRisk, Prototype<risk::ScoreRecord>()),
  });
  return *table;
}

bool IsFingerprint(std::string_view text) {
  return text.size() == kFingerprintLength && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

bool Fits(std::string_view pattern, std::string_view name) {
  // Names are short and patterns have at most four segments; walking both avoids a split for each name.
  while (true) {
    const size_t pattern_end = std::min(pattern.find('/'), pattern.size());
    const size_t name_end = std::min(name.find('/'), name.size());
    const std::string_view want = pattern.substr(0, pattern_end);
    const std::string_view have = name.substr(0, name_end);
    if (want == "{fingerprint}") {
      if (!IsFingerprint(have)) return false;
    } else if (!want.empty() && want.front() == '{') {
      if (!IsId(have)) return false;
    } else if (want != have) {
      return false;
    }
    const bool pattern_done = pattern_end == pattern.size(), name_done = name_end == name.size();
    if (pattern_done || name_done) return pattern_done && name_done;
    pattern.remove_prefix(pattern_end + 1);
    name.remove_prefix(name_end + 1);
  }
}

// "businessServices", "business-services" and "BUSINESS_SERVICE" compare alike.
std::string Bare(std::string_view word) {
  std::string bare;
  for (const char c : word) {
    if (c != '-' && c != '_') bare += absl::ascii_tolower(c);
  }
  return bare;
}

}  // namespace

std::unique_ptr<Message> KindInfo::New() const { return std::unique_ptr<Message>(prototype->New()); }

const std::vector<const KindInfo*>& Kinds() {
  static const auto* const kinds = [] {
    auto* all = new std::vector<const KindInfo*>;
    for (const KindInfo& info : Table()) all->push_back(&info);
    return all;
  }();
  return *kinds;
}

const KindInfo* FindKind(std::string_view kind) {
  for (const KindInfo* info : Kinds()) {
    if (info->kind == kind) return info;
  }
  return nullptr;
}

const KindInfo* FindKindOf(const Descriptor* descriptor) {
  for (const KindInfo* info : Kinds()) {
    if (info->descriptor == descriptor) return info;
  }
  return nullptr;
}

const KindInfo* FindKindByWord(std::string_view word) {
  const std::string bare = Bare(word);
  for (const KindInfo* info : Kinds()) {
    if (bare == Bare(info->kind) || bare == Bare(info->collection)) return info;
  }
  return nullptr;
}

const KindInfo* KindOfName(std::string_view name) {
  if (name.empty()) return nullptr;
  const bool nested = std::count(name.begin(), name.end(), '/') > 1;
  for (const KindInfo* info : Kinds()) {
    // Most kinds are told apart by this; what is left is compared in full.
    if (info->nested != nested) continue;
    for (const std::string& pattern : info->patterns) {
      if (pattern.front() == name.front() && Fits(pattern, name)) return info;
    }
  }
  return nullptr;
}

bool IsId(std::string_view id) {
  if (id.empty() || id.size() > 63 || !absl::ascii_islower(id.front()) || id.back() == '-') return false;
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-'; });
}

std::string_view ParentName(std::string_view name) {
  const size_t last = name.rfind('/');
  if (last == std::string_view::npos || last == 0) return {};
  const size_t collection = name.rfind('/', last - 1);
  return collection == std::string_view::npos ? std::string_view() : name.substr(0, collection);
}

std::string_view IdOf(std::string_view name) {
  const size_t last = name.rfind('/');
  return last == std::string_view::npos ? name : name.substr(last + 1);
}

absl::Status CheckName(const KindInfo& kind, std::string_view name, std::string_view field) {
  for (const std::string& pattern : kind.patterns) {
    if (Fits(pattern, name)) return absl::OkStatus();
  }
  std::string shapes = absl::StrCat("`", kind.patterns.front(), "`");
  for (size_t i = 1; i < kind.patterns.size(); ++i) absl::StrAppend(&shapes, " or `", kind.patterns[i], "`");
  return base::FieldError(field, absl::StrCat("must be a name of the form ", shapes,
                                              ", each id 1 to 63 lower-case letters, digits or hyphens"));
}

std::string EtagOf(int64_t revision) { return absl::StrCat("\"", revision, "\""); }

std::optional<int64_t> RevisionOfEtag(std::string_view etag) {
  if (etag.size() < 3 || etag.front() != '"' || etag.back() != '"') return std::nullopt;
  int64_t revision = 0;
  const char* const end = etag.data() + etag.size() - 1;
  const auto parsed = std::from_chars(etag.data() + 1, end, revision);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return revision;
}

}  // namespace linchpin::resource
