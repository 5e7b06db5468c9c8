#include "services/cli/client/outcome.h"

#include "services/base/text.h"
#include "services/cli/print/table.h"
#include "services/resource/json/json_writer.h"

namespace linchpin::cli {

using base::Cat;

OutcomePrinter::OutcomePrinter(const Context& context)
    : context_(context), format_(context.Output("table")) {}

void OutcomePrinter::Add(const Outcome& outcome) {
  ++counts_[outcome.action];
  const std::string json = Cat({"{\"name\":", resource::JsonQuote(outcome.name),
                                ",\"action\":", resource::JsonQuote(outcome.action), "}"});
  if (format_ == "name") {
    context_.out << outcome.name << "\n";
  } else if (format_ == "jsonl") {
    context_.out << json << "\n";
  } else if (format_ == "json") {
    json_ += Cat({json_.empty() ? "" : ",\n", json});
  } else {
    const bool nothing = outcome.action == "unchanged" || outcome.action == "absent";
    context_.out << outcome.name << " "
                 << Painted(outcome.action, nothing ? Paint::kDim : Paint::kGreen, context_.colour) << "\n";
  }
}

void OutcomePrinter::Finish() {
  if (format_ == "json")
    context_.out << "{\"results\": [\n" << json_ << (json_.empty() ? "" : "\n") << "]}\n";
}

std::string OutcomePrinter::Summary() const {
  std::string out;
  for (const char* action : {"created", "updated", "unchanged", "deleted", "absent"}) {
    const auto count = counts_.find(action);
    if (count == counts_.end()) continue;
    out += Cat({out.empty() ? "" : ", ", std::to_string(count->second), " ", action});
  }
  return out.empty() ? "nothing to do" : out;
}

}  // namespace linchpin::cli
