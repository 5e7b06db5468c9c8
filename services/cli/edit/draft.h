// A document as somebody edits it: a file with remarks above the text.
#ifndef LINCHPIN_SERVICES_CLI_EDIT_DRAFT_H_
#define LINCHPIN_SERVICES_CLI_EDIT_DRAFT_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace linchpin::cli {

// Something wrong in the text.
struct Complaint {
  int line = 0;  // Of the text without remarks, from 1; 0: of the whole text.
  std::string message;
};

// The text of the file: `name` and what to do, then each complaint with the line at which it stands in this
// very file, all as comments; then `text`.
std::string WriteDraft(std::string_view name, const std::vector<Complaint>& complaints,
                       std::string_view text);

// The text without the comment lines at its beginning.
std::string_view TextOfDraft(std::string_view draft);

// Whether a text holds nothing but comments and blank lines.
bool IsBlank(std::string_view text);

// Complaints of a refusal by the server: fields that `PlaceOf` has turned into places of `file`
// (services/cli/client/refusal.h) become lines.
std::vector<Complaint> ComplaintsOf(const absl::Status& refusal, std::string_view file);

// A temporary file that only this user may read.
//
// Ownership: the file stays unless Remove is called, so that no text that somebody typed is lost.
class DraftFile {
 public:
  // Errors: FILE_NOT_WRITABLE.
  static absl::StatusOr<DraftFile> Create(std::string_view name);
  absl::Status Write(std::string_view text) const;
  absl::StatusOr<std::string> Read() const;
  void Remove() const;
  const std::string& path() const { return path_; }

 private:
  explicit DraftFile(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

// Runs `editor` (a command of the shell, with flags if need be) on the file and waits for its end.
// Errors: FAILED_PRECONDITION if it cannot be started or ends with another code than 0.
absl::Status RunEditor(const std::string& editor, const std::string& path);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_EDIT_DRAFT_H_
