#include "engine/run/validation.h"

#include "engine/asl/location.h"
#include "engine/asl/source.h"
#include "engine/core/compile.h"

#include <utility>

namespace stepd::run {

asl::ParseOptions parse_options(storage::StateMachineType type) {
  return {.express = type == storage::StateMachineType::Express};
}

asl::Diagnostics validate_definition(std::string_view definition, const asl::ParseOptions& options,
                                     const TaskCheck& check_tasks) {
  auto diagnostics = core::compile_text(definition, options).diagnostics;
  if (!check_tasks) return diagnostics;
  const auto source = asl::Source::read(definition, asl::Format::Json);
  if (!source) return diagnostics;
  asl::Locations locations(source->value());
  for (auto& each : check_tasks(source->value())) {
    each.location = locations.of(each.pointer);
    diagnostics.push_back(std::move(each));
  }
  return diagnostics;
}

}  // namespace stepd::run
