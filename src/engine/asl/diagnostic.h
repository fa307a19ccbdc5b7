// What is wrong with a definition, said so that its author can find and mend it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stepd::asl {

enum class Severity : std::uint8_t { Error, Warning };

struct Diagnostic {
  Severity severity = Severity::Error;
  std::string
      code;  ///< stable: SCHEMA_VALIDATION_FAILED, INVALID_JSON_DESCRIPTION, ... (AWS: ValidateStateMachineDefinition)
  std::string message;  ///< without the location
  std::string pointer;  ///< RFC 6901 JSON pointer into the definition, e.g. /States/Resize/Next; "" is the whole
};

using Diagnostics = std::vector<Diagnostic>;

}  // namespace stepd::asl
