// What RedriveExecution may take up again, and the reading of it; the turn that follows is a shard's.
#pragma once

#include "engine/core/redrive.h"
#include "engine/run/gateway.h"
#include "engine/run/machines.h"
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

}  // namespace stepd::run
