// What the benchmarks share: contenders that take turns in rounds on the same machine, so that their ratios
// hold when its speed drifts, and a closed loop that keeps calls in flight.
#ifndef LINCHPIN_TESTS_BENCHMARKS_CONTEST_H_
#define LINCHPIN_TESTS_BENCHMARKS_CONTEST_H_

#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace linchpin::benchmarks {

struct Contender {
  std::string name;
  // Does the work once and returns its rate, per second.
  std::function<double()> run;
  std::vector<double> rates = {};
  std::vector<double> cpu_seconds = {};  // Of each meter, over all rounds.
};

// Who uses processor: a name, and the seconds used so far.
struct Meter {
  const char* name;
  std::function<double()> cpu_seconds;
};
// This process.
Meter Client();

// Lets each contender run once in each round, in order, and reads the meters around it.
void RunRounds(std::vector<Contender>& contenders, int rounds, const std::vector<Meter>& meters);

// A line for each contender: the median of its rates, their range, and for each other contender in order the
// median over the rounds of the ratio to it.
void Print(const char* title, const std::vector<Contender>& contenders);

// Processor time by meter for each of `units` done in a round: says less about the machine's other work than
// a rate does.
void PrintCpu(const std::vector<Contender>& contenders, const std::vector<Meter>& meters, int units);

// Keeps `in_flight` calls under way until `count` have ended, and returns how many ended in a second. `start`
// begins one call of a slot (0 to in_flight - 1) and has `done` called when it has ended well; a call that
// fails must end the program. Latencies in milliseconds are added to `latencies_ms` unless that is null.
using StartCall = std::function<void(int slot, std::function<void()> done)>;
double ClosedLoop(int in_flight, int count, const StartCall& start, std::vector<double>* latencies_ms);

// Of at least one value; `share` 0 to 1.
double Percentile(std::vector<double> values, double share);
double Median(std::vector<double> values);

// User and system time of a process so far, with that of its threads; 0 if it is gone.
double CpuSeconds(pid_t pid);

// A benchmark has no use for an error but to say it and end.
template <typename T>
T OrDie(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  fprintf(stderr, "%s\n", result.status().ToString().c_str());
  exit(1);
}

}  // namespace linchpin::benchmarks

#endif  // LINCHPIN_TESTS_BENCHMARKS_CONTEST_H_
