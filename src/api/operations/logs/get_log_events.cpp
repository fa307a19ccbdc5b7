// GetLogEvents (CloudWatch Logs API reference): the newest page of a stream unless another is asked for. Both tokens
// are always there; at the end the same one comes again.
#include "api/aws/log_events.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

struct Page {
  std::vector<logs::LogEvent> events;
  std::optional<LogPosition> first_line;  ///< that was looked at: where it begins, or, backward, where it ends
};

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto stream = members.required_string("logStreamName", {1, 512});
  const auto limit = members.integer("limit", 1, logs::kEventsMax).value_or(logs::kEventsMax);
  const auto start = members.integer("startTime", 0, INT64_MAX).value_or(0);
  const auto end = members.integer("endTime", 0, INT64_MAX).value_or(INT64_MAX);
  const auto from_head = members.boolean("startFromHead").value_or(false);
  const auto token = members.string("nextToken", {1});
  const auto& doors = doors_of(backend);
  const auto group = logs::read_group(members, doors);
  if (!group.has_value()) return answered(group.error());
  auto direction = from_head ? LogDirection::Forward : LogDirection::Backward;
  std::optional<LogPosition> from;
  if (token) {
    const auto read = logs::read_token(*token, "fb");
    if (!read.has_value()) return answered(read.error());
    direction = read->first == 'f' ? LogDirection::Forward : LogDirection::Backward;
    from = read->second;
  }
  if (doors.log_writer != nullptr) doors.log_writer->settle();
  if (!token && !logs::has_stream(doors, *group, stream)) return answered(logs::no_such("log stream"));

  const bool ahead = direction == LogDirection::Forward;
  Page page;
  std::size_t bytes = 0;
  const auto place = doors.logs->read(*group, from, direction, logs::kScanBytes, [&](const LogLine& line) {
    if (!page.first_line) page.first_line = ahead ? line.at : line.after;
    auto event = logs::event_of(line.text);
    if (event.stream != stream || event.is_mark || event.timestamp < start || event.timestamp >= end) return true;
    bytes += event.message.size();
    page.events.push_back(std::move(event));
    return page.events.size() < static_cast<std::size_t>(limit) && bytes < logs::kPageBytes;
  });
  if (!place) return answered(logs::invalid_parameter("The specified nextToken is expired."));
  if (!ahead) std::reverse(page.events.begin(), page.events.end());
  const auto now = backend.clock.now().time_since_epoch().count();
  Json events = Json::array();
  for (const auto& event : page.events) {
    events.push_back(Json{
        {"timestamp", event.timestamp}, {"message", event.message}, {"ingestionTime", std::min(now, event.timestamp)}});
  }
  const auto other = page.first_line.value_or(from.value_or(*place));
  answered(Json{{"events", std::move(events)},
                {"nextForwardToken", logs::token_of('f', ahead ? *place : other)},
                {"nextBackwardToken", logs::token_of('b', ahead ? other : *place)}});
}

}  // namespace

extern const Operation logs_get_log_events;
const Operation logs_get_log_events{"GetLogEvents", run_it};

}  // namespace stepd::api
