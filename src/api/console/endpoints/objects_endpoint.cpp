// GET executions/{machine}/{name}/objects: the objects that an execution has read and written, as they are now.
#include "api/console/endpoints/endpoint.h"

#include "base/payload.h"
#include "engine/run/digest/event_rows.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Response answer(const Request& request, const ConsoleContext& context) {
  auto found = find_execution(request, context);
  if (!found.record) return std::move(found.refusal);
  const auto digest = context.digests.find(found.record->id);
  const auto uses =
      run::find_object_uses(context.backend.reader, found.record->id, Payload::trusted(found.record->input), *digest,
                            context.backend.objects.buckets());
  Json objects = Json::array();
  for (const auto& use : uses.objects) {
    Json row{{"bucket", use.bucket}, {"key", use.key}, {"written", use.written}, {"state", use.state}};
    const auto stat = context.backend.objects.head({use.bucket, use.key});
    if (stat.has_value()) {
      row["size"] = stat->size_bytes;
      row["etag"] = stat->etag;
      row["type"] = stat->content_type;
      row["modified"] = to_milliseconds(stat->modified);
    }
    objects.push_back(std::move(row));
  }
  return console_answer({{"objects", std::move(objects)}, {"cut", uses.cut}});
}

}  // namespace

extern const Endpoint console_objects;
const Endpoint console_objects{"GET", "executions/{machine}/{name}/objects", answer};

}  // namespace stepd::api
