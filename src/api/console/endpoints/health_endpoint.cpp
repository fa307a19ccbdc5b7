// GET health: lanes, quarantined executions, what waits for delivery, the disk, and the streams of open pages.
#include "api/console/endpoints/endpoint.h"

#include <nlohmann/json.hpp>
#include <system_error>

namespace stepd::api {
namespace {

constexpr std::size_t kQuarantinedShown = 100;
constexpr std::size_t kCauseBytes = 2'000;

Json lanes_of(const run::Readings& readings) {
  Json lanes = Json::array();
  for (const auto& lane : readings.lanes) {
    lanes.push_back({{"lane", std::string(lane.lane)},
                     {"slots", lane.slots},
                     {"running", lane.running},
                     {"waiting", lane.waiting},
                     {"waitingMax", lane.waiting_max},
                     {"oldestWait", lane.oldest_wait.count()}});
  }
  return lanes;
}

Response answer(const Request&, const ConsoleContext& context) {
  const auto& reader = context.backend.reader;
  Json quarantined = Json::array();
  for (const auto& one : reader.quarantined(storage::ExecutionId{0}, kQuarantinedShown)) {
    quarantined.push_back({{"arn", one.arn},
                           {"at", to_milliseconds(one.record.at)},
                           {"state", one.record.state},
                           {"cause", beginning(one.record.cause, kCauseBytes)}});
  }
  const auto readings = context.backend.gateway.readings();
  const auto outbox = reader.tally_outbox();
  std::error_code error;
  const auto space = std::filesystem::space(context.sources.inventory.data, error);
  Json body{{"version", STEPD_VERSION},
            {"paused", context.backend.paused},
            {"lanes", lanes_of(readings)},
            {"quarantined", std::move(quarantined)},
            {"quarantinedCount", readings.quarantined},
            {"outbox", {{"messages", outbox.messages}, {"bytes", outbox.bytes}, {"dropped", outbox.dropped}}},
            {"streams", context.sources.feed.streams()}};
  if (!error) body["disk"] = {{"free", space.available}, {"size", space.capacity}};
  return console_answer(body);
}

}  // namespace

extern const Endpoint console_health;
const Endpoint console_health{"GET", "health", answer};

}  // namespace stepd::api
