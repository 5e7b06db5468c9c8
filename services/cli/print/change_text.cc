#include "services/cli/print/change_text.h"

#include "absl/time/time.h"
#include "services/base/text.h"
#include "services/cli/print/figures.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {
namespace {

namespace v1 = inventory::v1;
using base::Cat;

constexpr size_t kValueWidth = 160;

struct Mark {
  const char* sign;
  Paint paint;
};

Mark MarkOf(v1::ChangeAction action) {
  switch (action) {
    case v1::CHANGE_ACTION_CREATED:
      return {"+", Paint::kGreen};
    case v1::CHANGE_ACTION_DELETED:
      return {"-", Paint::kRed};
    default:
      return {"~", Paint::kYellow};
  }
}

// Cut in the middle of nothing: whole characters, and a mark that there is more.
std::string Shortened(const std::string& text) {
  const std::string clean = Clean(text);
  if (clean.size() <= kValueWidth) return clean;
  size_t end = kValueWidth;
  while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xc0) == 0x80) --end;
  return clean.substr(0, end) + "…";
}

std::string ValueText(const v1::FieldChange& field) {
  if (!field.has_before()) return Cat({Shortened(field.after()), "  (was not set)"});
  if (!field.has_after()) return Cat({Shortened(field.before()), "  (removed)"});
  return Cat({Shortened(field.before()), " -> ", Shortened(field.after())});
}

}  // namespace

std::string ChangeTimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

std::string PointText(const v1::RevisionPoint& point) {
  return Cat({"revision ", std::to_string(point.revision()),
              point.has_time() ? Cat({" of ", ChangeTimeText(point.time())}) : ", the empty inventory"});
}

std::string CountsText(int created, int updated, int deleted) {
  std::string text;
  const auto add = [&](int count, const char* what) {
    if (count > 0) text += Cat({text.empty() ? "" : ", ", Grouped(count), " ", what});
  };
  add(created, "created");
  add(updated, "changed");
  add(deleted, "deleted");
  return text.empty() ? "nothing" : text;
}

void PrintChange(Context& context, const v1::ResourceChange& change, bool created_fields, size_t indent) {
  const Mark mark = MarkOf(change.action());
  const bool created = change.action() == v1::CHANGE_ACTION_CREATED;
  const bool counted = created && !created_fields && change.fields_size() > 0;
  context.out << std::string(indent, ' ')
              << Painted(Cat({mark.sign, " ", Clean(change.name())}), mark.paint, context.colour)
              << (counted ? Cat({"  ", Counted(change.fields_size(), "field", "fields")}) : "") << "\n";
  if (counted) return;
  for (const v1::FieldChange& field : change.fields()) {
    context.out << std::string(indent + 4, ' ') << Clean(field.path()) << ": "
                << (created ? Shortened(field.after()) : ValueText(field)) << "\n";
  }
}

}  // namespace linchpin::cli
