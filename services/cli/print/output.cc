#include "services/cli/print/output.h"

#include <algorithm>
#include <map>
#include <set>

#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/base/text.h"
#include "services/cli/listing/list_columns.h"
#include "services/cli/print/current_resources.h"
#include "services/cli/print/knowledge_text.h"
#include "services/resource/json/json_writer.h"
#include "services/resource/scalars.h"
#include "services/resource/yaml/yaml_writer.h"

namespace linchpin::cli {
namespace {

using base::Cat;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string SingleText(const Message& m, const FieldDescriptor& f, int i) {
  const auto& r = *m.GetReflection();
  switch (f.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return i < 0 ? r.GetString(m, &f) : r.GetRepeatedString(m, &f, i);
    case FieldDescriptor::CPPTYPE_BOOL:
      return (i < 0 ? r.GetBool(m, &f) : r.GetRepeatedBool(m, &f, i)) ? "yes" : "no";
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(i < 0 ? r.GetInt32(m, &f) : r.GetRepeatedInt32(m, &f, i));
    case FieldDescriptor::CPPTYPE_INT64:
      return std::to_string(i < 0 ? r.GetInt64(m, &f) : r.GetRepeatedInt64(m, &f, i));
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value =
          f.enum_type()->FindValueByNumber(i < 0 ? r.GetEnumValue(m, &f) : r.GetRepeatedEnumValue(m, &f, i));
      return value == nullptr ? "?" : resource::EnumShortName(*value);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      const Message& child = i < 0 ? r.GetMessage(m, &f) : r.GetRepeatedMessage(m, &f, i);
      if (child.GetDescriptor() == google::protobuf::Duration::descriptor()) {
        return resource::FormatDuration(static_cast<const google::protobuf::Duration&>(child));
      }
      if (child.GetDescriptor() == google::protobuf::Timestamp::descriptor()) {
        return resource::FormatTime(static_cast<const google::protobuf::Timestamp&>(child));
      }
      return "";
    }
    default:
      return "";
  }
}

std::vector<const ListColumn*> ShownFields(const std::string& kind, const std::string& format) {
  std::vector<const ListColumn*> shown;
  for (const ListColumn& field : ListColumnsOf(kind)) {
    if (!field.wide || format == "wide" || format == "csv") shown.push_back(&field);
  }
  return shown;
}

// On a narrow terminal the last columns go first; the name stays whole, one column gives way.
Table MakeTable(const resource::KindInfo& kind, const std::vector<const ListColumn*>& fields,
                const std::string& format) {
  // The list, else what is said first of the name.
  size_t elastic = 1;
  for (size_t i = fields.size(); i-- > 1;) {
    const std::string path(fields[i]->path);
    const auto* descriptor = kind.descriptor->FindFieldByName(path.substr(0, path.find('.')));
    if (descriptor != nullptr && descriptor->is_repeated()) elastic = i;
  }
  std::vector<Table::Column> columns;
  for (size_t i = 0; i < fields.size(); ++i) {
    const ListColumn* field = fields[i];
    columns.push_back({field->head, false, i == elastic, i == elastic ? 0 : static_cast<int>(i)});
    if (field->from != nullptr && format == "csv") columns.push_back({Cat({field->head, " BY"})});
  }
  return Table(std::move(columns));
}

// A fact as it is shown. In CSV what it is derived from has a cell of its own.
void AddCells(const ListColumn& field, const Message& resource,
              const std::map<std::string, std::unique_ptr<Message>>& sources, const std::string& format,
              std::vector<Table::Cell>& row) {
  std::string text = FieldText(resource, field.path);
  const bool stated = !text.empty();
  if (!stated && field.from != nullptr) {
    const auto source = sources.find(FieldText(resource, field.from));
    if (source != sources.end()) text = FieldText(*source->second, field.derived);
  }
  const bool derived = !stated && !text.empty();
  if (derived && format != "csv") text += Cat({" (by ", field.from, ")"});
  // In CSV a cell holds a value or none; what is said beside it would be neither.
  const bool open = text.empty() && field.fact && format != "csv";
  if (open) text = KnowledgeText(resource, field.path);
  const char* const absent = IsKnownNone(resource, field.path) ? "none"
                             : field.fact                      ? "unknown"
                             : format == "csv"                 ? ""
                                                               : "-";
  const bool dim = text.empty() && !IsKnownNone(resource, field.path);
  row.emplace_back(text.empty() ? absent : text, dim ? Paint::kDim : Paint::kNone);
  if (field.from != nullptr && format == "csv") {
    row.emplace_back(derived ? field.from : stated ? "itself" : "");
  }
}

}  // namespace

