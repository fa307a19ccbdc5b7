#include "engine/run/log_settings.h"

#include "base/payload.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::run {
namespace {

/// `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`; the end may be missing.
std::string group_of(std::string_view arn) {
  constexpr std::string_view kMarker = ":log-group:";
  const auto at = arn.find(kMarker);
  if (at == std::string_view::npos) return "";
  arn.remove_prefix(at + kMarker.size());
  return std::string(arn.substr(0, arn.find(':')));
}

LogLevel level_of(const std::string& name) {
  if (name == "ALL") return LogLevel::All;
  if (name == "ERROR") return LogLevel::Error;
  return name == "FATAL" ? LogLevel::Fatal : LogLevel::Off;
}

}  // namespace

LogSettings read_log_settings(const std::string& configuration) {
  LogSettings settings;
  const auto parsed = parse_json(configuration);
  if (!parsed || !parsed->is_object()) return settings;
  try {
    const auto logging = parsed->value("loggingConfiguration", Json::object());
    const auto destinations = logging.value("destinations", Json::array());
    if (destinations.empty()) return settings;
    settings.group = group_of(destinations.at(0).at("cloudWatchLogsLogGroup").at("logGroupArn").get<std::string>());
    if (settings.group.empty()) return settings;
    settings.level = level_of(logging.value("level", "OFF"));
    settings.with_data = logging.value("includeExecutionData", false);
  } catch (const Json::exception&) {
    return {};
  }
  return settings;
}

bool is_logged(LogLevel level, std::string_view type) {
  static constexpr std::array<std::string_view, 3> kFatal{"ExecutionAborted", "ExecutionFailed", "ExecutionTimedOut"};
  static constexpr std::array<std::string_view, 3> kBad{"Aborted", "Failed", "TimedOut"};
  switch (level) {
    case LogLevel::Off:
      return false;
    case LogLevel::Fatal:
      return std::find(kFatal.begin(), kFatal.end(), type) != kFatal.end();
    case LogLevel::Error:
      return type == "FailStateEntered" ||
             std::any_of(kBad.begin(), kBad.end(), [&](auto end) { return type.ends_with(end); });
    case LogLevel::All:
      return true;
  }
  return false;
}

}  // namespace stepd::run
