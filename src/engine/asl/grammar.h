// StateGrammar: what the parser has to know of a state type, which is the common fields that it has and how its own
// fields are read. Also the parser's entry point.
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
  kInputOutput = 1,  ///< InputPath, OutputPath; Output
  kParameters = 2,
  kResultSelector = 4,
  kResultPath = 8,
  kAssign = 16,
  kNextOrEnd = 32,  ///< exactly one of Next and End
  kRetryCatch = 64,
  kArguments = 128,  ///< what JSONata has for Parameters
};

/// What a definition is meant for, where that changes what is right.
struct ParseOptions {
  bool express = false;  ///< for an EXPRESS state machine
  /// Accepted once, and to go on whatever is refused by now: a machine without a terminal state runs until its history
  /// is full.
  bool stored = false;
  bool templated = false;  ///< a ${placeholder} may still stand where its value will be of the right type
  bool tested = false;     ///< one state of it is tested by itself: the others need not be such as can be run here
};

/// What the parser of a state type's own fields works with.
struct StateReader {
  Fields& fields;
  State& state;
  const ParseOptions& options;
  /// Parses `workflow`, which stands at `pointer`, and adds it to state.workflows.
  std::function<void(const Json& workflow, const std::string& pointer)> parse_workflow;
  /// Notes that the field at `pointer` names `target`, a state that has to exist in the same workflow.
  std::function<void(const std::string& target, const std::string& pointer)> refer;
  /// Notes that the definition uses a feature at `pointer` that is valid and cannot be run here. Only the first such
  /// note is reported.
  std::function<void(const std::string& message, const std::string& pointer)> not_run_here;

  bool is_jsonata() const { return fields.is_jsonata(); }
};

struct StateGrammar {
  std::string_view type;  ///< value of the field Type
  unsigned groups = 0;
  /// Reads the type's own fields; null if there are none. Faults go to reader.fields.
  std::unique_ptr<const StateBody> (*parse)(StateReader& reader) = nullptr;
  /// The type's own fields that only one query language has.
  std::span<const std::string_view> own_of_one_language = {};
};

/// Whether states of the type have a result of their own, which is not just their input.
inline bool has_result(const StateGrammar& grammar) { return (grammar.groups & kResultSelector) != 0; }

struct ParsedDefinition {
  std::shared_ptr<const Definition> definition;  ///< null when there is an Error, and always when templated
  Diagnostics diagnostics;
};

/// Parses a whole definition and reports all faults at once. `types` outlive the definition.
ParsedDefinition parse_definition(const Json& definition, std::span<const StateGrammar* const> types,
                                  const ParseOptions& options = {});

}  // namespace stepd::asl