void PrintAssumptions(Context& context, const google::protobuf::RepeatedPtrField<std::string>& sentences,
                      bool all) {
  if (sentences.empty()) return;
  const int shown = all ? sentences.size() : std::min(5, sentences.size());
  context.out << "\n"
              << Painted("Assumed, because the inventory does not say", Paint::kBold, context.colour) << "\n";
  for (int i = 0; i < shown; ++i) context.out << "  " << sentences.Get(i) << "\n";
  if (shown < sentences.size())
    context.out << "  ... " << sentences.size() - shown << " more; -o wide shows them\n";
}

std::string FieldText(const Message& message, std::string_view path) {
  const size_t point = path.find('.');
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(path.substr(0, point)));
  if (field == nullptr) return "";
  const auto& r = *message.GetReflection();
  std::string out;
  const int size = field->is_repeated()                                     ? r.FieldSize(message, field)
                   : (!field->has_presence() || r.HasField(message, field)) ? 1
                                                                            : 0;
  for (int i = 0; i < size; ++i) {
    const int at = field->is_repeated() ? i : -1;
    std::string text;
    if (point == std::string_view::npos) {
      text = SingleText(message, *field, at);
    } else {
      text = FieldText(at < 0 ? r.GetMessage(message, field) : r.GetRepeatedMessage(message, field, at),
                       path.substr(point + 1));
    }
    if (i > 0) out += ", ";
    out += text;
  }
  const bool unset_enum = field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM && !field->is_repeated() &&
                          r.GetEnumValue(message, field) == 0;
  return unset_enum ? "" : out;
}

bool IsKnownNone(const Message& resource, std::string_view path) {
  // What is hosted by oneself has no operator.
  if (path == "operator" && FieldText(resource, "hosting_mode") == "SELF_HOSTED") return true;
  const FieldDescriptor* list = resource.GetDescriptor()->FindFieldByName("known_none");
  if (list == nullptr) return false;
  const std::string field(path.substr(0, path.find('.')));
  for (int i = 0; i < resource.GetReflection()->FieldSize(resource, list); ++i) {
    if (resource.GetReflection()->GetRepeatedString(resource, list, i) == field) return true;
  }
  return false;
}

ResourcePrinter::ResourcePrinter(Context& context, const resource::KindInfo& kind, std::string format)
    : context_(context), kind_(kind), format_(std::move(format)) {}

void ResourcePrinter::Add(const Message& resource) {
  std::ostream& out = context_.out;
  if (format_ == "json") {
    out << (first_ ? Cat({"{\n\"", kind_.collection, "\": [\n"}) : ",\n") << resource::WriteJson(resource);
  } else if (format_ == "jsonl") {
    out << resource::WriteJson(resource, 0) << "\n";
  } else if (format_ == "yaml") {
    out << (first_ ? "" : "---\n") << resource::WriteYamlDocument(resource, true);
  } else if (format_ == "name") {
    out << resource::NameOf(resource) << "\n";
  } else {
    rows_.emplace_back(resource.New())->CopyFrom(resource);
  }
  first_ = false;
}

absl::Status ResourcePrinter::Finish(const std::string& next_page_token) {
  if (format_ == "json") {
    if (first_) context_.out << "{\n\"" << kind_.collection << "\": [";
    context_.out << "\n],\n\"nextPageToken\": " << resource::JsonQuote(next_page_token) << "\n}\n";
    return absl::OkStatus();
  }
  if (format_ != "table" && format_ != "wide" && format_ != "csv") return absl::OkStatus();
  auto sources = ReadSources();
  if (!sources.ok()) return sources.status();
  const std::vector<const ListColumn*> fields = ShownFields(kind_.kind, format_);
  Table table = MakeTable(kind_, fields, format_);
  for (const auto& resource : rows_) {
    std::vector<Table::Cell> row;
    for (const ListColumn* field : fields) AddCells(*field, *resource, *sources, format_, row);
    table.Add(std::move(row));
  }
  PrintTable(context_, table);
  return absl::OkStatus();
}

