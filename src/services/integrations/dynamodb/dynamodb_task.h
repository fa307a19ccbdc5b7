// What the DynamoDB integrations share: a call of DynamoDB's API on the tables, and errors as the two kinds of
// integrations spell them, `dynamodb:...` and `aws-sdk:dynamodb:...`.
#pragma once

#include "services/integrations.h"

#include <span>
#include <string_view>

namespace stepd::services::dynamodb {

/// A parameter of an operation and what a state may give for it.
struct Parameter {
  enum class Kind : std::uint8_t { Text, Object, Any };
  std::string_view name;
  Kind kind = Kind::Any;
  bool required = false;
};

/// Calls the operation with the state's parameters. Those that are missing, of another type or unknown are
/// `States.Runtime`, each named. For `dynamodb:...` the answer carries SdkHttpMetadata and SdkResponseMetadata.
/// `parameters` outlive the program.
void call_operation(const Workbench& bench, run::TaskCall call, std::string_view operation,
                    std::span<const Parameter> parameters);

}  // namespace stepd::services::dynamodb
