#include "engine/run/execution_log.h"

#include "base/payload.h"
#include "engine/core/history.h"

#include <nlohmann/json.hpp>

namespace stepd::run {
namespace {

/// The one member of a history event whose name ends so holds what is particular to its type.
Json details_of(Json& event, bool with_data) {
  constexpr std::string_view kSuffix = "EventDetails";
  for (auto& [name, value] : event.items()) {
    if (!std::string_view(name).ends_with(kSuffix)) continue;
    if (!with_data) value.erase("parameters");
    return std::move(value);
  }
  return Json::object();
}

std::string line_of(Json event, const core::Event& recorded, const core::Execution& execution, bool with_data) {
  Json line{{"id", std::to_string(recorded.history_id)}, {"type", std::move(event["type"])}};
  line["details"] = details_of(event, with_data);
  line["previous_event_id"] = std::to_string(recorded.previous_id);
  line["event_timestamp"] = std::to_string(recorded.at.time_since_epoch().count());
  line["execution_arn"] = execution.identity().arn;
  line["redrive_count"] = std::to_string(execution.redrive_count());
  return print_json(line);
}

}  // namespace

void ExecutionLog::committed(const HeardTurn& turn) {
  const auto& settings = turn.machine.logging;
  if (settings.level == LogLevel::Off) return;
  const auto data = settings.with_data ? core::Payloads::Included : core::Payloads::Left_out;
  // Most events are rendered to be left out, unless all are logged.
  const auto first = settings.level == LogLevel::All ? data : core::Payloads::Left_out;
  for (const auto& event : turn.events) {
    if (event.history_id == 0) continue;
    auto shown = core::history_of(event, first);
    if (!is_logged(settings.level, shown["type"].get_ref<const std::string&>())) continue;
    if (first != data) shown = core::history_of(event, data);
    groups_.append(settings.group, line_of(std::move(shown), event, turn.execution, settings.with_data));
  }
}

}  // namespace stepd::run
