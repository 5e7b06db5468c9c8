#include "tests/support/linchpind_process.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>

#include "absl/time/clock.h"

extern char** environ;

namespace linchpin::testing_support {
namespace {

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

bool Has(const std::vector<std::string>& arguments, const std::string& flag) {
  return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& argument) {
    return argument == flag || argument.starts_with(flag + "=");
  });
}

// The command line, with what tests want where it says nothing. Words before the flags stay in front.
std::vector<std::string> CommandLine(std::vector<std::string> arguments) {
  if (arguments.empty() || arguments.front().starts_with("--")) {
    for (const char* flag : {"--listen", "--health-listen", "--metrics-listen"}) {
      if (!Has(arguments, flag)) arguments.push_back(std::string(flag) + "=127.0.0.1:0");
    }
    if (!Has(arguments, "--drain-delay-seconds")) arguments.push_back("--drain-delay-seconds=0");
  }
  arguments.insert(arguments.begin(), std::string(LINCHPIN_BINARY_DIR) + "/bin/linchpind");
  return arguments;
}

int NumberAfter(const std::string& line, const std::string& key) {
  std::smatch match;
  return std::regex_search(line, match, std::regex("\"" + key + "\":(\\d+)")) ? std::stoi(match[1]) : 0;
}

}  // namespace

TempFolder::TempFolder() {
  std::string path = (std::filesystem::temp_directory_path() / "linchpin_XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) abort();
  path_ = path;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempFolder::Write(const std::string& name, const std::string& text) const {
  const std::string path = *this / name;
  std::ofstream(path + ".new", std::ios::binary) << text;
  std::filesystem::rename(path + ".new", path);
  return path;
}

std::unique_ptr<LinchpindProcess> LinchpindProcess::Launch(std::vector<std::string> arguments,
                                                           std::vector<std::string> environment) {
  std::vector<std::string> command = CommandLine(std::move(arguments));
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("LINCHPIN_")) environment.emplace_back(*entry);
  }
  // Made before the fork: the child may only call what is safe after one.
  const std::vector<char*> argv = Pointers(command);
  const std::vector<char*> envp = Pointers(environment);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) abort();
  auto process = std::unique_ptr<LinchpindProcess>(new LinchpindProcess);
  process->pid_ = fork();
  if (process->pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    dup2(ends[1], STDERR_FILENO);
    execve(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  close(ends[1]);
  process->log_fd_ = ends[0];
  process->reader_ = std::thread([self = process.get()] { self->ReadLog(); });
  return process;
}

absl::StatusOr<std::unique_ptr<LinchpindProcess>> LinchpindProcess::Start(
    std::vector<std::string> arguments, std::vector<std::string> environment) {
  auto process = Launch(std::move(arguments), std::move(environment));
  if (absl::Status status = process->WaitUntilReady(); !status.ok()) return status;
  return process;
}

LinchpindProcess::~LinchpindProcess() {
  if (!exit_code_) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  reader_.join();
  close(log_fd_);
}

void LinchpindProcess::ReadLog() {
  char buffer[4096];
  for (ssize_t count = 0; (count = read(log_fd_, buffer, sizeof(buffer))) > 0;) {
    std::lock_guard<std::mutex> lock(mutex_);
    log_.append(buffer, static_cast<size_t>(count));
    changed_.notify_all();
  }
  std::lock_guard<std::mutex> lock(mutex_);
  log_ended_ = true;
  changed_.notify_all();
}

bool LinchpindProcess::WaitForLog(const std::string& text, absl::Duration timeout) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto found = [&] { return log_.find(text) != std::string::npos; };
  changed_.wait_for(lock, absl::ToChronoMilliseconds(timeout), [&] { return found() || log_ended_; });
  return found();
}

absl::Status LinchpindProcess::WaitUntilReady() { return ReadPorts("ready"); }

absl::Status LinchpindProcess::WaitForProbes() { return ReadPorts("probes"); }

absl::Status LinchpindProcess::ReadPorts(const std::string& message) {
  const std::string mark = "\"msg\":\"" + message + "\"";
  if (!WaitForLog(mark)) return absl::UnavailableError("linchpind did not say " + message + ": " + log());
  const std::string text = log();
  const size_t start = text.find(mark);
  if (text.find('\n', start) == std::string::npos) return ReadPorts(message);
  const std::string line = text.substr(start, text.find('\n', start) - start);
  port_ = NumberAfter(line, "port");
  health_port_ = NumberAfter(line, "health_port");
  metrics_port_ = NumberAfter(line, "metrics_port");
  return absl::OkStatus();
}

void LinchpindProcess::Signal(int signal) { kill(pid_, signal); }

std::optional<int> LinchpindProcess::Wait(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!exit_code_) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (absl::Now() > deadline) {
      return std::nullopt;
    } else {
      absl::SleepFor(absl::Milliseconds(2));
    }
  }
  // Its last words are in the pipe.
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [this] { return log_ended_; });
  return exit_code_;
}

std::string LinchpindProcess::log() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return log_;
}

std::string Scrape(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  const std::string request = "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n";
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    char buffer[65536];
    for (ssize_t count = 0; (count = recv(fd, buffer, sizeof(buffer), 0)) > 0;) {
      answer.append(buffer, static_cast<size_t>(count));
    }
  }
  close(fd);
  const size_t body = answer.find("\r\n\r\n");
  return body == std::string::npos ? "" : answer.substr(body + 4);
}

}  // namespace linchpin::testing_support
