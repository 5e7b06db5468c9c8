#include "services/inventory/importers/litellm/readings.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"

namespace linchpin::importers {
namespace {

using catalogue::ApiForm;
using Names = ApiForm::Names;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool Take(std::string& text, std::string_view begin) {
  if (text.substr(0, begin.size()) != begin) return false;
  text.erase(0, begin.size());
  return true;
}

// Cuts `end`, in any case, off the end of a text.
bool Drop(std::string& text, std::string_view end) {
  if (text.size() <= end.size()) return false;
  const std::string last = text.substr(text.size() - end.size());
  if (absl::AsciiStrToLower(last) != absl::AsciiStrToLower(std::string(end))) return false;
  text.resize(text.size() - end.size());
  return true;
}

template <size_t n>
bool DropAny(std::string& text, const std::string_view (&ends)[n]) {
  return std::any_of(std::begin(ends), std::end(ends), [&](std::string_view end) { return Drop(text, end); });
}

// Cuts `mark` and digits (and `unit`) off the end of a name; false if it does not end so.
bool DropNumbered(std::string& name, std::string_view mark, std::string_view unit = "") {
  std::string_view rest = name;
  if (rest.size() < unit.size() || rest.substr(rest.size() - unit.size()) != unit) return false;
  rest.remove_suffix(unit.size());
  const size_t digits = rest.find_last_not_of("0123456789");
  if (digits == std::string_view::npos || digits + 1 == rest.size() || digits + 1 < mark.size()) return false;
  const size_t begin = digits + 1 - mark.size();
  if (begin == 0 || rest.substr(begin, mark.size()) != mark) return false;
  name.resize(begin);
  return true;
}

bool EndsWithDate(const std::string& name, size_t digits_wanted) {
  const size_t digits = name.find_last_not_of("0123456789");
  return name.size() - (digits == std::string::npos ? 0 : digits + 1) == digits_wanted;
}

// "llama-3.1-8b" of "llama-v3.1-8b".
std::string WithoutV(std::string name) {
  const size_t at = name.find("-v");
  if (at != std::string::npos && at + 2 < name.size() && IsDigit(name[at + 2])) name.erase(at + 1, 1);
  return name;
}

// "llama-v3.1-8b" of "llama-v3p1-8b".
std::string WithPoints(std::string name) {
  for (size_t at = 1; at + 1 < name.size(); ++at) {
    if (name[at] == 'p' && IsDigit(name[at - 1]) && IsDigit(name[at + 1])) name[at] = '.';
  }
  return name;
}

// "claude-sonnet-4-20250514" of "claude-sonnet-4-20250514-v1:0": `:0` is a version of the API, and so is
// `-v1` after a date; another `-v1` may be the model's.
std::string WithoutApiVersion(std::string name) {
  DropNumbered(name, ":");
  std::string bare = name;
  return DropNumbered(bare, "-v") && EndsWithDate(bare, 8) ? bare : name;
}

std::string LastPart(const std::string& name) { return name.substr(name.rfind('/') + 1); }

// The last two parts of a path: a publisher and a repository, if it has them.
std::string LastTwoParts(const std::string& path) {
  const size_t last = path.rfind('/');
  if (last == std::string::npos || last == 0) return path;
  const size_t before = path.rfind('/', last - 1);
  return path.substr(before == std::string::npos ? 0 : before + 1);
}

// Where a mark like `Q4_K_M`, `IQ4_XS`, `UD-Q4_K_XL` begins with the separator before it; npos if the name
// has none.
size_t FindGgufMark(const std::string& name) {
  for (size_t at = name.size(); at-- > 1;) {
    const bool mark = name[at] == 'q' || name[at] == 'Q';
    if (!mark || at + 1 >= name.size() || !IsDigit(name[at + 1])) continue;
    size_t begin = name[at - 1] == 'i' || name[at - 1] == 'I' ? at - 1 : at;
    if (begin >= 3 && absl::AsciiStrToLower(name.substr(begin - 3, 3)) == "ud-") begin -= 3;
    if (begin > 0 && std::string_view("-_.:@").find(name[begin - 1]) != std::string_view::npos)
      return begin - 1;
  }
  return std::string::npos;
}

bool IsOfMakersOfCopies(const std::string& publisher) {
  constexpr std::string_view kPublishers[] = {
      "lmstudio-community", "bartowski",      "thebloke",    "unsloth",    "mlx-community", "quantfactory",
      "ggml-org",           "redhatai",       "neuralmagic", "nm-testing", "maziyarpanahi", "casperhansen",
      "mradermacher",       "hugging-quants", "solidrust",   "cortecs",    "deepinfra"};
  const std::string lower = absl::AsciiStrToLower(publisher);
  return std::find(std::begin(kPublishers), std::end(kPublishers), lower) != std::end(kPublishers);
}

// Adds readings of one name.
class Reader {
 public:
  Reader(const ApiForm* form, const std::string& name)
      : names_(form == nullptr ? Names::kModel : form->names), name_(name) {}

