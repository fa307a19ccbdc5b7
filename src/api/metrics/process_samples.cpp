// Reads /proc/self (proc(5)). A number that cannot be read is left out.
#include "api/metrics/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace stepd::api {
namespace {

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

struct ProcessStat {
  double cpu_seconds = 0;
  double age_seconds = 0;
  double virtual_bytes = 0;
  double resident_bytes = 0;
  double threads = 0;
};

std::optional<ProcessStat> read_stat() {
  std::ifstream file("/proc/self/stat");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto name_end = text.rfind(')');
  double uptime = 0;
  if (name_end == std::string::npos || !(std::ifstream("/proc/uptime") >> uptime)) return std::nullopt;
  // Fields are numbered from 1, and the third is the first behind the name.
  std::istringstream rest(text.substr(name_end + 2));
  std::array<std::string, 25> fields;
  for (std::size_t number = 3; number < fields.size(); ++number) rest >> fields[number];
  if (!rest) return std::nullopt;
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  const auto number = [&](std::size_t field) { return std::strtod(fields[field].c_str(), nullptr); };
  return ProcessStat{(number(14) + number(15)) / ticks, uptime - number(22) / ticks, number(23),
                     number(24) * static_cast<double>(::sysconf(_SC_PAGESIZE)), number(20)};
}

std::optional<double> open_descriptors() {
  std::error_code error;
  std::filesystem::directory_iterator folder("/proc/self/fd", error);
  if (error) return std::nullopt;
  return static_cast<double>(std::distance(begin(folder), end(folder)) - 1);  // without the folder's own
}

}  // namespace

std::vector<Sample> process_samples() {
  std::vector<Sample> samples;
  if (const auto stat = read_stat()) {
    samples.push_back(
        {"process_cpu_seconds_total", "Processor time of the daemon.", SampleKind::Counter, stat->cpu_seconds});
    samples.push_back({"process_start_time_seconds", "When the daemon started, in seconds since 1970.",
                       SampleKind::Gauge, now_seconds() - stat->age_seconds});
    samples.push_back({"process_virtual_memory_bytes", "Address space.", SampleKind::Gauge, stat->virtual_bytes});
    samples.push_back({"process_resident_memory_bytes", "Resident memory.", SampleKind::Gauge, stat->resident_bytes});
    samples.push_back({"process_threads", "Threads.", SampleKind::Gauge, stat->threads});
  }
  if (const auto open = open_descriptors())
    samples.push_back({"process_open_fds", "Open file descriptors.", SampleKind::Gauge, *open});
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    samples.push_back(
        {"process_max_fds", "Limit of open file descriptors.", SampleKind::Gauge, static_cast<double>(limit.rlim_cur)});
  }
  return samples;
}

}  // namespace stepd::api
