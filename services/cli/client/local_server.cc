#include "services/cli/client/local_server.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/steady.h"
#include "services/base/text.h"

extern char** environ;

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr absl::Duration kStartTime = absl::Seconds(30);
constexpr size_t kLogMax = size_t{1} << 20;
constexpr const char* kArguments[] = {"--store=sqlite::memory:", "--listen=127.0.0.1:0",
                                      "--health-listen=127.0.0.1:0", "--metrics-listen=127.0.0.1:0",
                                      "--drain-delay-seconds=0"};

absl::StatusOr<std::string> FindProgram() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path program = self.parent_path() / "linchpind";
  if (!error && access(program.c_str(), X_OK) == 0) return program.string();
  return base::Error(
      base::reason::FileNotInstalled{.file = "linchpind"},
      Cat({"no program `linchpind` in ", self.parent_path().string(),
           ", the folder of `linchpin`; install it there, or check against a server by leaving "
           "out --offline"}));
}

// This process's environment without settings of ours.
std::vector<char*> PlainEnvironment() {
  std::vector<char*> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("LINCHPIN_")) entries.push_back(*entry);
  }
  entries.push_back(nullptr);
  return entries;
}

// Ends as the child, which may only call what is safe after a fork.
[[noreturn]] void Become(char* const* arguments, char* const* environment, int log, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(127);  // The parent has died before.
  dup2(log, STDERR_FILENO);
  const int nothing = open("/dev/null", O_RDWR);
  dup2(nothing, STDIN_FILENO);
  dup2(nothing, STDOUT_FILENO);
  execve(arguments[0], arguments, environment);
  _exit(127);
}

// The number that follows `"port":` in the line that says that it is ready; nothing before.
std::string ReadyPort(const std::string& log) {
  const size_t ready = log.find("\"msg\":\"ready\"");
  if (ready == std::string::npos || log.find('\n', ready) == std::string::npos) return "";
  constexpr std::string_view kPort = "\"port\":";
  const size_t at = log.find(kPort, ready);
  if (at == std::string::npos) return "";
  const size_t begin = at + kPort.size();
  return log.substr(begin, log.find_first_not_of("0123456789", begin) - begin);
}

std::string LastLine(const std::string& log) {
  const size_t end = log.find_last_not_of('\n');
  if (end == std::string::npos) return "it said nothing";
  const size_t begin = log.rfind('\n', end);
  return log.substr(begin == std::string::npos ? 0 : begin + 1,
                    end - (begin == std::string::npos ? -1 : begin));
}

absl::Status NotStarted(std::string_view why) {
  return base::Error(base::reason::ServerNotStarted{},
                     Cat({"the server for --offline did not start: ", why}));
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalServer>> LocalServer::Start() {
  absl::StatusOr<std::string> program = FindProgram();
  if (!program.ok()) return program.status();
  std::vector<std::string> words = {*program};
  words.insert(words.end(), std::begin(kArguments), std::end(kArguments));
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::vector<char*> environment = PlainEnvironment();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return NotStarted("cannot create a pipe");
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) Become(arguments.data(), environment.data(), ends[1], parent);
  close(ends[1]);
  if (pid < 0) {
    close(ends[0]);
    return NotStarted("cannot start a process");
  }
  std::unique_ptr<LocalServer> server(new LocalServer(pid, ends[0]));
  if (absl::Status status = server->WaitUntilReady(); !status.ok()) return status;
  return server;
}

LocalServer::~LocalServer() {
  // It holds nothing that would have to be put down in order.
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  close(log_);
}

absl::Status LocalServer::WaitUntilReady() {
  const base::SteadyTime deadline = base::SteadyNow() + kStartTime;
  std::string log;
  while (log.size() < kLogMax) {
    const absl::Duration left = deadline - base::SteadyNow();
    if (left <= absl::ZeroDuration()) return NotStarted("it was not ready within 30 seconds");
    pollfd wait{log_, POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(left)) + 1) <= 0) continue;
    char block[4096];
    const ssize_t count = read(log_, block, sizeof(block));
    if (count <= 0) break;
    log.append(block, static_cast<size_t>(count));
    const std::string port = ReadyPort(log);
    if (port.empty()) continue;
    endpoint_ = "127.0.0.1:" + port;
    return absl::OkStatus();
  }
  return NotStarted(LastLine(log));
}

}  // namespace linchpin::cli