  std::vector<NameReading> Run() {
    Add(name_, 0.9);
    std::string bare = name_;
    constexpr std::string_view kMarks[] = {"-maas", ":free", ":nitro", ":floor", "@default", "@latest"};
    if (DropAny(bare, kMarks)) Add(bare, 0.9);
    AddOfForm();
    const bool is_file = name_[0] == '/' || name_.find(".gguf") != std::string::npos;
    if (is_file) AddOfPath(bare);
    AddCopies(is_file ? LastPart(bare) : bare, is_file ? 0.5 : 0.85);
    return std::move(readings_);
  }

 private:
  void Add(std::string name, double confidence, std::string note = "", bool open_only = false) {
    if (!name.empty()) readings_.push_back({std::move(name), confidence, std::move(note), open_only});
  }

  void AddOfForm() {
    std::string of_fireworks = name_;
    if (Take(of_fireworks, "accounts/fireworks/models/") || names_ == Names::kFireworks) {
      of_fireworks = WithPoints(of_fireworks);
      Add(of_fireworks, 0.9);
      Add(WithoutV(of_fireworks), 0.85);
    }
    if (names_ == Names::kBedrock) {
      const BedrockName id = SplitBedrock(name_);
      if (!id.vendor.empty()) Add(id.vendor + "." + id.name, 0.9);
      Add(WithoutApiVersion(id.name), 0.9);
    }
    // `deepseek-v3-2-251201`: the vendor's own id, with the day of the release.
    std::string undated = name_;
    if (EndsWithDate(name_, 6) && DropNumbered(undated, "-")) Add(undated, 0.85, "an id with a date", true);
  }

  void AddOfPath(std::string& path) {
    if (Drop(path, ".gguf")) return Add(LastPart(path), 0.5, "read from the name of a file");
    Add(LastTwoParts(path), 0.7, "read from a path");
    Add(LastPart(path), 0.6, "read from a path");
  }

  // Copies of open weights under a name of their own.
  void AddCopies(const std::string& name, double confidence) {
    std::string whole = name;
    Take(whole, "hf.co/");
    Take(whole, "huggingface.co/");
    const size_t slash = whole.find('/');
    const bool copied = slash != std::string::npos && IsOfMakersOfCopies(whole.substr(0, slash));
    if (copied) whole.erase(0, slash + 1);
    whole = WithoutQuantisation(whole);
    if (whole != name) {
      Add(whole, confidence, copied ? "a copy by a maker of copies" : "a quantised copy", /*open_only=*/true);
      if (std::string model = whole; Take(model, "Meta-") || Take(model, "meta-"))
        Add(model, confidence, "", true);
    }
    AddVariants(whole, std::min(confidence, 0.8));
  }

  // What services and tools append to the names of open weights, or put before them.
  void AddVariants(const std::string& name, double confidence) {
    std::string model = name;
    constexpr std::string_view kServed[] = {"-turbo",   "-lite", "-fast", "-reference", "-versatile",
                                            "-instant", "-free", "-mlx",  "-hf",        "-tee"};
    if (DropAny(model, kServed)) Add(model, confidence, "a service's own copy of the same weights", true);
    model = name;
    if (DropNumbered(model, "-") && !EndsWithDate(name, 8)) AddContext(name, model, confidence);
    model = name;
    if (Take(model, "text-embedding-")) Add(model, confidence, "as LM Studio spells it", true);
    if (std::string cloud = WithoutCloudTag(name); !cloud.empty()) Add(cloud, confidence, "", true);
  }

