#include "engine/run/validation.h"

#include "engine/core/compile.h"

namespace stepd::run {

asl::Diagnostics validate_definition(std::string_view definition, storage::StateMachineType type) {
  return core::compile_text(definition, {.express = type == storage::StateMachineType::Express, .judged = true})
      .diagnostics;
}

}  // namespace stepd::run
