// The definition of a state machine as a template gives it: in a file, or inline, with substitutions that are plain
// replacement of text before anything is parsed (AWS's handler of AWS::StepFunctions::StateMachine).
#pragma once

#include "templates/part.h"

#include <string>
#include <string_view>

namespace stepd::templates {

/// The names in `${...}` of a text that stepd's configuration would fill, each once, in order of appearance.
std::vector<std::string> placeholders_in(std::string_view text);

/// The text with all placeholders replaced that have a value.
std::string substituted(std::string_view text, const Texts& values);

/// Values that hold placeholders themselves are filled, at most limits::kSubstitutionRounds times.
Texts closed_substitutions(Texts values);

/// Sets file or definition, and substitutions, of `machine`. A file is kept as a file where stepd's own substitution,
/// which replaces texts in the parsed tree, gives the same; else the definition becomes part of the configuration.
void read_definition_of(Part& part, ProjectMachine& machine);

}  // namespace stepd::templates
