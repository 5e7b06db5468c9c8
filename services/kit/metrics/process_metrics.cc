#include "services/kit/metrics/process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

#include "services/kit/metrics/metrics.h"

namespace linchpin::kit {
namespace {

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Fields of /proc/self/stat after the command, which may hold anything; index 0 is field 3 of proc(5).
std::vector<std::string> StatFields() {
  const std::string text = ReadFile("/proc/self/stat");
  const size_t end = text.rfind(')');
  if (end == std::string::npos) return {};
  std::istringstream stream(text.substr(end + 1));
  std::vector<std::string> fields;
  for (std::string field; stream >> field;) fields.push_back(std::move(field));
  return fields;
}

// When the machine was started, by its clocks: /proc/stat, which tells it, too, may be hidden.
double BootTime() {
  timespec now{};
  timespec since_boot{};
  clock_gettime(CLOCK_REALTIME, &now);
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  return static_cast<double>(now.tv_sec - since_boot.tv_sec) +
         static_cast<double>(now.tv_nsec - since_boot.tv_nsec) * 1e-9;
}

int OpenFds() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return -1;
  int count = -3;  // ".", ".." and the folder itself
  while (readdir(folder) != nullptr) ++count;
  closedir(folder);
  return count;
}

}  // namespace

void CollectProcess(GaugeSink& sink) {
  const auto fields = StatFields();
  const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (fields.size() > 21) {
    const auto number = [&](size_t proc_field) { return std::stod(fields[proc_field - 3]); };
    sink.Counter("process_cpu_seconds_total", "User and system processor time used.", {},
                 (number(14) + number(15)) / ticks);
    sink.Gauge("process_threads", "Threads.", {}, number(20));
    static const double boot = BootTime();
    sink.Gauge("process_start_time_seconds", "When the process started, since the epoch.", {},
               boot + number(22) / ticks);
    sink.Gauge("process_virtual_memory_bytes", "Virtual memory.", {}, number(23));
    sink.Gauge("process_resident_memory_bytes", "Resident memory.", {},
               number(24) * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  if (const int fds = OpenFds(); fds >= 0) sink.Gauge("process_open_fds", "Open file descriptors.", {}, fds);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    sink.Gauge("process_max_fds", "Limit of open file descriptors.", {}, static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace linchpin::kit
