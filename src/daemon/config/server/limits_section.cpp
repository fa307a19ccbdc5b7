#include "daemon/config/server/limits_section.h"

namespace stepd::daemon {
namespace {

void read_rate(Mapping& limits, const char* name, run::Rate& rate) {
  constexpr std::uint64_t kMost = 1'000'000;
  limits.section(name, [&](Mapping& mapping) {
    rate.bucket = mapping.number("bucket", 1, kMost, rate.bucket);
    rate.refill = mapping.number("refill", 1, kMost, rate.refill);
  });
}

void read_rates(Mapping& limits, run::ThrottleRates& rates) {
  read_rate(limits, "start_execution", rates.standard_starts.all);
  read_rate(limits, "start_execution_per_machine", rates.standard_starts.each);
  read_rate(limits, "start_express", rates.express_starts.all);
  read_rate(limits, "start_express_per_machine", rates.express_starts.each);
  read_rate(limits, "state_transitions", rates.transitions.all);
  read_rate(limits, "state_transitions_per_machine", rates.transitions.each);
}

}  // namespace

Limits read_limits(Mapping& root) {
  Limits limits;
  root.section("limits", [&](Mapping& mapping) {
    limits.image.max_pixels = mapping.number("image_pixels", 1, 2'000'000'000, limits.image.max_pixels);
    limits.image.max_side = static_cast<std::uint32_t>(mapping.number("image_side", 1, 65'535, limits.image.max_side));
    limits.image.max_bytes = mapping.bytes("image_bytes", limits.image.max_bytes);
    limits.image.max_frames =
        static_cast<std::uint32_t>(mapping.number("image_frames", 1, 100'000, limits.image.max_frames));
    limits.image.max_bands = static_cast<std::uint32_t>(mapping.number("image_bands", 1, 100, limits.image.max_bands));
    limits.image.max_outputs =
        static_cast<std::uint32_t>(mapping.number("image_outputs", 1, 1'000, limits.image.max_outputs));
    limits.object_bytes = mapping.bytes("object_bytes", limits.object_bytes);
    limits.connections = mapping.number("connections", 1, 100'000, limits.connections);
    limits.connections_per_client = mapping.number("connections_per_client", 1, 100'000, limits.connections_per_client);
    limits.waiting_tasks = mapping.number("waiting_tasks", 1, 10'000'000, limits.waiting_tasks);
    limits.express_time = std::chrono::duration_cast<std::chrono::seconds>(
        mapping.duration("express_time", std::chrono::seconds{1}, std::chrono::hours{24}, limits.express_time));
    limits.express_executions = mapping.number("express_executions", 1, 1'000'000, limits.express_executions);
    limits.express_bytes = mapping.bytes("express_bytes", limits.express_bytes);
    limits.execution_depth =
        static_cast<std::uint32_t>(mapping.number("execution_depth", 1, 1'000'000'000, limits.execution_depth));
    limits.event_depth = static_cast<std::uint32_t>(mapping.number("event_depth", 1, 1'000'000, limits.event_depth));
    read_rates(mapping, limits.rates);
  });
  return limits;
}

}  // namespace stepd::daemon
