// What the integrations with Step Functions itself share: this engine's own operations, asked by a task.
#pragma once

#include "services/integrations.h"
#include "tasks/arguments.h"

#include <functional>
#include <string_view>

namespace stepd::services::integrations {

/// Which of AWS's two ways of calling a service: they name errors and write times differently.
enum class Dialect { Optimised, Sdk };

AslError engine_error(Dialect dialect, const run::Refusal& refusal);

/// A member that is JSON on the wire: a text as it is, any other value printed; `{}` where there is none.
std::string json_text(const Json* given);

/// The faults of `parameters`, if there are any, or that there is no engine to ask.
Result<void> check_call(const Workbench& bench, const run::TaskCall& call, tasks::Arguments& parameters);

}  // namespace stepd::services::integrations