  // `llama3-8b-8192`: the length of the context.
  void AddContext(const std::string& name, const std::string& model, double confidence) {
    constexpr std::string_view kLengths[] = {"-2048",  "-4096",  "-8192",  "-16384",
                                             "-32768", "-65536", "-131072"};
    std::string bare = name;
    if (DropAny(bare, kLengths)) Add(model, confidence, "the number is the length of the context", true);
  }

  const Names names_;
  const std::string& name_;
  std::vector<NameReading> readings_;
};

}  // namespace

std::vector<NameReading> ReadingsOf(const ApiForm* form, const std::string& name) {
  return Reader(form, name).Run();
}

std::string WithoutQuantisation(const std::string& name) {
  std::string out = name;
  if (const size_t mark = FindGgufMark(out); mark != std::string::npos) out.resize(mark);
  // A name may have several: `-bnb-4bit`, `-Instruct-GGUF`.
  constexpr std::string_view kMarks[] = {"-gguf",  "-fp16",     "-fp8",  "-fp8-dynamic", "-fp8-kv", "-bf16",
                                         "-awq",   "-awq-int4", "-gptq", "-int4",        "-int8",   "-4bit",
                                         "-8bit",  "-6bit",     "-3bit", "-bnb",         "-w4a16",  "-w8a8",
                                         "-nvfp4", "-mxfp4",    "-mlx",  "-onnx",        "-exl2",   "-exl3",
                                         "-qat",   "-i1",       "-fp4",  "-dynamic",     "-unsloth"};
  while (DropAny(out, kMarks)) {
  }
  return out;
}

std::string WithoutCloudTag(std::string_view name) {
  std::string out(name);
  if (name.find(':') == std::string_view::npos) return {};
  return Drop(out, ":cloud") || Drop(out, "-cloud") ? out : std::string();
}

std::string WithoutDate(const std::string& name) {
  const size_t latest = name.rfind("-latest");
  if (latest != std::string::npos && latest + 7 == name.size()) return name.substr(0, latest);
  // The date is `-2024-08-06`, `-20250929` or `@20250929`, or `-0905`.
  for (const auto& [bytes, dashes] : {std::pair<size_t, int>(10, 2), {8, 0}, {4, 0}}) {
    if (name.size() < bytes + 2) continue;
    const size_t begin = name.size() - bytes;
    const std::string date = name.substr(begin);
    const bool is_date = date.find_first_not_of("0123456789-") == std::string::npos &&
                         std::count(date.begin(), date.end(), '-') == dashes &&
                         (dashes == 0 || (date[4] == '-' && date[7] == '-'));
    if (is_date && (name[begin - 1] == '-' || name[begin - 1] == '@')) return name.substr(0, begin - 1);
  }
  return {};
}

std::string WithoutEffort(const std::string& name) {
  std::string out = name;
  constexpr std::string_view kEfforts[] = {"-thinking", "-nothinking", "-minimal", "-low",
                                           "-medium",   "-high",       "-xhigh",   "-search"};
  return DropAny(out, kEfforts) ? out : std::string();
}

BedrockName SplitBedrock(const std::string& name) {
  BedrockName out;
  std::string id = name;
  for (const char* area : {"us-gov", "us", "eu", "apac", "global", "au", "jp", "ca"}) {
    if (!Take(id, std::string(area) + ".")) continue;
    out.area = area;
    break;
  }
  DropNumbered(id, ":", "k");
  const size_t dot = id.find('.');
  if (dot == std::string::npos || id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") != dot) {
    out = {"", "", id};
  } else {
    out.vendor = id.substr(0, dot);
    out.name = id.substr(dot + 1);
  }
  return out;
}

std::string UnlistedBedrockName(const std::string& name) {
  const BedrockName split = SplitBedrock(name);
  const std::string bare = WithoutApiVersion(split.name);
  return EndsWithDate(bare, 8) ? bare : split.name;
}

}  // namespace linchpin::importers
