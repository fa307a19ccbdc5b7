// GET frame: what every page's frame shows, and the names that the palette offers.
#include "api/console/endpoints/endpoint.h"

#include "engine/run/arn.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kMachinesInFrame = 200;

Response answer(const Request&, const ConsoleContext& context) {
  const auto& inventory = context.sources.inventory;
  std::uint64_t running = 0;
  for (const auto& tally : context.backend.reader.tally_executions()) {
    if (tally.status == storage::ExecutionStatus::Running) running += tally.executions;
  }
  Json machines = Json::array();
  for (const auto& machine : context.backend.reader.state_machines("", kMachinesInFrame))
    machines.push_back(machine.name);
  Json buckets = Json::array();
  for (const auto& bucket : context.backend.objects.buckets()) buckets.push_back(bucket);
  return console_answer({{"version", STEPD_VERSION},
                         {"region", inventory.region},
                         {"account", inventory.account},
                         {"paused", context.backend.paused},
                         {"running", running},
                         {"quarantined", context.backend.gateway.readings().quarantined},
                         {"machines", std::move(machines)},
                         {"buckets", std::move(buckets)}});
}

}  // namespace

extern const Endpoint console_frame;
const Endpoint console_frame{"GET", "frame", answer};

}  // namespace stepd::api
