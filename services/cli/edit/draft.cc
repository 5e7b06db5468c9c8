#include "services/cli/edit/draft.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/flags/arguments.h"

namespace linchpin::cli {
namespace {

using base::Cat;
namespace fs = std::filesystem;

constexpr int kNotFoundByShell = 127;

absl::Status CannotWrite(const std::string& path) {
  return base::Error(base::reason::FileNotWritable{.file = path}, Cat({path, ": cannot be written"}));
}

// One line, so that it stays a comment.
std::string OneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

// 9 of "FILE:9:3"; 0 if it is no place in the file.
int LineOf(std::string_view place, std::string_view file) {
  if (place.size() <= file.size() + 1 || place.substr(0, file.size()) != file || place[file.size()] != ':')
    return 0;
  int line = 0;
  std::from_chars(place.data() + file.size() + 1, place.data() + place.size(), line);
  return line;
}

// In single quotes for the shell.
std::string Quoted(const std::string& word) {
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

std::string WriteDraft(std::string_view name, const std::vector<Complaint>& complaints,
                       std::string_view text) {
  std::string draft = Cat({"# ", name,
                           ": save and close to write it. Change nothing, or leave nothing, to cancel.\n"
                           "# These lines are left out.\n"});
  if (complaints.empty()) return Cat({draft, text});
  draft += "#\n# It was not written:\n";
  const int above = 4 + static_cast<int>(complaints.size());
  for (const Complaint& complaint : complaints) {
    const std::string line =
        complaint.line > 0 ? Cat({"line ", std::to_string(above + complaint.line), ": "}) : "";
    draft += Cat({"# * ", line, OneLine(complaint.message), "\n"});
  }
  return Cat({draft, text});
}

std::string_view TextOfDraft(std::string_view draft) {
  while (!draft.empty() && draft.front() == '#') {
    const size_t end = draft.find('\n');
    draft.remove_prefix(end == std::string_view::npos ? draft.size() : end + 1);
  }
  return draft;
}

bool IsBlank(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const size_t first = text.substr(0, end).find_first_not_of(" \t\r");
    if (first != std::string_view::npos && text[first] != '#') return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

std::vector<Complaint> ComplaintsOf(const absl::Status& refusal, std::string_view file) {
  std::vector<Complaint> complaints;
  const auto details = base::DetailsOf(refusal);
  if (details && !details->violations.empty()) {
    for (const auto& violation : details->violations)
      complaints.push_back({LineOf(violation.field, file), violation.description});
  }
  // A reference that points at nothing is a violation that names only the place.
  const std::string message(refusal.message());
  const bool said = std::any_of(complaints.begin(), complaints.end(), [&](const Complaint& complaint) {
    return message.find(complaint.message) != std::string::npos &&
           complaint.message.find(' ') != std::string::npos;
  });
  if (complaints.size() == 1 && !said) {
    complaints[0].message = message;
  } else if (complaints.empty()) {
    complaints.push_back({0, message});
  }
  return complaints;
}

absl::StatusOr<DraftFile> DraftFile::Create(std::string_view name) {
  std::error_code error;
  std::string id(name);
  std::replace(id.begin(), id.end(), '/', '-');
  std::string path = (fs::temp_directory_path(error) / Cat({"linchpin-", id, "-XXXXXX.yaml"})).string();
  constexpr int kSuffixBytes = 5;
  const int file = error ? -1 : mkstemps(path.data(), kSuffixBytes);
  if (file < 0) return CannotWrite(path);
  close(file);
  return DraftFile(std::move(path));
}

absl::Status DraftFile::Write(std::string_view text) const {
  std::ofstream file(path_, std::ios::binary | std::ios::trunc);
  file << text;
  return file.flush() ? absl::OkStatus() : CannotWrite(path_);
}

absl::StatusOr<std::string> DraftFile::Read() const {
  std::ifstream file(path_, std::ios::binary);
  if (!file) return base::Error(base::reason::FileNotFound{.file = path_}, Cat({path_, ": is gone"}));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void DraftFile::Remove() const {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

absl::Status RunEditor(const std::string& editor, const std::string& path) {
  const int ended = std::system(Cat({editor, " ", Quoted(path)}).c_str());
  if (ended == 0) return absl::OkStatus();
  const int code = ended != -1 && WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
  return UsageError(code == kNotFoundByShell || ended == -1
                        ? Cat({"the editor `", editor, "` cannot be started; set EDITOR to one that can"})
                        : Cat({"the editor `", editor, "` has failed; nothing was written"}));
}

}  // namespace linchpin::cli
