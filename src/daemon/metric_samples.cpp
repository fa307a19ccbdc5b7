#include "daemon/metric_samples.h"

#include <system_error>

namespace stepd::daemon {

std::vector<api::Sample> image_worker_samples(const tasks::workers::Tally& tally) {
  const auto number = [](auto count) { return static_cast<double>(count); };
  return {
      {"image_workers", "Processes that decode pictures.", api::SampleKind::Gauge, number(tally.alive)},
      {"image_workers_started_total", "Processes that were started.", api::SampleKind::Counter, number(tally.started)},
      {"image_workers_replaced_total", "Processes that had done enough.", api::SampleKind::Counter,
       number(tally.replaced)},
      {"image_workers_died_total", "Processes that crashed or were killed by the system.", api::SampleKind::Counter,
       number(tally.died)},
      {"image_workers_stopped_total", "Processes that were killed because of their picture's time.",
       api::SampleKind::Counter, number(tally.stopped)}};
}

std::vector<api::Sample> data_samples(const std::filesystem::path& data) {
  std::vector<api::Sample> samples;
  for (const char* name : {"stepd.db", "stepd.db-wal"}) {
    std::error_code error;
    const auto size = std::filesystem::file_size(data / name, error);
    if (error) continue;
    samples.push_back({"store_file_bytes",
                       "Sizes of the store's files.",
                       api::SampleKind::Gauge,
                       static_cast<double>(size),
                       {{"file", name}}});
  }
  std::error_code error;
  const auto space = std::filesystem::space(data, error);
  if (error) return samples;
  samples.push_back({"disk_free_bytes", "Room on the disk of the data directory.", api::SampleKind::Gauge,
                     static_cast<double>(space.available)});
  samples.push_back(
      {"disk_size_bytes", "Size of that disk.", api::SampleKind::Gauge, static_cast<double>(space.capacity)});
  return samples;
}

}  // namespace stepd::daemon
