// GetExecutionHistory: the journal of an execution as AWS's history events, a page at a time.
//
// 1. Events that are no part of AWS's history (their history id is 0) are left out.
// 2. A page ends after `limit` events or at about limits::kHistoryPageBytes of texts, whichever comes first, because
//    1,000 events may hold 256 MB. It has one event at least, so that every page makes progress.
#pragma once

#include "engine/run/gateway.h"
#include "storage/store.h"

namespace stepd::run {

/// Blocks on reads; throws storage::StoreError, core::CodecError.
HistoryPage read_history(const storage::Reader& reader, storage::ExecutionId id, const HistoryQuery& query);

}  // namespace stepd::run
