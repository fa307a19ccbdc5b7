// How state types describe themselves to the parser: which common fields they have, and how their own are read.
#pragma once

#include "engine/asl/definition.h"
#include "engine/asl/fields.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace stepd::asl {

/// Groups of common fields (ASL §State types, the table of fields).
enum FieldGroup : unsigned {
  kInputOutput = 1,  ///< InputPath, OutputPath
  kParameters = 2,
  kResultSelector = 4,
  kResultPath = 8,
  kAssign = 16,
  kNextOrEnd = 32,  ///< exactly one of Next and End
  kRetryCatch = 64,
};

/// What a state type's own parser works with.
struct StateReader {
  Fields& fields;
  State& state;
  /// Parses the workflow in that object member into state.workflows.
  std::function<void(const Json& workflow, const std::string& pointer)> parse_workflow;
  /// Notes that `field` names a state that must exist beside this one.
  std::function<void(const std::string& target, const std::string& pointer)> refer;
};

struct StateGrammar {
  std::string_view type;  ///< value of the field Type
  unsigned groups = 0;
  /// Reads the type's own fields; null if there are none. Faults go to reader.fields.
  std::unique_ptr<const StateBody> (*parse)(StateReader& reader) = nullptr;
};

struct ParsedDefinition {
  std::shared_ptr<const Definition> definition;  ///< null exactly when there is an Error
  Diagnostics diagnostics;
};

/// Reads a whole definition, all faults at once. `types` outlive the definition.
ParsedDefinition parse_definition(const Json& definition, std::span<const StateGrammar* const> types);

}  // namespace stepd::asl