// What facts of the rows are derived from.
absl::StatusOr<ResourcePrinter::Sources> ResourcePrinter::ReadSources() {
  std::set<std::string> names;
  for (const ListColumn& field : ListColumnsOf(kind_.kind)) {
    if (field.from == nullptr) continue;
    for (const auto& resource : rows_) {
      const std::string from = FieldText(*resource, field.from);
      if (!from.empty() && FieldText(*resource, field.path).empty()) names.insert(from);
    }
  }
  if (names.empty()) return Sources();
  absl::StatusOr<Client*> client = context_.connect();
  if (!client.ok()) return client.status();
  return CurrentResources(**client, {names.begin(), names.end()});
}

void DocumentPrinter::Add(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (list_) {
    out_ << (first_ ? "[\n" : ",\n") << text;
  } else {
    out_ << (first_ || format_ != "yaml" ? "" : "---\n") << text << "\n";
  }
  first_ = false;
}

void DocumentPrinter::Finish() {
  if (list_) out_ << (first_ ? "[" : "\n") << "]\n";
}

absl::StatusOr<int64_t> ListLimit(const Context& context, int64_t of_table) {
  if (context.arguments.Has("limit")) return context.arguments.Number("limit");
  const std::string format = context.Output("table");
  return format == "table" || format == "wide" ? of_table : 0;
}

Flag LimitFlag(int64_t of_table) {
  return {"limit",
          0,
          "N",
          Cat({"At most N; 0: all. Absent: ", std::to_string(of_table), " in tables, all in other forms."}),
          "",
          {}};
}

Flag PageTokenFlag() {
  return {"page-token", 0,
          "TOKEN",      "Go on where an answer with --limit ended: the `nextPageToken` of its JSON.",
          "",           {}};
}

absl::Status PrintResources(Context& context, const std::vector<std::unique_ptr<Message>>& resources) {
  const std::string format = context.Output("yaml");
  if (format == "json" || format == "jsonl" || format == "yaml") {
    DocumentPrinter printer(context.out, format, resources.size() > 1);
    for (const auto& resource : resources)
      printer.Add(format == "yaml" ? resource::WriteYamlDocument(*resource, true)
                                   : resource::WriteJson(*resource, format == "json" ? 2 : 0));
    printer.Finish();
    return absl::OkStatus();
  }
  // One table for each kind.
  std::vector<std::pair<const resource::KindInfo*, std::vector<const Message*>>> kinds;
  for (const auto& resource : resources) {
    const resource::KindInfo* kind = resource::FindKindOf(resource->GetDescriptor());
    auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.first == kind; });
    if (found == kinds.end()) found = kinds.insert(kinds.end(), {kind, {}});
    found->second.push_back(resource.get());
  }
  if (format == "csv" && kinds.size() > 1)
    return UsageError("in CSV only resources of one kind have one head");
  for (const auto& [kind, members] : kinds) {
    if (kind != kinds.front().first && format != "name") context.out << "\n";
    ResourcePrinter printer(context, *kind, format);
    for (const Message* resource : members) printer.Add(*resource);
    if (absl::Status status = printer.Finish(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

bool PrintMessage(Context& context, const Message& message) {
  const std::string format = context.Output("table");
  if (format == "json" || format == "jsonl") {
    context.out << resource::WriteJson(message, format == "json" ? 2 : 0) << "\n";
  } else if (format == "yaml") {
    context.out << resource::WriteYaml(message);
  } else {
    return false;
  }
  return true;
}

void PrintTable(Context& context, const Table& table, size_t indent) {
  const bool headers = !context.arguments.Has("no-headers");
  const std::string format = context.Output("table");
  if (format == "csv") return table.PrintCsv(context.out, headers);
  const bool cut = context.out_terminal && format != "wide";
  table.Print(context.out, headers, context.colour, cut ? static_cast<size_t>(context.width) : 0, indent);
}

}  // namespace linchpin::cli
