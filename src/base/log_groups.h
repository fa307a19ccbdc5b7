// The door to log groups: where the lines go that state machines log. What stands in a line is not known here.
#pragma once

#include <string>
#include <string_view>

namespace stepd {

/// Thread: any.
class LogGroups {
 public:
  virtual ~LogGroups() = default;
  /// Takes one line, without its end, for the group of that name. Never blocks and never fails: a line for which there
  /// is no room is dropped, and that is told where such things are told.
  virtual void append(std::string_view group, std::string line) = 0;
};

}  // namespace stepd
