// DescribeLogGroups (CloudWatch Logs API reference): those that have a file.
#include "api/aws/log_events.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::int64_t kPageMax = 50;

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto prefix = members.string("logGroupNamePrefix", {1, 512}).value_or("");
  const auto part = members.string("logGroupNamePattern", {0, 512}).value_or("");
  const auto limit = members.integer("limit", 1, kPageMax).value_or(kPageMax);
  const auto after = members.string("nextToken", {1}).value_or("");
  if (auto fault = logs::fault_of(members)) return answered(*std::move(fault));
  const auto& doors = doors_of(backend);
  Json groups = Json::array();
  Json answer = Json::object();
  if (doors.log_writer != nullptr) doors.log_writer->settle();
  const auto listed = doors.logs != nullptr ? doors.logs->groups() : std::vector<LogGroupListing>();
  for (const auto& group : listed) {
    if (group.name <= after || !group.name.starts_with(prefix) || group.name.find(part) == std::string::npos) continue;
    if (groups.size() == static_cast<std::size_t>(limit)) {
      answer["nextToken"] = groups.back()["logGroupName"];
      break;
    }
    const auto arn = arn_of(doors, "logs", "log-group:" + group.name);
    groups.push_back(Json{{"logGroupName", group.name},
                          {"creationTime", group.created.time_since_epoch().count()},
                          {"metricFilterCount", 0},
                          {"arn", arn + ":*"},
                          {"storedBytes", group.bytes},
                          {"logGroupClass", "STANDARD"},
                          {"logGroupArn", arn}});
  }
  answer["logGroups"] = std::move(groups);
  answered(std::move(answer));
}

}  // namespace

extern const Operation logs_describe_log_groups;
const Operation logs_describe_log_groups{"DescribeLogGroups", run_it};

}  // namespace stepd::api
