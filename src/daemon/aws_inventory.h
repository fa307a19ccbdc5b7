// What the AWS services of `POST /` show of the configuration. The doors to what runs are the wiring's.
#pragma once

#include "api/aws/aws_doors.h"
#include "daemon/config/config.h"

namespace stepd::daemon {

/// Parameters and secrets are read when they are asked for. `config` outlives it.
api::AwsDoors aws_inventory(const Config& config, Instant now);

}  // namespace stepd::daemon
