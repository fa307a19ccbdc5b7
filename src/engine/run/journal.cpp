#include "engine/run/journal.h"

#include <map>
#include <utility>

namespace stepd::run {
namespace {

// A frame is two rows: what changes with every event, and what does not.
constexpr std::uint32_t cold_row(core::FrameId id) { return static_cast<std::uint32_t>(id) * 2; }
constexpr std::uint32_t hot_row(core::FrameId id) { return static_cast<std::uint32_t>(id) * 2 + 1; }

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

storage::ExecutionDelta JournalEntry::make_delta(const core::Execution& execution,
                                                 const std::vector<core::Event>& events) {
  storage::ExecutionDelta delta;
  delta.id = id_;
  delta.events.reserve(events.size());
  for (const auto& event : events) delta.events.push_back({event.number, core::encode(event, *this)});
  if (execution.status() != core::Status::Running) {
    delta.ended = ending_of(execution);
  } else {
    delta.head = core::Snapshot::head(execution);
    put_frames(execution, delta);
  }
  delta.payloads = std::exchange(fresh_records_, {});
  return delta;
}

void JournalEntry::put_input(const Payload& input, storage::ExecutionRecord& record) {
  if (input.size() > core::kInlinePayloadBytes)
    record.input_id = storage::PayloadId{number_of(input)};
  else
    record.input = input.text();
}

void JournalEntry::committed() const {
  for (const auto& [payload, number] : fresh_) payload.mark_stored(static_cast<std::int64_t>(id_), number);
}

std::int64_t JournalEntry::number_of(const Payload& payload) {
  if (const auto stored = payload.stored_id(static_cast<std::int64_t>(id_)); stored != 0) return stored;
  const auto [place, fresh] = numbers_.try_emplace(payload.identity(), 0);
  if (fresh) {
    const auto id = store_.next_payload_id();
    place->second = static_cast<std::int64_t>(id);
    fresh_records_.push_back({id, payload.packed()});
    fresh_.emplace_back(payload, place->second);
  }
  return place->second;
}

storage::Ending JournalEntry::ending_of(const core::Execution& execution) {
  storage::Ending ending;
  ending.status = stored_status(execution.status());
  ending.stopped_at = *execution.stopped_at();
  if (const auto& output = execution.output(); output && output->size() > core::kInlinePayloadBytes)
    ending.output_id = storage::PayloadId{number_of(*output)};
  else if (output)
    ending.output = output->text();
  // DescribeExecution of a TIMED_OUT execution shows neither error nor cause.
  if (execution.status() != core::Status::TimedOut) {
    ending.error = execution.failure().error;
    ending.cause = execution.failure().cause;
  }
  return ending;
}

void JournalEntry::put_frames(const core::Execution& execution, storage::ExecutionDelta& delta) {
  const auto& changes = execution.changes();
  for (const auto id : changes.cold) {
    if (const auto* frame = execution.find(id))
      delta.frames.push_back({cold_row(id), core::Snapshot::cold(*frame, *this)});
  }
  for (const auto id : changes.hot) {
    if (const auto* frame = execution.find(id))
      delta.frames.push_back({hot_row(id), core::Snapshot::hot(*frame, *this)});
  }
  for (const auto id : changes.dropped) {
    delta.dropped.push_back(cold_row(id));
    delta.dropped.push_back(hot_row(id));
  }
}

Payload ExecutionPayloads::find(std::int64_t number) {
  if (const auto known = known_.find(number); known != known_.end()) return known->second;
  const storage::PayloadId id{number};
  add(reader_.payloads({&id, 1}));
  const auto found = known_.find(number);
  if (found == known_.end()) throw core::CodecError("the payload " + std::to_string(number) + " is not there");
  return found->second;
}

void ExecutionPayloads::add(std::vector<storage::PayloadRecord> records) {
  for (auto& record : records) {
    const auto number = static_cast<std::int64_t>(record.id);
    auto payload = Payload::from_packed(std::move(record.bytes));
    if (!payload) throw core::CodecError("the payload " + std::to_string(number) + " is damaged");
    payload->mark_stored(static_cast<std::int64_t>(id_), number);
    known_.emplace(number, *std::move(payload));
  }
}

core::Execution restore(const storage::OpenExecution& open, const storage::Reader& reader) {
  std::map<std::uint32_t, core::Snapshot::FrameParts> parts;
  for (const auto& row : open.frames) {
    auto& frame = parts[row.id / 2];
    frame.id = core::FrameId{row.id / 2};
    (row.id % 2 == 0 ? frame.cold : frame.hot) = row.data;
  }
  std::vector<core::Snapshot::FrameParts> frames;
  for (const auto& [id, frame] : parts) frames.push_back(frame);
  ExecutionPayloads payloads(reader, open.record.id);
  const auto input_id = static_cast<std::int64_t>(open.record.input_id);
  auto input = input_id == 0 ? Payload::trusted(open.record.input) : payloads.find(input_id);
  return core::Snapshot::restore(open.head, std::move(input), frames, payloads);
}

}  // namespace stepd::run
