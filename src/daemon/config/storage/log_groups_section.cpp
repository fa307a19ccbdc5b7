#include "daemon/config/storage/log_groups_section.h"

#include "base/payload.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

/// CloudWatch Logs API reference, CreateLogGroup.
bool is_group_name(const std::string& name) {
  constexpr std::size_t kCharsMax = 512;
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-/.#").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= kCharsMax && std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

LogFolder read_log_groups(Mapping& root) {
  LogFolder logs;
  logs.folder = root.reading().places.data / "logs";
  root.section("log_groups", [&](Mapping& mapping) {
    logs.folder = mapping.path("folder").value_or(logs.folder);
    logs.files.file_bytes = mapping.bytes("file_size", logs.files.file_bytes);
    logs.files.files = static_cast<unsigned>(mapping.number("files", 0, 1'000, logs.files.files));
    logs.files.queue_bytes = mapping.bytes("queue", logs.files.queue_bytes);
  });
  return logs;
}

std::optional<std::string> read_logging(Mapping& machine, const triggers::Origin& origin) {
  if (!machine.has("logging")) {
    machine.take("logging");
    return std::nullopt;
  }
  static constexpr const char* kLevels[] = {"OFF", "ALL", "ERROR", "FATAL"};
  Json logging = Json::object();
  machine.section("logging", [&](Mapping& section) {
    const auto level = section.choice("level", {kLevels[0], kLevels[1], kLevels[2], kLevels[3]});
    logging["level"] = kLevels[level];
    logging["includeExecutionData"] = section.flag("include_execution_data", false);
    if (level == 0 && !section.has("group")) {
      section.take("group");
      return;
    }
    const auto group = section.text("group");
    if (!group.empty() && !is_group_name(group)) {
      section.fault("group", "'" + group + "' is no name of a log group: letters, digits and _ - / . #");
    }
    const auto arn = "arn:aws:logs:" + origin.region + ":" + origin.account + ":log-group:" + group + ":*";
    logging["destinations"] = Json::array({Json{{"cloudWatchLogsLogGroup", Json{{"logGroupArn", arn}}}}});
  });
  return print_json(Json{{"loggingConfiguration", std::move(logging)},
                         {"tracingConfiguration", Json{{"enabled", false}}},
                         {"encryptionConfiguration", Json{{"type", "AWS_OWNED_KEY"}}}});
}

}  // namespace stepd::daemon
