// A lineage within a message that waits for its delivery. Receivers do not see it.
#pragma once

#include "base/json.h"
#include "base/lineage.h"

namespace stepd {

/// Adds `cause`, of the execution that is the cause of the message, to an object.
void add_lineage(Json& message, const Lineage& cause);
/// Takes it out again. Messages of older releases have none.
Lineage take_lineage(Json& message);

}  // namespace stepd
