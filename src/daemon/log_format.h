// The form of the daemon's own log on standard error. It decides what a line looks like, not what is logged.
#pragma once

#include <spdlog/formatter.h>

#include <memory>
#include <string>

namespace stepd::daemon {

enum class LogFormat { Text, Json };

/// Text: `2026-11-30T05:00:00.123+00:00 info ...`, coloured on a terminal.
/// Json: one object a line, {"time", "level", "message"} and, of lines about an execution, "executionArn" and "state".
std::unique_ptr<spdlog::formatter> make_log_formatter(LogFormat format);

/// For every line from now on.
void set_log_format(LogFormat format);

}  // namespace stepd::daemon
