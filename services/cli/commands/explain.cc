// explain: what a kind or a field means.
#include "services/base/text.h"
#include "services/cli/client/api.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "services/cli/print/field_reference.h"
#include "services/resource/comments/comments.h"
#include "services/resource/kinds.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr size_t kWidth = 100;

// The first sentence.
std::string Gist(const std::string& comment) {
  const size_t end = comment.find(". ");
  return end == std::string::npos ? comment : comment.substr(0, end + 1);
}

void PrintKinds(Context& context) {
  for (const resource::KindInfo* kind : resource::Kinds()) {
    if (!IsStored(*kind)) continue;
    context.out << kind->kind << "\n    " << Gist(resource::CommentOf(*kind->descriptor)) << "\n";
  }
  context.Note("`linchpin explain KIND` shows its fields, `linchpin explain KIND.FIELD` one of them.");
}

absl::StatusOr<int> Explain(Context& context) {
  if (context.arguments.Has("all")) {
    context.out << FieldsPage();
    return kOk;
  }
  if (context.arguments.operands.empty()) {
    PrintKinds(context);
    return kOk;
  }
  const std::string& operand = context.arguments.operands[0];
  const size_t dot = operand.find('.');
  absl::StatusOr<const resource::KindInfo*> kind = KindOfWord(operand.substr(0, dot));
  if (!kind.ok()) return kind.status();
  const size_t width = context.out_terminal ? static_cast<size_t>(context.width) : kWidth;
  if (dot == std::string::npos) {
    PrintKind(**kind, width, context.out);
    return kOk;
  }
  const std::string path = operand.substr(dot + 1);
  const auto field = FieldAt(**kind, path);
  if (!field.ok()) return field.status();
  PrintField(**kind, path, **field, width, context.out);
  return kOk;
}

}  // namespace

std::vector<Command> FieldCommands() {
  return {
      {.path = "explain",
       .summary = "Show what a kind of resource or a field of it means.",
       .operands = "[KIND[.FIELD]]",
       .operands_max = 1,
       .flags = {{"all",
                  0,
                  "",
                  "Print every field of every kind in Markdown, as docs/reference/files.md has them.",
                  "",
                  {}}},
       .examples = {"linchpin explain", "linchpin explain vendor",
                    "linchpin explain dependency.alternatives.target"},
       .details = "Needs no server. Fields are named as in files; `linchpin risk explain` explains a score.",
       .run = Explain}};
}

}  // namespace linchpin::cli
