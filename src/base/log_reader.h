// LogReader: the interface that reads log groups, and makes them. Lines are opaque here.
#pragma once

#include "base/clock.h"
#include "base/log_groups.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd {

/// A place between two lines of a group. It stays valid until the file that it lies in is dropped.
struct LogPosition {
  std::uint64_t file = 0;  ///< identifies a file, also after it was rotated
  std::uint64_t offset = 0;
  bool operator==(const LogPosition&) const = default;
};

struct LogLine {
  LogPosition at;
  LogPosition after;
  std::string text;  ///< without its line break
};

struct LogGroupListing {
  std::string name;
  Instant created;  ///< of its oldest file
  std::uint64_t bytes = 0;
};

enum class LogDirection : std::uint8_t { Forward, Backward };

/// Thread: any; every member blocks on the file system.
class LogReader {
 public:
  /// Longer lines are left out.
  static constexpr std::size_t kLineBytesMax = std::size_t{4} << 20;

  virtual ~LogReader() = default;
  /// By name.
  virtual std::vector<LogGroupListing> groups() const = 0;
  virtual bool has(std::string_view group) const = 0;
  /// False: it is there already. Error: `Log.Failed`.
  virtual Result<bool> create(std::string_view group) = 0;
  /// Gives `take` the lines from a place on, or before it, until it answers false, until the end, or until `bytes_max`
  /// bytes are read. Answers the place where it ended. No place: the oldest line, or, backward, the end. None if the
  /// place is not there (any more).
  virtual std::optional<LogPosition> read(std::string_view group, std::optional<LogPosition> from,
                                          LogDirection direction, std::uint64_t bytes_max,
                                          const std::function<bool(const LogLine& line)>& take) const = 0;
};

}  // namespace stepd
