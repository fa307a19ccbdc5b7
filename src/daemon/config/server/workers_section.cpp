#include "daemon/config/server/workers_section.h"

#include <algorithm>
#include <thread>

namespace stepd::daemon {

Workers read_workers(Mapping& root) {
  Workers workers;
  workers.tasks = std::max(1u, std::thread::hardware_concurrency());
  root.section("workers", [&](Mapping& mapping) {
    const auto threads = [&](const char* name, unsigned fallback) {
      return static_cast<unsigned>(mapping.number(name, 1, 256, fallback));
    };
    workers.tasks = threads("tasks", workers.tasks);
    workers.sockets = threads("sockets", workers.sockets);
    workers.disk = threads("disk", workers.disk);
    workers.shards = threads("shards", workers.shards);
    workers.drain =
        mapping.duration("drain", std::chrono::milliseconds{1}, std::chrono::milliseconds{3'600'000}, workers.drain);
  });
  return workers;
}

}  // namespace stepd::daemon
