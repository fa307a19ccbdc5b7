#include "engine/run/journal.h"

#include "engine/core/codec.h"

#include <map>

namespace stepd::run {
namespace {

// A frame is two rows: what changes with every event, and what does not.
constexpr std::uint32_t cold_row(core::FrameId id) { return static_cast<std::uint32_t>(id) * 2; }
constexpr std::uint32_t hot_row(core::FrameId id) { return static_cast<std::uint32_t>(id) * 2 + 1; }

storage::Ending ending_of(const core::Execution& execution) {
  storage::Ending ending;
  ending.status = stored_status(execution.status());
  ending.stopped_at = *execution.stopped_at();
  if (execution.output()) ending.output = execution.output()->text();
  // DescribeExecution of a TIMED_OUT execution shows neither error nor cause.
  if (execution.status() != core::Status::TimedOut) {
    ending.error = execution.failure().error;
    ending.cause = execution.failure().cause;
  }
  return ending;
}

void put_frames(const core::Execution& execution, storage::ExecutionDelta& delta) {
  const auto& changes = execution.changes();
  for (const auto id : changes.cold) {
    if (const auto* frame = execution.find(id)) delta.frames.push_back({cold_row(id), core::Snapshot::cold(*frame)});
  }
  for (const auto id : changes.hot) {
    if (const auto* frame = execution.find(id)) delta.frames.push_back({hot_row(id), core::Snapshot::hot(*frame)});
  }
  for (const auto id : changes.dropped) {
    delta.dropped.push_back(cold_row(id));
    delta.dropped.push_back(hot_row(id));
  }
}

}  // namespace

storage::ExecutionStatus stored_status(core::Status status) {
  switch (status) {
    case core::Status::Running:
      return storage::ExecutionStatus::Running;
    case core::Status::Succeeded:
      return storage::ExecutionStatus::Succeeded;
    case core::Status::Failed:
      return storage::ExecutionStatus::Failed;
    case core::Status::TimedOut:
      return storage::ExecutionStatus::TimedOut;
    case core::Status::Aborted:
      return storage::ExecutionStatus::Aborted;
  }
  return storage::ExecutionStatus::Running;
}

storage::ExecutionDelta make_delta(const core::Execution& execution, const std::vector<core::Event>& events) {
  storage::ExecutionDelta delta;
  delta.events.reserve(events.size());
  for (const auto& event : events) delta.events.push_back({event.number, core::encode(event)});
  if (execution.status() != core::Status::Running) {
    delta.ended = ending_of(execution);
  } else {
    delta.head = core::Snapshot::head(execution);
    put_frames(execution, delta);
  }
  return delta;
}

core::Execution restore(const storage::OpenExecution& open) {
  std::map<std::uint32_t, core::Snapshot::FrameParts> parts;
  for (const auto& row : open.frames) {
    auto& frame = parts[row.id / 2];
    frame.id = core::FrameId{row.id / 2};
    (row.id % 2 == 0 ? frame.cold : frame.hot) = row.data;
  }
  std::vector<core::Snapshot::FrameParts> frames;
  for (const auto& [id, frame] : parts) frames.push_back(frame);
  return core::Snapshot::restore(open.head, Payload::trusted(open.record.input), frames);
}

}  // namespace stepd::run
