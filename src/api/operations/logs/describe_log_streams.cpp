// DescribeLogStreams (CloudWatch Logs API reference): the streams of the newest part of a group's files.
#include "api/aws/log_events.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::int64_t kPageMax = 50;
constexpr std::size_t kStreamsMax = 100'000;

struct Stream {
  std::string name;
  std::int64_t created = 0;
  std::int64_t first = -1;  ///< -1: it has no event
  std::int64_t last = -1;
};

std::vector<Stream> streams_of(const AwsDoors& doors, const std::string& group, const std::string& prefix) {
  std::map<std::string, Stream> streams;
  doors.logs->read(group, std::nullopt, LogDirection::Backward, logs::kScanBytes, [&](const LogLine& line) {
    const auto event = logs::event_of(line.text);
    if (!event.stream.starts_with(prefix)) return true;
    auto& stream = streams[event.stream];
    stream.name = event.stream;
    stream.created = event.timestamp;
    if (!event.is_mark) {
      stream.first = stream.first < 0 ? event.timestamp : std::min(stream.first, event.timestamp);
      stream.last = std::max(stream.last, event.timestamp);
    }
    return streams.size() < kStreamsMax;
  });
  std::vector<Stream> list;
  list.reserve(streams.size());
  for (auto& [name, stream] : streams) list.push_back(std::move(stream));
  return list;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto prefix = members.string("logStreamNamePrefix", {1, 512}).value_or("");
  const auto order = members.one_of("orderBy", {"LogStreamName", "LastEventTime"}).value_or("LogStreamName");
  const auto descending = members.boolean("descending").value_or(false);
  const auto limit = members.integer("limit", 1, kPageMax).value_or(kPageMax);
  const auto after = members.string("nextToken", {1}).value_or("");
  const auto& doors = doors_of(backend);
  const auto group = logs::read_group(members, doors);
  if (!group.has_value()) return answered(group.error());
  const bool by_time = order == "LastEventTime";
  if (by_time && !prefix.empty()) {
    return answered(logs::invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix."));
  }
  if (doors.log_writer != nullptr) doors.log_writer->settle();
  auto streams = streams_of(doors, *group, prefix);
  if (by_time) {
    std::stable_sort(streams.begin(), streams.end(), [](const auto& a, const auto& b) { return a.last < b.last; });
  }
  if (descending) std::reverse(streams.begin(), streams.end());
  auto at = streams.begin();
  if (!after.empty()) {
    at = std::find_if(streams.begin(), streams.end(), [&](const auto& stream) { return stream.name == after; });
    if (at == streams.end()) return answered(logs::invalid_parameter("The specified nextToken is invalid."));
    ++at;
  }
  Json shown = Json::array();
  for (; at != streams.end() && shown.size() < static_cast<std::size_t>(limit); ++at) {
    Json stream{{"logStreamName", at->name}, {"creationTime", at->created}};
    if (at->last >= 0) {
      stream["firstEventTimestamp"] = at->first;
      stream["lastEventTimestamp"] = at->last;
      stream["lastIngestionTime"] = at->last;
    }
    stream["arn"] = arn_of(doors, "logs", "log-group:" + *group + ":log-stream:" + at->name);
    stream["storedBytes"] = 0;
    shown.push_back(std::move(stream));
  }
  Json answer = Json::object();
  if (at != streams.end() && !shown.empty()) answer["nextToken"] = shown.back()["logStreamName"];
  answer["logStreams"] = std::move(shown);
  answered(std::move(answer));
}

}  // namespace

extern const Operation logs_describe_log_streams;
const Operation logs_describe_log_streams{"DescribeLogStreams", run_it};

}  // namespace stepd::api
