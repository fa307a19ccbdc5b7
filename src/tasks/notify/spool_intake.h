// Takes what an older release left in a topic's spool, a folder with one file per message, into the outbox.
#pragma once

#include "base/clock.h"
#include "base/outbox.h"
#include "tasks/notify/topic.h"

namespace stepd::tasks {

/// Removes each file once its message is durable in the outbox, and the folder once it is empty. What cannot be read or
/// taken stays where it is, and the log says so. Before the courier is started. Thread: one; blocks.
void take_in_spool(const Topic& topic, Outbox& outbox, const Clock& clock);

}  // namespace stepd::tasks
