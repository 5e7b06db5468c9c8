#include "tests/benchmarks/contest.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace linchpin::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double OwnCpuSeconds() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) { return time.tv_sec + time.tv_usec / 1e6; };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double MedianRatio(const Contender& one, const Contender& other) {
  std::vector<double> ratios;
  for (size_t i = 0; i < one.rates.size(); ++i) ratios.push_back(one.rates[i] / other.rates[i]);
  return Median(ratios);
}

class Loop {
 public:
  Loop(int count, const StartCall& start, std::vector<double>* latencies_ms)
      : start_(start), latencies_ms_(latencies_ms), left_(count), open_(count) {}

  void Run(int in_flight) {
    for (int slot = 0; slot < in_flight; ++slot) Next(slot);
    std::unique_lock<std::mutex> lock(mutex_);
    ended_.wait(lock, [this] { return open_ == 0; });
  }

 private:
  void Next(int slot) {
    if (left_-- <= 0) return;
    const auto begun = Clock::now();
    start_(slot, [this, slot, begun] {
      const double latency = SecondsSince(begun) * 1000;
      Next(slot);
      std::lock_guard<std::mutex> lock(mutex_);
      if (latencies_ms_ != nullptr) latencies_ms_->push_back(latency);
      if (--open_ == 0) ended_.notify_all();
    });
  }

  const StartCall& start_;
  std::vector<double>* const latencies_ms_;
  std::atomic<int> left_;
  std::mutex mutex_;
  std::condition_variable ended_;
  int open_;
};

}  // namespace

Meter Client() { return {"client", OwnCpuSeconds}; }

void RunRounds(std::vector<Contender>& contenders, int rounds, const std::vector<Meter>& meters) {
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) {
      contender.cpu_seconds.resize(meters.size());
      for (size_t i = 0; i < meters.size(); ++i) contender.cpu_seconds[i] -= meters[i].cpu_seconds();
      contender.rates.push_back(contender.run());
      // A session of the database that has been closed uses processor a moment longer.
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      for (size_t i = 0; i < meters.size(); ++i) contender.cpu_seconds[i] += meters[i].cpu_seconds();
    }
  }
}

void Print(const char* title, const std::vector<Contender>& contenders) {
  printf("%s\n", title);
  for (const Contender& contender : contenders) {
    printf("  %-62s %9.0f/s  (%6.0f to %6.0f)", contender.name.c_str(), Median(contender.rates),
           *std::min_element(contender.rates.begin(), contender.rates.end()),
           *std::max_element(contender.rates.begin(), contender.rates.end()));
    for (const Contender& other : contenders) printf("  %6.3f", MedianRatio(contender, other));
    printf("\n");
  }
}

void PrintCpu(const std::vector<Contender>& contenders, const std::vector<Meter>& meters, int units) {
  printf("  us of processor for each:%39s", "");
  for (const Meter& meter : meters) printf("  %9s", meter.name);
  printf("\n");
  for (const Contender& contender : contenders) {
    const double all = units * static_cast<double>(contender.rates.size());
    printf("  %-62s", contender.name.c_str());
    for (const double seconds : contender.cpu_seconds) printf("  %9.1f", seconds / all * 1e6);
    printf("\n");
  }
}

double ClosedLoop(int in_flight, int count, const StartCall& start, std::vector<double>* latencies_ms) {
  const auto begun = Clock::now();
  Loop(count, start, latencies_ms).Run(in_flight);
  return count / SecondsSince(begun);
}

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

double Median(std::vector<double> values) { return Percentile(std::move(values), 0.5); }

double CpuSeconds(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::stringstream text;
  text << file.rdbuf();
  // The fields after the program's name, which may hold anything, in parentheses.
  std::istringstream fields(text.str().substr(text.str().rfind(')') + 1));
  std::string field;
  double ticks = 0;
  for (int i = 3; i <= 15 && fields >> field; ++i) {
    if (i >= 14) ticks += std::stod(field);
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace linchpin::benchmarks
