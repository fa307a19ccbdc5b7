// GET executions/{machine}/{name}/events?from&count: rows of the event table by number, from anywhere.
#include "api/console/endpoints/endpoint.h"

#include "engine/run/digest/event_rows.h"

#include <nlohmann/json.hpp>

namespace stepd::api {

Json describe_event(const run::EventRow& row);
Json describe_event(const run::EventRow& row) {
  return Json{{"number", row.number}, {"id", row.history_id}, {"at", to_milliseconds(row.at)},
              {"type", row.type},     {"state", row.state},   {"text", row.text}};
}

namespace {

constexpr std::size_t kCountStandard = 200;
constexpr std::size_t kCountMax = 500;

Response answer(const Request& request, const ConsoleContext& context) {
  auto found = find_execution(request, context);
  if (!found.record) return std::move(found.refusal);
  const auto digest = context.digests.find(found.record->id);
  const auto from = static_cast<core::EventNumber>(read_count(request, "from", 1, UINT32_MAX));
  Json list = Json::array();
  for (const auto& row : run::read_event_rows(context.backend.reader, found.record->id, *digest, from,
                                              read_count(request, "count", kCountStandard, kCountMax))) {
    list.push_back(describe_event(row));
  }
  return console_answer({{"events", std::move(list)}, {"all", digest->events}});
}

}  // namespace

extern const Endpoint console_events;
const Endpoint console_events{"GET", "executions/{machine}/{name}/events", answer};

}  // namespace stepd::api
