// An open execution as the store has it, read without holding up the loop.
#pragma once

#include "engine/core/execution.h"
#include "engine/run/loop.h"
#include "engine/run/shard_doors.h"
#include "storage/store.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace stepd::run {

struct StoredExecution {
  storage::ExecutionRecord record;
  std::uint64_t version = 0;
  core::Execution execution;
};

/// What reading it came to: an execution, or why it cannot be read, or neither if it is not open any more.
struct ReadExecution {
  std::optional<StoredExecution> stored;
  std::optional<std::string> fault;
};

/// How often a disk that did not answer is asked in all. What may pass for certain is asked for until it has passed.
inline constexpr unsigned kReadsMax = 6;

/// Tries again, with growing pauses, what a later attempt may read. `done` runs once, on the loop, and later. `doors`
/// outlive the call.
void read_execution(Loop& loop, const ShardDoors& doors, storage::ExecutionId id,
                    std::function<void(ReadExecution)> done);

/// restore(), again after short pauses while a later attempt may read what it needs. Blocks for up to three seconds;
/// for a start.
core::Execution restore_patiently(const storage::OpenExecution& open, const storage::Reader& reader);

}  // namespace stepd::run
