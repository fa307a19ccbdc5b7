// AWS's history: a view of our events (AWS API reference: HistoryEvent).
#pragma once

#include "base/json.h"
#include "engine/core/event.h"

namespace stepd::core {

enum class Payloads : bool { Left_out, Included };

/// The HistoryEvent object of an event whose history_id is not 0.
Json history_of(const Event& event, Payloads data);

}  // namespace stepd::core
