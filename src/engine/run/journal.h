// Between the core's executions and the store's rows: what a turn changed as one delta, and back after a restart.
#pragma once

#include "engine/core/execution.h"
#include "storage/store.h"

#include <vector>

namespace stepd::run {

/// Status and ids are the same things under two names, so that neither room knows the other.
storage::ExecutionStatus stored_status(core::Status status);

/// What `events` and execution.changes() say; `id`, `expected_version` and `created` are the caller's to fill.
storage::ExecutionDelta make_delta(const core::Execution& execution, const std::vector<core::Event>& events);

/// Throws core::CodecError.
core::Execution restore(const storage::OpenExecution& open);

}  // namespace stepd::run
