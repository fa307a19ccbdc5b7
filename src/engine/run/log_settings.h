// A state machine's logging configuration, as far as it says what is logged and where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stepd::run {

enum class LogLevel : std::uint8_t { Off, Fatal, Error, All };

struct LogSettings {
  LogLevel level = LogLevel::Off;
  bool with_data = false;  ///< input, output and parameters too
  std::string group;       ///< the name in the destination's ARN
};

/// Of storage::StateMachineRecord::configuration. What cannot be read logs nothing.
LogSettings read_log_settings(const std::string& configuration);

/// AWS dev guide, logging: FATAL tells how an execution ended if not well, ERROR whatever failed besides. `type` is
/// AWS's name of a history event.
bool is_logged(LogLevel level, std::string_view type);

}  // namespace stepd::run
