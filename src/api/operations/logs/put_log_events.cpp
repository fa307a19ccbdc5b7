// PutLogEvents (CloudWatch Logs API reference): one line of the group's file for each event.
#include "api/aws/log_events.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kBatchBytesMax = 1'048'576;
constexpr std::size_t kOverheadBytes = 26;  // of each event
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kOldestMs = 14 * kDayMs;
constexpr std::int64_t kNewestMs = 2 * 3'600'000;

std::vector<logs::LogEvent> read_events(Members& members, const std::string& stream) {
  std::vector<logs::LogEvent> events;
  for (auto& given : members.structures("logEvents", {1, static_cast<std::size_t>(logs::kEventsMax)})) {
    logs::LogEvent event;
    event.timestamp = given.required_integer("timestamp", 0, INT64_MAX);
    event.message = given.required_string("message", {1});
    event.stream = stream;
    events.push_back(std::move(event));
  }
  members.require("logEvents");
  return events;
}

std::optional<ApiError> check_batch(const std::vector<logs::LogEvent>& events) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    bytes += events[i].message.size() + kOverheadBytes;
    if (i > 0 && events[i].timestamp < events[i - 1].timestamp) {
      return logs::invalid_parameter("Log events in a single PutLogEvents request must be in chronological order.");
    }
  }
  if (bytes > kBatchBytesMax) {
    return logs::invalid_parameter("Upload too large: " + std::to_string(bytes) + " bytes exceeds limit of " +
                                   std::to_string(kBatchBytesMax));
  }
  if (!events.empty() && events.back().timestamp - events.front().timestamp > kDayMs) {
    return logs::invalid_parameter(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  return std::nullopt;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto stream = members.required_string("logStreamName", {1, 512});
  const auto events = read_events(members, stream);
  const auto& doors = doors_of(backend);
  const auto group = logs::read_group(members, doors);
  if (!group.has_value()) return answered(group.error());
  if (auto fault = check_batch(events)) return answered(*std::move(fault));
  if (doors.log_writer == nullptr) return answered(internal_error());
  doors.log_writer->settle();
  if (!logs::has_stream(doors, *group, stream)) return answered(logs::no_such("log stream"));

  const auto now = backend.clock.now().time_since_epoch().count();
  Json rejected = Json::object();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto& event = events[i];
    if (event.timestamp < now - kOldestMs) {
      rejected["tooOldLogEventEndIndex"] = i + 1;
    } else if (event.timestamp > now + kNewestMs) {
      if (!rejected.contains("tooNewLogEventStartIndex")) rejected["tooNewLogEventStartIndex"] = i;
    } else {
      doors.log_writer->append(*group, logs::line_of(event));
    }
  }
  doors.log_writer->settle();
  // Ignored as input, as on AWS: any number does.
  const auto number = std::to_string(now);
  Json answer{{"nextSequenceToken", "49" + std::string(54 - number.size(), '0') + number}};
  if (!rejected.empty()) answer["rejectedLogEventsInfo"] = std::move(rejected);
  answered(std::move(answer));
}

}  // namespace

extern const Operation logs_put_log_events;
const Operation logs_put_log_events{"PutLogEvents", run_it};

}  // namespace stepd::api
