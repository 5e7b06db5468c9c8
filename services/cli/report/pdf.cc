#include "services/cli/report/pdf.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/steady.h"
#include "services/base/text.h"

extern char** environ;

namespace linchpin::cli {
namespace {

using base::Cat;
namespace fs = std::filesystem;

constexpr absl::Duration kLookEvery = absl::Milliseconds(50);

absl::Status Failed(const std::string& what) {
  return base::Error(base::reason::FileNotWritable{.file = "the PDF"}, what);
}

// A folder that only this user may read, removed at the end.
class Scratch {
 public:
  Scratch() {
    std::error_code error;
    std::string name = (fs::temp_directory_path(error) / "linchpin-report-XXXXXX").string();
    if (!error && mkdtemp(name.data()) != nullptr) path_ = name;
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  bool ok() const { return !path_.empty(); }
  std::string operator/(const char* name) const { return Cat({path_, "/", name}); }

 private:
  std::string path_;
};

// Starts a program in a process group of its own, without input or output. 0: it could not be started.
pid_t Start(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  for (int descriptor : {0, 1, 2})
    posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  pid_t child = 0;
  const int failed = posix_spawn(&child, words[0].c_str(), &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed == 0 ? child : 0;
}

// Whether it ended by itself, and well, in time; else it and what it started are stopped.
bool Finishes(pid_t child, absl::Duration patience) {
  const base::SteadyTime deadline = base::SteadyNow() + patience;
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (base::SteadyNow() > deadline) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return false;
    }
    absl::SleepFor(kLookEvery);
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::vector<std::string> CommandOf(const std::string& browser, const Scratch& folder) {
  std::vector<std::string> words = {browser,
                                    "--headless",
                                    "--disable-gpu",
                                    "--disable-background-networking",
                                    "--disable-component-update",
                                    "--disable-extensions",
                                    "--disable-sync",
                                    "--no-first-run",
                                    "--no-pdf-header-footer",
                                    Cat({"--user-data-dir=", folder / "profile"}),
                                    Cat({"--print-to-pdf=", folder / "report.pdf"})};
  if (geteuid() == 0) words.emplace_back("--no-sandbox");  // It refuses to run as root with one.
  words.push_back(Cat({"file://", folder / "report.html"}));
  return words;
}

}  // namespace

std::optional<std::string> FindProgram(const std::vector<std::string>& names, const std::string& path) {
  for (const std::string& name : names) {
    std::istringstream folders(path);
    for (std::string folder; std::getline(folders, folder, ':');) {
      const std::string program = Cat({folder.empty() ? "." : folder, "/", name});
      if (access(program.c_str(), X_OK) == 0 && !fs::is_directory(program)) return program;
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::string> PrintToPdf(const std::string& page, const std::string& path,
                                       absl::Duration patience) {
  const auto browser =
      FindProgram({"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"}, path);
  if (!browser.has_value()) {
    return base::Error(
        base::reason::NoBrowser{},
        "PDF is printed by Chromium, and none is in PATH; install it, or write the page with `-o html` "
        "and print it with any browser");
  }
  const Scratch folder;
  if (!folder.ok()) return Failed("cannot create a folder for the PDF; check TMPDIR");
  std::ofstream(folder / "report.html", std::ios::binary) << page;
  const pid_t child = Start(CommandOf(*browser, folder));
  if (child == 0) return Failed(Cat({*browser, " cannot be started"}));
  const bool finished = Finishes(child, patience);
  std::ifstream file(folder / "report.pdf", std::ios::binary);
  std::ostringstream pdf;
  pdf << file.rdbuf();
  if (!finished || pdf.str().rfind("%PDF", 0) != 0)
    return Failed(
        Cat({*browser, " has not printed the page; write it with `-o html` and print it with any browser"}));
  return pdf.str();
}

}  // namespace linchpin::cli
