#include "daemon/config/server/image_workers_section.h"

namespace stepd::daemon {

ImageWorkers read_image_workers(Mapping& root, unsigned tasks) {
  using std::chrono::milliseconds;
  // Less than this and an ordinary photograph fails.
  constexpr std::uint64_t kLeastMemory = 64ull * 1024 * 1024;
  ImageWorkers workers;
  auto& options = workers.options;
  options.count = tasks;
  root.section("image_workers", [&](Mapping& mapping) {
    options.count = static_cast<unsigned>(mapping.number("count", 1, 256, options.count));
    options.jobs = static_cast<std::uint32_t>(mapping.number("jobs", 1, 1'000'000, options.jobs));
    options.memory = mapping.bytes("memory", options.memory);
    options.keep = mapping.bytes("keep", options.keep);
    options.time = mapping.duration("time", milliseconds{100}, milliseconds{3'600'000}, options.time);
    workers.in_process = mapping.flag("in_process", false);
    if (options.memory < kLeastMemory) mapping.fault("memory", "memory: expected 64 MiB or more");
  });
  return workers;
}

}  // namespace stepd::daemon
