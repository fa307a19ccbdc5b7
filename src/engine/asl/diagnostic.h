// Diagnostic: a fault of a definition or a warning about it, with its place.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stepd::asl {

enum class Severity : std::uint8_t { Error, Warning };

/// Which location AWS reports for a fault whose place is Diagnostic::pointer.
enum class Located : std::uint8_t {
  Here,
  Parent,   ///< the object around it: `Field 'Colour' is not supported` has the location of the state
  Nowhere,  ///< none: the fault is one of the definition as a whole
};

struct Diagnostic {
  Severity severity = Severity::Error;
  std::string code;     ///< stable; AWS's (API reference: ValidateStateMachineDefinitionDiagnostic)
  std::string message;  ///< without the location
  std::string pointer;  ///< RFC 6901 JSON pointer into the definition, e.g. /States/Resize/Next; "" is the whole
  Located located = Located::Here;
  std::string location = {};  ///< as AWS writes it: /States/Check/Choices[0]/Next; empty where it gives none
  std::string hint = {};      ///< a similar name that may have been meant; empty if there is none
  std::string excerpt = {};   ///< of a JSONata expression: its line, and a caret below the place; lines end with \n
};

using Diagnostics = std::vector<Diagnostic>;

namespace codes {

inline constexpr const char* kDuplicateLabel = "DUPLICATE_LABEL_NAME";
inline constexpr const char* kDuplicateState = "DUPLICATE_STATE_NAME";
inline constexpr const char* kInvalidJson = "INVALID_JSON_DESCRIPTION";
inline constexpr const char* kInvalidJsonata = "INVALID_JSONATA_EXPRESSION";
inline constexpr const char* kInvalidLabel = "INVALID_LABEL_NAME";
inline constexpr const char* kInvalidStateName = "INVALID_STATE_NAME";
inline constexpr const char* kInvalidVariable = "INVALID_VARIABLE_NAME";
inline constexpr const char* kMissingEnd = "MISSING_END_STATE";
inline constexpr const char* kMissingTarget = "MISSING_TRANSITION_TARGET";
inline constexpr const char* kNoDollar = "NO_DOLLAR";
inline constexpr const char* kNoPath = "NO_PATH";
inline constexpr const char* kReservedVariable = "RESERVED_VARIABLE_NAME";
inline constexpr const char* kSchema = "SCHEMA_VALIDATION_FAILED";
inline constexpr const char* kStaticResult = "PASS_RESULT_IS_STATIC";
inline constexpr const char* kTooDeep = "TOO_DEEPLY_NESTED";
inline constexpr const char* kUnsupportedJsonata = "UNSUPPORTED_JSONATA_EXPRESSION";
/// Not AWS's: the definition is valid and uses a feature that stepd does not run.
inline constexpr const char* kNotRunHere = "NOT_SUPPORTED_HERE";
/// Not AWS's, a warning: a task names something that this configuration does not have.
inline constexpr const char* kNotServedHere = "NOT_SERVED_HERE";

}  // namespace codes
}  // namespace stepd::asl
