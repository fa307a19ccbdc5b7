#include "daemon/config/server/limits_section.h"

namespace stepd::daemon {

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
    limits.waiting_tasks = mapping.number("waiting_tasks", 1, 10'000'000, limits.waiting_tasks);
    limits.express_time = std::chrono::duration_cast<std::chrono::seconds>(
        mapping.duration("express_time", std::chrono::seconds{1}, std::chrono::hours{24}, limits.express_time));
    limits.express_executions = mapping.number("express_executions", 1, 1'000'000, limits.express_executions);
    limits.express_bytes = mapping.bytes("express_bytes", limits.express_bytes);
  });
  return limits;
}

}  // namespace stepd::daemon
