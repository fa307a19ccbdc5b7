// LogGroups: the interface that takes the log lines of state machines and functions.
#pragma once

#include <string>
#include <string_view>

namespace stepd {

/// Thread: any.
class LogGroups {
 public:
  virtual ~LogGroups() = default;
  /// Adds one line, without its line break, to the group of that name. Never blocks and never fails: if there is no
  /// room, the line is dropped and the loss is reported in the daemon's own log.
  virtual void append(std::string_view group, std::string line) = 0;
  /// Waits, for a few seconds at most, until what was appended before can be read.
  virtual void settle() {}
};

}  // namespace stepd
