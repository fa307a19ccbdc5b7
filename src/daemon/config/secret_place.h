// Where a secret is: `{env: NAME}` or `{file: PATH}`. A configuration names secrets, it holds none.
#pragma once

#include "daemon/config/mapping.h"
#include "tasks/notify/topic.h"

namespace stepd::daemon {

/// The key `name` of `mapping`; an absent one is no secret. What was written is in no message, as it may be the secret.
tasks::Secret read_secret(Mapping& mapping, const char* name);

}  // namespace stepd::daemon
