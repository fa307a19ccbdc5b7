// A topic's file: one JSON object per line, each with its message's id first, each on stable storage before it counts.
// It keeps no subscribers and never shortens the file.
#pragma once

#include "base/mutex.h"
#include "base/result.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace stepd::tasks {

/// Thread: any; calls block on the file system. One process writes a file.
class TopicFile {
 public:
  /// How far back a message that was written before is looked for.
  static constexpr std::size_t kRecallBytes = 1 << 20;

  explicit TopicFile(std::filesystem::path path) : path_(std::move(path)) {}

  /// Appends `line` (without line feed, beginning with id_prefix(id)) unless one of that id ends the last kRecallBytes.
  /// A line that a crash cut short stays as it is, and the next one begins on a line of its own. `before` runs, unless
  /// the line is there, before it is appended; its error leaves the file as it is.
  /// Errors: `Notify.Failed`, naming the system's reason but not the path.
  Result<void> append_once(std::string_view id, std::string_view line,
                           const std::function<Result<void>()>& before = {});

  /// How a line of that id begins.
  static std::string id_prefix(std::string_view id);

 private:
  const std::filesystem::path path_;
  Mutex mutex_;
};

}  // namespace stepd::tasks
