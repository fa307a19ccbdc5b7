// RedriveExecution: what may be taken up again, the reading of it, and the turn that takes it up.
#pragma once

#include "engine/core/redrive.h"
#include "engine/run/gateway.h"
#include "engine/run/live_table.h"
#include "engine/run/machines.h"
#include "engine/run/shard_doors.h"
#include "engine/run/turns.h"
#include "storage/store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace stepd::run {

/// A redrive that has been checked. Between this and its commit another one may come: the store finds that out.
struct CheckedRedrive {
  storage::ExecutionRecord record;
  MachinePointer machine;
  core::Wreck wreck;
  storage::Redrive redrive;
};

/// None if RedriveExecution would take it at once, else AWS's reason (API reference, DescribeExecution,
/// redriveStatusReason). `history_events`: how many its history has.
std::optional<std::string> why_not_redrivable(storage::ExecutionStatus status, std::uint32_t history_events);
/// The same of any time after. Reads the store where the rest is well; throws storage::StoreError.
std::optional<std::string> why_not_redrivable(const storage::ExecutionRecord& record, const storage::Reader& reader,
                                              Instant now);

/// What is to be done, or the answer at once: a refusal, or that of an earlier request with the same token.
/// Blocks on reads of the whole history; throws storage::StoreError, core::CodecError.
std::variant<CheckedRedrive, Answer<RedrivenExecution>> check_redrive(const RedriveExecution& request,
                                                                      const storage::Reader& reader, Machines& machines,
                                                                      Instant now);

/// Thread: the loop's.
class Redrives {
 public:
  /// All outlive it.
  Redrives(const ShardDoors& doors, LiveTable& table, Turns& turns) : doors_(doors), table_(table), turns_(turns) {}

  void redrive(CheckedRedrive redrive, Reply<RedrivenExecution> reply);

 private:
  const ShardDoors& doors_;
  LiveTable& table_;
  Turns& turns_;
};

}  // namespace stepd::run
