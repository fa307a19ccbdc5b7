// Renders an event as AWS's history shows it (AWS API reference: HistoryEvent).
//
// 1. The history is computed from the events whenever it is asked for. It is not stored, so it cannot disagree with the
//    journal.
// 2. Without data (includeExecutionData false) inputs, outputs and variables are left out; errors and causes are shown.
#pragma once

#include "base/json.h"
#include "engine/core/event.h"

namespace stepd::core {

/// Whether inputs, outputs and variables are shown (GetExecutionHistory, includeExecutionData).
enum class Payloads : bool { Left_out, Included };

/// The HistoryEvent object of an event whose history_id is not 0.
Json history_of(const Event& event, Payloads data);

}  // namespace stepd::core
