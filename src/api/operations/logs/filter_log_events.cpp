// FilterLogEvents (CloudWatch Logs API reference): over all streams, in the order of arrival, each page by time.
#include "api/aws/log_events.h"
#include "api/aws/log_filter.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kStreamNamesMax = 100;

struct Wanted {
  std::vector<std::string> streams;
  std::string prefix;
  std::int64_t start = 0;
  std::int64_t end = INT64_MAX;
  LogFilter filter;

  bool takes(const logs::LogEvent& event) const {
    if (event.is_mark || event.timestamp < start || event.timestamp > end) return false;
    if (!event.stream.starts_with(prefix)) return false;
    if (!streams.empty() && std::find(streams.begin(), streams.end(), event.stream) == streams.end()) return false;
    return filter.matches(event.message);
  }
};

struct Found {
  logs::LogEvent event;
  LogPosition at;
};

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  Wanted wanted;
  wanted.streams = members.strings("logStreamNames", {1, 512});
  wanted.prefix = members.string("logStreamNamePrefix", {1, 512}).value_or("");
  wanted.start = members.integer("startTime", 0, INT64_MAX).value_or(0);
  wanted.end = members.integer("endTime", 0, INT64_MAX).value_or(INT64_MAX);
  const auto pattern = members.string("filterPattern", {0, LogFilter::kPatternBytesMax}).value_or("");
  const auto limit = members.integer("limit", 1, logs::kEventsMax).value_or(logs::kEventsMax);
  const auto token = members.string("nextToken", {1});
  const auto& doors = doors_of(backend);
  const auto group = logs::read_group(members, doors);
  if (!group.has_value()) return answered(group.error());
  if (wanted.streams.size() > kStreamNamesMax || (!wanted.streams.empty() && !wanted.prefix.empty())) {
    return answered(
        logs::invalid_parameter("The parameters logStreamNames and logStreamNamePrefix are mutually exclusive, "
                                "and the first takes 100 names."));
  }
  auto filter = LogFilter::compile(pattern);
  if (!filter) return answered(logs::invalid_parameter("Invalid filter pattern: " + filter.error().cause));
  wanted.filter = *std::move(filter);
  std::optional<LogPosition> from;
  if (token) {
    const auto read = logs::read_token(*token, "n");
    if (!read.has_value()) return answered(read.error());
    from = read->second;
  }
  if (doors.log_writer != nullptr) doors.log_writer->settle();

  std::vector<Found> found;
  std::size_t bytes = 0;
  std::uint64_t scanned = 0;
  bool stopped = false;
  const auto place = doors.logs->read(*group, from, LogDirection::Forward, UINT64_MAX, [&](const LogLine& line) {
    scanned += line.text.size() + 1;
    auto event = logs::event_of(line.text);
    if (wanted.takes(event)) {
      bytes += event.message.size();
      found.push_back({std::move(event), line.at});
    }
    stopped =
        found.size() >= static_cast<std::size_t>(limit) || bytes >= logs::kPageBytes || scanned >= logs::kScanBytes;
    return !stopped;
  });
  if (!place) return answered(logs::invalid_parameter("The specified nextToken is expired."));
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.event.timestamp < b.event.timestamp; });
  const auto now = backend.clock.now().time_since_epoch().count();
  Json events = Json::array();
  for (const auto& [event, at] : found) {
    events.push_back(Json{{"logStreamName", event.stream},
                          {"timestamp", event.timestamp},
                          {"message", event.message},
                          {"ingestionTime", std::min(now, event.timestamp)},
                          {"eventId", std::to_string(at.file) + "-" + std::to_string(at.offset)}});
  }
  Json answer{{"events", std::move(events)}, {"searchedLogStreams", Json::array()}};
  if (stopped) answer["nextToken"] = logs::token_of('n', *place);
  answered(std::move(answer));
}

}  // namespace

extern const Operation logs_filter_log_events;
const Operation logs_filter_log_events{"FilterLogEvents", run_it};

}  // namespace stepd::api
