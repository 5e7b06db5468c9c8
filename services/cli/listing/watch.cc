#include "services/cli/listing/watch.h"

#include <algorithm>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/base/text.h"
#include "services/cli/client/follow.h"
#include "services/cli/print/output.h"
#include "services/cli/print/table.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using base::Cat;
using google::protobuf::Message;

absl::Status CheckFlags(const Context& context, const resource::KindInfo& kind) {
  if (kind.area != resource::Area::kInventory) {
    return UsageError(Cat({"--watch follows what the inventory holds, and ", kind.collection,
                           " are not of it; for findings there is `linchpin finding watch`"}));
  }
  for (const char* flag : {"only", "parent", "sort-by", "limit", "page-token", "as-of"}) {
    if (context.arguments.Has(flag)) return UsageError(Cat({"--watch does not go with --", flag}));
  }
  const std::string format = context.Output("table");
  if (format == "json" || format == "csv")
    return UsageError("--watch answers as table, wide, name, jsonl or yaml");
  return absl::OkStatus();
}

// The resource that is set in the oneof.
const Message& MemberOf(const inventory::Resource& resource) {
  const auto& reflection = *resource.GetReflection();
  return reflection.GetMessage(
      resource, reflection.GetOneofFieldDescriptor(resource, resource.GetDescriptor()->oneof_decl(0)));
}

// Columns of a terminal, colours not counted.
size_t VisibleWidth(std::string_view cell) {
  std::string plain;
  for (size_t at = 0; at < cell.size(); ++at) {
    if (cell[at] == '\x1b') {
      at = std::min(cell.find('m', at), cell.size());
    } else {
      plain += cell[at];
    }
  }
  return WidthOf(plain);
}

// The cells of a line of a table, which stand two spaces or more apart.
std::vector<std::string_view> CellsOf(std::string_view line) {
  std::vector<std::string_view> cells;
  while (!line.empty()) {
    const size_t end = std::min(line.find("  "), line.size());
    cells.push_back(line.substr(0, end));
    line.remove_prefix(std::min(line.find_first_not_of(' ', end), line.size()));
  }
  return cells;
}

// Lines up the columns of tables that are printed one after the other.
class Columns {
 public:
  // `text` as a table has printed it, with columns at least as wide as before.
  std::string LineUp(const std::string& text) {
    std::vector<std::vector<std::string_view>> lines;
    for (std::string_view rest = text; !rest.empty();) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      lines.push_back(CellsOf(rest.substr(0, end)));
      Measure(lines.back());
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::string out;
    for (const auto& cells : lines) out += Line(cells);
    return out;
  }

 private:
  void Measure(const std::vector<std::string_view>& cells) {
    widths_.resize(std::max(widths_.size(), cells.size()), 0);
    for (size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], VisibleWidth(cells[i]));
  }
  std::string Line(const std::vector<std::string_view>& cells) const {
    std::string out;
    for (size_t i = 0; i < cells.size(); ++i) {
      out += cells[i];
      if (i + 1 < cells.size()) out += std::string(widths_[i] - VisibleWidth(cells[i]) + 2, ' ');
    }
    return out + "\n";
  }

  std::vector<size_t> widths_;
};

// Prints what comes, and knows what it has printed.
class Watcher {
 public:
  Watcher(Context& context, const resource::KindInfo& kind, const std::function<bool(const Message&)>& takes)
      : context_(context), kind_(kind), takes_(takes), format_(context.Output("table")) {}

  absl::Status Take(const inventory::WatchResponse& part) {
    for (const auto& change : part.changes()) {
      if (change.has_delete_()) {
        Forget(change.delete_());
        continue;
      }
      const Message& resource = MemberOf(change.upsert());
      if (!takes_(resource)) {
        Forget(resource::NameOf(resource));
        continue;
      }
      shown_.insert(resource::NameOf(resource));
      rows_.emplace_back(resource.New())->CopyFrom(resource);
    }
    // The snapshot is one table, and so is a revision.
    return part.end_of_revision() ? Print() : absl::OkStatus();
  }

 private:
  void Forget(const std::string& name) {
    const bool waiting =
        std::erase_if(rows_, [&](const auto& row) { return resource::NameOf(*row) == name; }) > 0;
    if (shown_.erase(name) == 0 || waiting) return;
    gone_.push_back(name);
  }

  absl::Status Print() {
    absl::Status status = PrintRows();
    for (const std::string& name : gone_) {
      if (format_ == "jsonl") {
        context_.out << "{\"deleted\": " << resource::JsonQuote(name) << "}\n";
      } else {
        context_.out << (format_ == "yaml" ? "# " : "") << name << (format_ == "yaml" ? " is" : "")
                     << " deleted\n";
      }
    }
    gone_.clear();
    context_.out << std::flush;
    return status;
  }

  // Heads stand above the first table only.
  absl::Status PrintRows() {
    if (rows_.empty()) return absl::OkStatus();
    const bool first = std::exchange(first_, false);
    Arguments arguments = context_.arguments;
    if (!first) arguments.flags.emplace_back("no-headers", "true");
    std::ostringstream text;
    Context inner{arguments,       context_.commands,     context_.in,           text,
                  context_.err,    context_.out_terminal, context_.err_terminal, context_.width,
                  context_.colour, context_.connect,      context_.now};
    ResourcePrinter printer(inner, kind_, format_);
    for (const auto& row : rows_) printer.Add(*row);
    rows_.clear();
    absl::Status status = printer.Finish();
    const bool table = format_ == "table" || format_ == "wide";
    context_.out << (format_ == "yaml" && !first ? "---\n" : "")
                 << (table ? columns_.LineUp(text.str()) : text.str());
    return status;
  }

  Context& context_;
  const resource::KindInfo& kind_;
  const std::function<bool(const Message&)>& takes_;
  const std::string format_;
  std::set<std::string> shown_;
  std::vector<std::unique_ptr<Message>> rows_;  // Of the revision that is coming in.
  std::vector<std::string> gone_;
  Columns columns_;
  bool first_ = true;  // Nothing has been printed.
};

}  // namespace

absl::StatusOr<int> WatchResources(Context& context, const resource::KindInfo& kind,
                                   const std::function<bool(const Message&)>& takes) {
  if (absl::Status status = CheckFlags(context, kind); !status.ok()) return status;
  absl::StatusOr<Client*> client = context.connect();
  if (!client.ok()) return client.status();
  inventory::WatchRequest request;
  request.add_kinds(kind.kind);
  inventory::WatchResponse part;
  Watcher watcher(context, kind, takes);
  absl::Status printed;
  const absl::Status status =
      Follow(**client, kInventory, "Watch", request, part, [&] { printed.Update(watcher.Take(part)); });
  if (!status.ok()) return status;
  if (!printed.ok()) return printed;
  return kOk;
}

}  // namespace linchpin::cli
