#include "tests/support/postgres_server.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include "absl/strings/str_cat.h"

namespace linchpin::testing_support {
namespace {

namespace fs = std::filesystem;

constexpr auto kStartLimit = std::chrono::seconds(60);

// The newest installed version's folder of programs; empty if there is none.
std::string ProgramFolder() {
  std::error_code error;
  std::string newest;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    newest = std::max(newest, entry.path().string() + "/bin");
  }
  return newest;
}

const passwd* Unprivileged() { return geteuid() == 0 ? getpwnam("postgres") : nullptr; }

// In the child, between fork and exec.
[[noreturn]] void BecomeServer(const std::vector<std::string>& arguments, const std::string& log, bool tied) {
  if (const passwd* user = Unprivileged()) {
    if (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0) _exit(126);
  }
  // After the change of user, which would clear it. SIGQUIT stops the server at once.
  if (tied) prctl(PR_SET_PDEATHSIG, SIGQUIT);
  setsid();
  int fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(fd, 1);
  dup2(fd, 2);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  setenv("LC_ALL", "C.UTF-8", 1);
  execv(argv[0], argv.data());
  _exit(127);
}

pid_t Spawn(const std::vector<std::string>& arguments, const std::string& log, bool tied) {
  pid_t pid = fork();
  if (pid == 0) BecomeServer(arguments, log, tied);
  return pid;
}

bool Succeeds(pid_t pid) {
  int status = 0;
  return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// The fields of /proc/PID/stat from the third on (state, parent ...); empty if there is no such process.
std::vector<std::string> StatOf(const fs::path& process) {
  std::ifstream stat(process / "stat");
  // A process that ends meanwhile is an error of the read, which getline keeps to itself.
  std::string text;
  std::getline(stat, text, '\0');
  // The second field is a name in parentheses that may hold anything.
  size_t end = text.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream rest(text.substr(end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

pid_t ParentOf(const fs::path& process) {
  std::vector<std::string> stat = StatOf(process);
  return stat.size() < 2 ? -1 : static_cast<pid_t>(strtol(stat[1].c_str(), nullptr, 10));
}

// User and system time; with that of children waited for, if wanted.
double CpuOf(pid_t pid, bool with_children) {
  std::vector<std::string> stat = StatOf(absl::StrCat("/proc/", pid));
  constexpr size_t kUserTime = 11;
  if (stat.size() < kUserTime + 4) return 0;
  double ticks = 0;
  for (size_t i = 0; i < (with_children ? 4 : 2); ++i) ticks += strtod(stat[kUserTime + i].c_str(), nullptr);
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (ParentOf(entry.path()) == parent)
      children.push_back(static_cast<pid_t>(strtol(name.c_str(), nullptr, 10)));
  }
  return children;
}

// Tries again while the server takes no session: one that has just ended many may refuse the next for a
// moment.
absl::StatusOr<PGconn*> Connect(const std::string& conninfo) {
  const auto limit = std::chrono::steady_clock::now() + kStartLimit;
  for (;;) {
    PGconn* connection = PQconnectdb(conninfo.c_str());
    if (PQstatus(connection) == CONNECTION_OK) return connection;
    // Kept now: a query on such a connection would only say that there is none.
    absl::Status status = absl::InternalError(PQerrorMessage(connection));
    PQfinish(connection);
    if (std::chrono::steady_clock::now() > limit) return status;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<PostgresServer>> PostgresServer::Start(std::vector<std::string> settings,
                                                                      int64_t disk_bytes) {
  // Short: the path of a unix socket has little room.
  char pattern[] = "/tmp/linchpin_pg_XXXXXX";
  if (mkdtemp(pattern) == nullptr) return absl::InternalError("no temporary folder");
  auto server = std::unique_ptr<PostgresServer>(new PostgresServer(pattern));
  if (disk_bytes > 0) {
    if (absl::Status status = server->MountDisk(disk_bytes); !status.ok()) return status;
  }
  if (const passwd* user = Unprivileged()) {
    if (chown(pattern, user->pw_uid, user->pw_gid) != 0) return absl::InternalError("chown failed");
  }
  if (absl::Status status = server->Initialise(settings); !status.ok()) return status;
  if (absl::Status status = server->StartAgain(); !status.ok()) return status;
  return server;
}

absl::Status PostgresServer::MountDisk(int64_t bytes) {
  // In a world of its own, so that nobody else sees it and the kernel takes it away with the test.
  if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      mount("tmpfs", folder_.c_str(), "tmpfs", 0, absl::StrCat("size=", bytes).c_str()) != 0) {
    return absl::UnimplementedError(absl::StrCat("no right to mount a disk: ", strerror(errno)));
  }
  mounted_ = true;
  return absl::OkStatus();
}

absl::Status PostgresServer::FillDisk() {
  if (!mounted_) return absl::FailedPreconditionError("the server has no disk of its own");
  std::ofstream file(folder_ + "/filler", std::ios::binary);
  const std::string block(4096, 'x');
  while (file.write(block.data(), static_cast<std::streamsize>(block.size())) && file.flush()) continue;
  return absl::OkStatus();
}

void PostgresServer::FreeDisk() {
  std::error_code error;
  fs::remove(folder_ + "/filler", error);
}

absl::Status PostgresServer::Initialise(const std::vector<std::string>& settings) {
  if (geteuid() == 0 && Unprivileged() == nullptr) return absl::FailedPreconditionError("no user postgres");
  const std::string programs = ProgramFolder();
  if (programs.empty())
    return absl::FailedPreconditionError("PostgreSQL is not installed (package postgresql-15)");
  // --no-sync: an empty cluster lost in a power cut is no loss; the server itself runs with fsync.
  pid_t initdb = Spawn({programs + "/initdb", "-D", folder_ + "/data", "-U", "linchpin", "-A", "trust", "-E",
                        "UTF8", "--locale=C.UTF-8", "--no-sync"},
                       folder_ + "/initdb.log", false);
  if (!Succeeds(initdb)) return absl::InternalError("initdb failed; see " + folder_ + "/initdb.log");
  std::ofstream conf(folder_ + "/data/postgresql.conf", std::ios::app);
  conf << "listen_addresses=''\nunix_socket_directories='" << folder_ << "'\nmax_connections=150\n"
       << "shared_buffers=256MB\nmax_wal_size=4GB\n";
  for (const std::string& line : settings) conf << line << "\n";
  return absl::OkStatus();
}

PostgresServer::~PostgresServer() {
  Resume();
  Stop();
  if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  std::error_code error;
  fs::remove_all(folder_, error);
}

absl::Status PostgresServer::StartAgain() {
  std::error_code error;
  // Left by Kill; no process of the folder lives any more.
  fs::remove(folder_ + "/data/postmaster.pid", error);
  pid_ = Spawn({ProgramFolder() + "/postgres", "-D", folder_ + "/data"}, folder_ + "/server.log", true);
  const auto limit = std::chrono::steady_clock::now() + kStartLimit;
  while (std::chrono::steady_clock::now() < limit) {
    if (PQping(ConnInfo(Address("postgres")).c_str()) == PQPING_OK) return absl::OkStatus();
    if (waitpid(pid_, nullptr, WNOHANG) == pid_) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return absl::InternalError("PostgreSQL did not start; see " + folder_ + "/server.log");
}

std::string PostgresServer::Address(const std::string& database) const {
  return absl::StrCat("postgresql:host=", folder_, " user=linchpin dbname=", database);
}

std::string PostgresServer::ConnInfo(const std::string& address) {
  return address.substr(address.find(':') + 1);
}

absl::StatusOr<std::string> PostgresServer::CreateDatabase() {
  std::string name = absl::StrCat("test", ++databases_);
  absl::Status status = Execute(Address("postgres"), "create database " + name);
  if (!status.ok()) return status;
  return Address(name);
}

absl::Status PostgresServer::Execute(const std::string& address, const std::string& sql) {
  absl::StatusOr<PGconn*> connection = Connect(ConnInfo(address));
  if (!connection.ok()) return connection.status();
  PGresult* result = PQexec(*connection, sql.c_str());
  ExecStatusType code = PQresultStatus(result);
  absl::Status status;
  if (code != PGRES_COMMAND_OK && code != PGRES_TUPLES_OK)
    status = absl::InternalError(PQerrorMessage(*connection));
  PQclear(result);
  PQfinish(*connection);
  return status;
}

void PostgresServer::SignalAll(int signal) {
  if (pid_ <= 0) return;
  // The parent first, so that it starts no new ones meanwhile.
  kill(pid_, signal);
  for (pid_t child : ChildrenOf(pid_)) kill(child, signal);
}

void PostgresServer::Kill() {
  if (pid_ <= 0) return;
  kill(pid_, SIGSTOP);
  std::vector<pid_t> children = ChildrenOf(pid_);
  for (pid_t child : children) kill(child, SIGKILL);
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  // The children are init's now; gone when their entry is.
  for (pid_t child : children) {
    const fs::path process = absl::StrCat("/proc/", child);
    for (auto stat = StatOf(process); !stat.empty() && stat[0] != "Z"; stat = StatOf(process)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  pid_ = -1;
}

void PostgresServer::Stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGINT);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PostgresServer::Pause() { SignalAll(SIGSTOP); }

void PostgresServer::Resume() { SignalAll(SIGCONT); }

double PostgresServer::CpuSeconds() const {
  if (pid_ <= 0) return 0;
  double seconds = CpuOf(pid_, true);
  for (pid_t child : ChildrenOf(pid_)) seconds += CpuOf(child, false);
  return seconds;
}

}  // namespace linchpin::testing_support
