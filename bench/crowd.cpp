// What many executions cost that do nothing: memory of each that waits, disk of each that has ended, and how long a
// process takes until it is ready after one that held them was killed.
//
//   bench_crowd [EXECUTIONS]    100,000 unless said otherwise
#include "durable.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <semaphore>
#include <string>

namespace stepd::bench {
namespace {

constexpr auto kOneDay = R"({"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":86400,"End":true}}})";
constexpr int kInFlight = 1024;

/// Of this process, in bytes.
double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double bytes_of(const std::filesystem::path& folder) {
  double total = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) total += static_cast<double>(entry.file_size());
  }
  return total;
}

/// Runs `work` in a process of its own, which is killed once it has returned.
void in_killed_process(const std::function<void()>& work) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    work();
    std::fflush(stdout);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
}

/// Starts so many, never more than kInFlight of them unanswered.
void start_waiting(run::Engine& engine, int executions) {
  std::promise<std::string> arn;
  engine.create_state_machine({"wait", kOneDay, "arn:aws:iam::123456789012:role/r"},
                              [&](auto answer) { arn.set_value(answer.value().arn); });
  const auto machine = arn.get_future().get();
  std::counting_semaphore<kInFlight> free(kInFlight);
  for (int i = 0; i < executions; ++i) {
    free.acquire();
    engine.start_execution({machine, std::nullopt, kFiveStatesInput, ""}, [&](const auto& answer) {
      answer.value();
      free.release();
    });
  }
  for (int i = 0; i < kInFlight; ++i) free.acquire();
}

void measure_waiting(int executions) {
  const ScratchFolder folder("bench-crowd");
  std::printf("%d that wait\n", executions);
  const auto each = [&](double bytes) { return bytes / executions; };
  in_killed_process([&] {
    DurableEngine durable(folder.path(), unreached_rates());
    const double before = resident_bytes();
    const Stopwatch watch;
    start_waiting(durable.engine(), executions);
    std::printf("  started per second %.0f, memory of each %.0f bytes, disk of each %.0f bytes\n",
                executions / watch.seconds(), each(resident_bytes() - before), each(bytes_of(folder.path())));
  });
  in_killed_process([&] {
    const double before = resident_bytes();
    const Stopwatch watch;
    DurableEngine durable(folder.path(), unreached_rates());
    std::printf("  after a kill: ready in %.2f s, memory of each %.0f bytes\n", watch.seconds(),
                each(resident_bytes() - before));
  });
}

void measure_ended(int executions) {
  const ScratchFolder folder("bench-crowd");
  std::printf("%d that have ended, five Pass states\n", executions);
  in_killed_process([&] {
    Clients clients("ended", executions);
    auto options = unreached_rates();
    options.listeners = {&clients};
    DurableEngine durable(folder.path(), std::move(options));
    const double before = resident_bytes();
    const double rate = clients.measure(durable.engine(), kFivePasses, 128);
    std::printf("  per second %.0f, memory of each %.0f bytes, disk of each %.0f bytes\n", rate,
                (resident_bytes() - before) / executions, bytes_of(folder.path()) / executions);
  });
  in_killed_process([&] {
    const Stopwatch watch;
    DurableEngine durable(folder.path(), unreached_rates());
    std::printf("  after a kill: ready in %.2f s\n", watch.seconds());
  });
}

}  // namespace
}  // namespace stepd::bench

int main(int count, char** arguments) {
  spdlog::set_level(spdlog::level::warn);
  const int executions = count > 1 ? std::atoi(arguments[1]) : 100'000;
  stepd::bench::measure_waiting(executions);
  stepd::bench::measure_ended(executions);
}
