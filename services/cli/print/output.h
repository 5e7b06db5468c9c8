// Resources and answers in the format asked for.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_OUTPUT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_OUTPUT_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "google/protobuf/message.h"
#include "services/cli/context.h"
#include "services/cli/print/table.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {

// Prints resources of one kind one after the other: a table, YAML documents, the JSON of a list answer, lines
// of JSON, names.
class ResourcePrinter {
 public:
  ResourcePrinter(Context& context, const resource::KindInfo& kind, std::string format);
  void Add(const google::protobuf::Message& resource);
  // Prints what waited for the end. `next_page_token` is that of the JSON of a list that was cut. In tables a
  // model's origin that is not stated is read from its developer: errors are those of that call.
  absl::Status Finish(const std::string& next_page_token = "");

 private:
  using Sources = std::map<std::string, std::unique_ptr<google::protobuf::Message>>;
  absl::StatusOr<Sources> ReadSources();

  Context& context_;
  const resource::KindInfo& kind_;
  const std::string format_;
  std::vector<std::unique_ptr<google::protobuf::Message>> rows_;  // of a table
  bool first_ = true;
};

// Writes texts of documents one after the other: YAML documents, lines of JSON, or in JSON one list; in JSON
// without `list` the document alone.
class DocumentPrinter {
 public:
  DocumentPrinter(std::ostream& out, std::string format, bool list)
      : out_(out), list_(list && format == "json"), format_(std::move(format)) {}
  void Add(std::string_view text);
  void Finish();

 private:
  std::ostream& out_;
  const bool list_;
  const std::string format_;
  bool first_ = true;
};

// How many to list: --limit, 0 meaning all. Absent: `of_table` where people read it, all where programs do.
absl::StatusOr<int64_t> ListLimit(const Context& context, int64_t of_table);
// The flags --limit and --page-token that go with it.
Flag LimitFlag(int64_t of_table);
Flag PageTokenFlag();

// Prints resources of any kinds: YAML unless another format is asked for; in JSON several are a list.
absl::Status PrintResources(Context& context,
                            const std::vector<std::unique_ptr<google::protobuf::Message>>& resources);

// Prints an answer that is no resource as JSON or YAML if that was asked for; false if a table is wanted.
bool PrintMessage(Context& context, const google::protobuf::Message& message);

// Prints a table as asked (table, wide, csv), `indent` spaces in.
void PrintTable(Context& context, const Table& table, size_t indent = 0);

// Prints what an answer took for absent values: a line each, the first five unless `all`; nothing if there is
// none.
void PrintAssumptions(Context& context, const google::protobuf::RepeatedPtrField<std::string>& sentences,
                      bool all);

// The field at `path` ("alternatives.target") as text: elements joined by ", "; "" if it is not set.
std::string FieldText(const google::protobuf::Message& message, std::string_view path);

// Whether the absence of that field is a fact: `known_none` names it, or it is the operator of what is
// self-hosted.
bool IsKnownNone(const google::protobuf::Message& resource, std::string_view path);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_OUTPUT_H_
