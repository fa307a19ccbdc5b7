// Lanes: tasks of one lane never wait for tasks of another. A handler says which lane it belongs to; each lane has
// slots and a queue of its own (ADR 0029).
#pragma once

#include "base/limits.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace stepd::tasks {

enum class TaskLane : unsigned char {
  Quick,  ///< reads and writes objects, items and messages
  Images  ///< may decode a picture: each takes a whole processor for up to seconds
};

inline constexpr std::array kLanes{TaskLane::Quick, TaskLane::Images};

/// As /health shows it.
constexpr std::string_view name_of(TaskLane lane) { return lane == TaskLane::Quick ? "quick" : "images"; }

struct LaneSize {
  unsigned slots = 2;  ///< threads: handlers that run at once; at least 1
  std::size_t waiting_max = limits::kWaitingTasks;
};

struct LaneSizes {
  LaneSize quick;
  LaneSize images;

  const LaneSize& of(TaskLane lane) const { return lane == TaskLane::Quick ? quick : images; }
};

}  // namespace stepd::tasks
