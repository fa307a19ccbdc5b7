// What the integrations with Step Functions itself share: a task calls an operation of this engine.
#pragma once

#include "services/integrations.h"
#include "tasks/arguments.h"

#include <functional>
#include <string_view>

namespace stepd::services::integrations {

/// AWS's two ways of calling a service. They name errors and write times differently.
enum class Dialect { Optimised, Sdk };

AslError engine_error(Dialect dialect, const run::Refusal& refusal);

/// The text of a member that holds JSON: a string as it is, any other value printed; `{}` if it is absent.
std::string json_text(const Json* given);

/// An error if `parameters` have faults or there is no engine.
Result<void> check_call(const Workbench& bench, const run::TaskCall& call, tasks::Arguments& parameters);

}  // namespace stepd::services::integrations
